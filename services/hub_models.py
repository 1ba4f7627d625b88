"""Models of the hub at work: loaded without code of their own, stopped at once, failures told (§3.4.2)."""

import gc
import json
import logging
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from services import hub
from services.backends import Backend, revision_of
from services.errors import AnalysisError, Cancelled
from services.recipe_key import digest

log = logging.getLogger(__name__)

BEAT_S = 0.25  # how often a running model asks whether it shall stop
MAX_MISSING = 0.1  # share of a model's tensors that its files may lack: some have a pooler that nobody uses
MEMORY_MARGIN = 1.05  # on top of the weights, before the first word is computed
_REASON_CHARS = 200


def revision(backend: Backend) -> str:
    """What names the model's content: its commit; for a folder a digest of its files' names, sizes and times.

    Raises AnalysisError, with the way to get the model, if it is not here.
    """
    folder = hub.folder(backend)
    if commit := revision_of(backend):
        return commit
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    stats = [(path, path.stat()) for path in files]
    return digest([(str(path.relative_to(folder)), s.st_size, s.st_mtime_ns) for path, s in stats])


def load_part(auto: Any, backend: Backend) -> Any:
    """The tokenizer or processor in the backend's folder, by an Auto class of transformers.

    Raises AnalysisError: not here, damaged, or of another kind.
    """
    with told_loading(backend):
        return auto.from_pretrained(hub.folder(backend), local_files_only=True, trust_remote_code=False)


def load_model(auto: Any, backend: Backend, dtype: Any, device: Any) -> Any:
    """The model in the backend's folder on the device, ready to generate.

    auto: an Auto class of transformers
    Raises AnalysisError: not here, damaged, of another kind, or larger than the memory that is free.
    """
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    folder = hub.folder(backend)
    check_memory(backend, n_parameters(backend) * dtype.itemsize, free_bytes(device))
    started = time.monotonic()
    with told_loading(backend):
        model, found = auto.from_pretrained(
            folder,
            dtype=dtype,
            local_files_only=True,
            trust_remote_code=False,
            weights_only=True,  # of .bin files, which are read where there are no safetensors
            output_loading_info=True,
        )
        model.to(device).eval()
    # transformers fills in random numbers for what is missing, and only logs it.
    if len(found["missing_keys"]) > MAX_MISSING * len(model.state_dict()):
        raise AnalysisError(_cannot_load(backend, "its files lack a part of the weights"))
    log.info("%s: loaded in %.1f s as %s on %s", backend.title, time.monotonic() - started, dtype, device)
    return model


def n_parameters(backend: Backend) -> int:
    """How many numbers the model's weights are, from the heads of their files."""
    with told_loading(backend):
        return sum(_n_numbers(file) for file in hub.weight_files(hub.folder(backend)))


def check_memory(backend: Backend, needed_bytes: int, free: int) -> None:
    """Raise AnalysisError if the weights will not fit: a system short of memory kills without a word."""
    if needed_bytes * MEMORY_MARGIN > free:
        raise AnalysisError(
            f"{backend.title} needs {needed_bytes / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free. "
            "Close other programs, or choose a smaller model."
        )


def free_bytes(device: Any) -> int:
    """Memory of the device that a model can take now."""
    import psutil
    import torch

    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)


def release_memory() -> None:
    """Give memory on an accelerator back to other processes, once no variable holds the model any more."""
    if "torch" not in sys.modules:  # no model was loaded: all was remembered
        return
    import torch

    for device in (torch.cuda, torch.mps):
        if device.is_available():
            gc.collect()
            device.empty_cache()


@contextmanager
def stoppable(model: Any, beat: Callable[[], None]) -> Iterator[None]:
    """While it lasts the model calls `beat` every quarter of a second, between the operations of a layer.

    Reading a long prompt takes minutes on a CPU: asking between words alone would come too late.
    beat: may raise Cancelled, which ends the computation
    """
    last = time.monotonic()

    def before_operation(*_: object) -> None:
        nonlocal last
        if time.monotonic() - last >= BEAT_S:
            beat()
            last = time.monotonic()

    leaves = [module for module in model.modules() if next(module.children(), None) is None]
    hooks = [module.register_forward_pre_hook(before_operation) for module in leaves]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


@contextmanager
def told_loading(backend: Backend) -> Iterator[None]:
    """Turn what the libraries raise for missing, cut or foreign files into AnalysisError."""
    try:
        yield
    except (AnalysisError, Cancelled):
        raise
    except MemoryError as e:
        raise AnalysisError(_out_of_memory(backend)) from e
    except Exception as e:
        # All kinds come from damaged files; tokenizers even raises Exception itself.
        text = _out_of_memory(backend) if _is_memory(e) else _cannot_load(backend, _reason(e))
        raise AnalysisError(text) from e


@contextmanager
def told_running(backend: Backend, task: str) -> Iterator[None]:
    """Turn what a model raises that is too large or cannot do the task into AnalysisError.

    task: what it was asked for, "describe a frame"
    """
    from jinja2 import TemplateError

    try:
        yield
    except MemoryError as e:
        raise AnalysisError(_out_of_memory(backend)) from e
    except (
        RuntimeError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        ImportError,
        TemplateError,
    ) as e:
        if _is_memory(e):
            raise AnalysisError(_out_of_memory(backend)) from e
        raise AnalysisError(
            f"{backend.title} cannot {task} ({_reason(e)}). "
            f"Get it again, or choose another backend for {backend.role}."
        ) from e


def _n_numbers(file: Path) -> int:
    if file.suffix != ".safetensors":
        return file.stat().st_size // 2  # as if in half precision: rather too many than too few
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        head = json.loads(opened.read(min(length, file.stat().st_size)))
    return sum(math.prod(tensor["shape"]) for name, tensor in head.items() if name != "__metadata__")


def _cannot_load(backend: Backend, reason: str) -> str:
    return (
        f"{backend.title} cannot be loaded ({reason}). "
        f"Delete its files and get it again, or choose another backend for {backend.role}."
    )


def _out_of_memory(backend: Backend) -> str:
    return (
        f"{backend.title} ran out of memory. Close other programs, choose a smaller model, or, if it ran on "
        "a GPU, start Diptych with CUDA_VISIBLE_DEVICES= (empty) to compute on the processor."
    )


def _is_memory(e: Exception) -> bool:
    """Whether an accelerator or the processor had no memory left; PyTorch has no common class for it."""
    import torch

    text = str(e)
    return isinstance(e, torch.OutOfMemoryError) or any(
        words in text for words in ("out of memory", "can't allocate memory", "not enough memory")
    )


def _reason(e: Exception) -> str:
    """The first line of what a library says, without its full stop."""
    with suppress(IndexError):
        line = str(e).strip().splitlines()[0].strip()
        return line[:_REASON_CHARS].rstrip(". ") or type(e).__name__
    return type(e).__name__
