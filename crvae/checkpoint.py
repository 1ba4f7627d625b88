"""Trainings and models on disk: safetensors and JSON, never pickle. The only reading and writing in crvae."""

import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from crvae.config import ModelConfig, TrainingConfig
from crvae.families import Model, build_model
from crvae.optimizer import Optimizer
from crvae.records import EpochMetrics
from crvae.training import TrainingState, pick_device

INDEX = "checkpoint.json"
FORMAT = "crvae-2"
_MODEL, _OPTIMIZER = "model.", "optimizer."
# What reading a damaged file, or one of another program, can end in.
_DAMAGES = (OSError, SafetensorError, ArithmeticError, LookupError, TypeError, ValueError, RuntimeError)


class BadCheckpoint(ValueError):
    """What lies at that place is not a checkpoint or a model of this program."""


def save(state: TrainingState, folder: Path) -> None:
    """The folder, made if need be, from which load() goes on; a crash in between leaves the last one whole.

    The JSON names the tensors' file and is replaced last, so the two always belong together. Random state
    is not kept: TrainingState says why.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tensors_name = f"epoch-{state.epoch:05d}.safetensors"
    tensors = {_MODEL + name: tensor for name, tensor in state.model.state_dict().items()}
    tensors |= {_OPTIMIZER + name: tensor for name, tensor in state.optimizer.tensors().items()}
    _write_tensors(tensors, folder / tensors_name, {"format": FORMAT})
    index = {
        "format": FORMAT,
        "tensors": tensors_name,
        "epoch": state.epoch,
        "model": asdict(state.model.config),
        "training": asdict(state.config),
        "history": [asdict(metrics) for metrics in state.history],
    }
    _write_bytes(json.dumps(index, indent=1).encode(), folder / INDEX)
    for old in folder.glob("epoch-*.safetensors"):
        if old.name != tensors_name:
            old.unlink()


def load(folder: Path, device: str = "auto") -> TrainingState:
    """The training as save() left it, ready for fit().

    Raises BadCheckpoint when there is none, or when it is damaged or of another version; a lack of memory
    rises as it is.
    """
    target = pick_device(device)
    try:
        index = json.loads((folder / INDEX).read_text())
        _require_format(index["format"])
        config, epoch, history = _standing(index)
        tensors = _read_tensors(folder / index["tensors"], target)
        model = _model(index["model"], _under(_MODEL, tensors))
        optimizer = Optimizer(model, config)
        optimizer.load(_under(_OPTIMIZER, tensors))
        model.is_joined = epoch >= config.warm_epochs
    except _DAMAGES as e:
        if _is_lack_of_memory(e):
            raise
        raise BadCheckpoint(f"{folder}: no training can be resumed from here ({e}). Start it anew.") from e
    return TrainingState(model, optimizer, config, target, epoch, history)


def save_model(model: Model, path: Path) -> None:
    """One file with the weights, the video's scale, and the sizes in its header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_tensors(model.state_dict(), path, {"format": FORMAT, "config": json.dumps(asdict(model.config))})


def load_model(path: Path, device: str = "auto") -> Model:
    """The model that save_model() wrote, in eval mode.

    Raises BadCheckpoint when the file is missing, damaged or of another program.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
        _require_format(metadata["format"])
        model = _model(json.loads(metadata["config"]), _read_tensors(path, pick_device(device)))
    except _DAMAGES as e:
        if _is_lack_of_memory(e):
            raise
        raise BadCheckpoint(f"{path}: this is no model of this program ({e}). Train it again.") from e
    return model.eval()


def _standing(index: Mapping[str, Any]) -> tuple[TrainingConfig, int, tuple[EpochMetrics, ...]]:
    """Settings, epochs done and their figures. Raises ValueError or TypeError when they do not fit."""
    config = TrainingConfig(**index["training"])
    history = tuple(EpochMetrics(**metrics) for metrics in index["history"])
    epoch = int(index["epoch"])
    if not epoch == len(history) <= config.epochs:
        raise ValueError(f"{epoch} epochs with {len(history)} rows of figures, of {config.epochs}")
    if not all(math.isfinite(value) for metrics in history for value in astuple(metrics)):
        raise ValueError("some figures are not finite")
    return config, epoch, history


def _is_lack_of_memory(error: BaseException) -> bool:
    return isinstance(error, RuntimeError) and "memory" in str(error).lower()


def _require_format(found: object) -> None:
    if found != FORMAT:
        raise ValueError(f"its format is {found!r}, expected {FORMAT!r}")


def _model(config: Mapping[str, Any], tensors: dict[str, Tensor]) -> Model:
    with torch.device("meta"):  # no memory and no random start for 138 million weights that are read anyway
        model = build_model(ModelConfig(**config))
    model.load_state_dict(tensors, strict=True, assign=True)
    for parameter in model.parameters():
        parameter.requires_grad_(True)
    for module in model.modules():
        if isinstance(module, nn.RNNBase):
            module.flatten_parameters()  # as cuDNN wants them, for they were replaced
    return model


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _read_tensors(path: Path, device: torch.device) -> dict[str, Tensor]:
    with safe_open(path, framework="pt", device=str(device)) as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - a handle, not a dict


def _write_tensors(tensors: Mapping[str, Tensor], path: Path, metadata: dict[str, str]) -> None:
    partial = path.with_name(path.name + ".partial")
    save_file({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, partial, metadata)
    os.replace(partial, path)


def _write_bytes(content: bytes, path: Path) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    os.replace(partial, path)
