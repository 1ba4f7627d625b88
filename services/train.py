"""Stages "model" and "latents": trains with checkpoints, resumes, encodes (paper §3.3, §3.1.4)."""

import contextlib
import dataclasses
import errno
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from crvae.config import ModelConfig, TrainingConfig
from crvae.records import EmbeddedDataset, EpochMetrics, Latents
from services import codec, memory
from services.context import Context
from services.cores import n_threads
from services.errors import AnalysisError, Cancelled
from services.previews import Shown, message, shown_of
from services.records import Machine, TrainedModel
from services.store import told_in_words

if TYPE_CHECKING:
    from crvae.training import TrainingState

log = logging.getLogger(__name__)

CHECKPOINT_S = 5.0  # at most so often, and at most a tenth of the time: the standard model writes 0.7 GB
CHECKPOINT_SHARE = 0.1
PREVIEW_S = 1.0
PREVIEW_SHARE = 0.05


class TooFewPairs(AnalysisError):
    def __init__(self, n_pairs: int):
        super().__init__(
            f"The training needs at least 2 pairs and this video has {n_pairs}. "
            "Take more frames, or keep more rows on the Align page."
        )


def train(
    dataset: EmbeddedDataset, model: ModelConfig, training: TrainingConfig, ctx: Context
) -> TrainedModel:
    """The trained model; goes on from the checkpoint in ctx.work if there is one.

    Stop and errors leave a checkpoint behind. ctx.emit hears "history" and "machine" first, then "epoch",
    "machine" again and "preview".
    Raises AnalysisError for too few pairs, a training that leads nowhere, or too little memory; Cancelled.
    """
    import torch

    from crvae import checkpoint

    if len(dataset.images) < 2:
        raise TooFewPairs(len(dataset.images))
    torch.set_num_threads(n_threads())
    with _told_in_words():
        sized = dataclasses.replace(model, word_vector_size=dataset.word_vectors.shape[2])
        state, note = _begun(dataset, sized, training, ctx)
        kind = state.device.type
        shown = shown_of(dataset, sized)
        _fit(state, dataset, shown, ctx, note)
        preview = shown.preview(state.model, state.epoch)
    weights, picture = ctx.folder / "model.safetensors", ctx.folder / "preview.jpg"
    with _disk_told("The trained model", ctx.folder):
        checkpoint.save_model(state.model, weights)
        picture.write_bytes(preview.jpeg)
    return TrainedModel(
        weights=weights,
        model=state.model.config,
        training=state.config,
        history=state.history,
        n_parameters=sum(parameter.numel() for parameter in state.model.parameters()),
        device=device_name(kind),
        seconds=sum(metrics.seconds for metrics in state.history),
        precision=precision_of(state),
        peak_memory_gb=memory.peak_bytes(kind) / 1e9,
        preview=picture,
        sentences=preview.sentences,
    )


def encode(trained: TrainedModel, dataset: EmbeddedDataset) -> Latents:
    """The latent mean of each pair, (N, D)."""
    import torch

    from crvae import checkpoint, training

    torch.set_num_threads(n_threads())
    return training.encode(checkpoint.load_model(trained.weights), dataset)


def kept_history(work: Path) -> tuple[EpochMetrics, ...]:
    """The epochs up to the checkpoint that an unfinished training left in `work`; () if it left none."""
    try:
        # crvae.checkpoint would bring torch into the web server.
        index = json.loads((work / "checkpoint" / "checkpoint.json").read_text("utf-8"))
        history = tuple(EpochMetrics(**metrics) for metrics in index["history"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ()
    is_whole = [metrics.epoch for metrics in history] == list(range(1, len(history) + 1))
    return history if is_whole else ()


def device_name(kind: str) -> str:
    """What people call the device: "CPU (8 threads)", or the accelerator's name."""
    import torch

    if kind == "cuda":
        return torch.cuda.get_device_name()
    if kind != "cpu":
        return kind.upper()
    n = torch.get_num_threads()
    return f"CPU ({n} thread{'s' if n > 1 else ''})"


def precision_of(state: "TrainingState") -> str:
    from crvae.epoch import uses_bfloat16

    return "bfloat16" if uses_bfloat16(state.config, state.device) else "float32"


def _machine(state: "TrainingState") -> Machine:
    kind = state.device.type
    return Machine(device_name(kind), precision_of(state), round(memory.used_bytes(kind) / 1e9, 2))


def _begun(
    dataset: EmbeddedDataset, model: ModelConfig, config: TrainingConfig, ctx: Context
) -> "tuple[TrainingState, str]":
    """The training where it stands, told to whoever listens, and a note if its checkpoint is of no use."""
    from crvae import training

    state, note = _resumed(ctx.work, model, config)
    if state is None:
        state = training.start(dataset, model, config)
    memory.forget_peak(state.device.type)
    ctx.emit({"kind": "history", "epochs": [dataclasses.asdict(metrics) for metrics in state.history]})
    ctx.emit({"kind": "machine", **codec.encode(_machine(state))})
    return state, note


def _resumed(work: Path, model: ModelConfig, config: TrainingConfig) -> "tuple[TrainingState | None, str]":
    """The training of these settings that was left in `work`; None, and why, if it cannot be gone on with."""
    from crvae import checkpoint
    from crvae.families import training_for

    folder = work / "checkpoint"
    if not folder.exists():
        return None, ""
    try:
        state = checkpoint.load(folder)
    except checkpoint.BadCheckpoint as e:
        log.warning("training starts anew: %s", e)
        return None, "begun again, for its checkpoint is damaged"
    # The checkpoint of a training may be taken up by one that ends early (services.keep).
    kept = dataclasses.replace(state.config, stop_after=config.stop_after)
    if (state.model.config, kept) != (model, training_for(model, config)):
        log.warning("training starts anew: the checkpoint in %s is of other settings", folder)
        return None, "begun again, for its checkpoint is of other settings"
    state.config = kept
    log.info("training resumes after epoch %d", state.epoch)
    return state, ""


def _fit(state: "TrainingState", dataset: EmbeddedDataset, shown: Shown, ctx: Context, note: str) -> None:
    from crvae import training

    checkpoints, previews = Pace(CHECKPOINT_S, CHECKPOINT_SHARE), Pace(PREVIEW_S, PREVIEW_SHARE)
    previews.next_at = 0.0  # the first picture at once, the first checkpoint after a while
    n_epochs = state.config.last_epoch
    told = f" of {n_epochs}" + (f" ({note})" if note else "")
    ctx.progress(state.epoch, n_epochs, f"epoch {state.epoch}{told}")
    for metrics in training.fit(state, dataset):
        ctx.emit({"kind": "epoch", **dataclasses.asdict(metrics)})
        with previews.when_due() as is_due:
            if is_due:
                ctx.emit({"kind": "machine", **codec.encode(_machine(state))})
                ctx.emit({"kind": "preview", **message(shown.preview(state.model, metrics.epoch))})
        try:
            ctx.progress(metrics.epoch, n_epochs, f"epoch {metrics.epoch}{told}")
        except Cancelled:
            _save(state, ctx)
            raise
        with checkpoints.when_due() as is_due:
            if is_due and metrics.epoch < n_epochs:
                _save(state, ctx)


def _save(state: "TrainingState", ctx: Context) -> None:
    from crvae import checkpoint

    with _disk_told("The training's checkpoint", ctx.folder):
        checkpoint.save(state, ctx.work / "checkpoint")


class Pace:
    """When something is due again: after `pause_s`, or later if it takes more than `share` of the time."""

    def __init__(self, pause_s: float, share: float):
        self.pause_s, self.share = pause_s, share
        self.next_at = time.monotonic() + pause_s

    @contextlib.contextmanager
    def when_due(self) -> Iterator[bool]:
        began = time.monotonic()
        is_due = began >= self.next_at
        yield is_due
        if is_due:
            now = time.monotonic()
            self.next_at = now + max(self.pause_s, (now - began) / self.share)


@contextlib.contextmanager
def _told_in_words() -> Iterator[None]:
    """Turn a training that leads nowhere and a lack of memory into sentences. Raises AnalysisError."""
    import torch

    from crvae.training import TrainingFailed

    try:
        yield
    except TrainingFailed as e:
        raise AnalysisError(f"The training leads nowhere: {e}.") from e
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as e:
        if isinstance(e, RuntimeError) and "memory" not in str(e).lower():
            raise
        raise AnalysisError(
            "The training ran out of memory. Choose the Quick preset, or end other programs that use the "
            "same graphics card or memory, and press Resume: it goes on from the last checkpoint."
        ) from e


@contextlib.contextmanager
def _disk_told(what: str, folder: Path) -> Iterator[None]:
    from safetensors import SafetensorError

    with told_in_words(what, folder):
        try:
            yield
        except SafetensorError as e:  # it hides the system's error number in its text
            raise OSError(errno.ENOSPC if "os error 28" in str(e) else errno.EIO, str(e)) from e
