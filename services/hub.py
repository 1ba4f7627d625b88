"""Models of the Hugging Face hub on this machine: where they lie, and the explicit act of getting one.

HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_HUB_OFFLINE and HF_ENDPOINT hold as everywhere; they are read at start.
"""

import contextlib
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from services.backends import Backend
from services.errors import AnalysisError
from services.hub_errors import check_names, told_in_words
from services.records import Progress, quiet

log = logging.getLogger(__name__)

SAFE_WEIGHTS = "*.safetensors"
OLD_WEIGHTS = "*.bin"  # read with weights_only; taken where there is nothing safer
# Code is never run from the hub; the rest are copies of the weights, for other programs or in half precision.
_NOT_WANTED = (
    *("*.py", "*.h5", "*.msgpack", "*.onnx", "*.ot", "*.tflite", "*.gguf", "*.pth", "*.pt", "*.md"),
    *("consolidated*", "*.fp16.*"),
)
_NOT_WANTED_FOLDERS = ("original/", "onnx/", "openvino/", "coreml/", ".")


def folder(backend: Backend) -> Path:
    """The folder on this machine that holds the backend's model, whole; never downloads.

    Raises AnalysisError, with the way to get the model, if it is not here.
    """
    path = _local_folder(backend.model_id, backend.revision)
    if path is None:
        raise AnalysisError(f"{backend.title} is not on this machine. {backend.how_to_get}")
    return path


def is_cached(model_id: str, revision: str) -> bool:
    """Whether the model, all its weights included, is on this machine; loads no heavy library."""
    return _local_folder(model_id, revision) is not None


def download(backend: Backend, progress: Progress = quiet) -> Path:
    """The folder of the backend's model, downloaded as far as it is not here yet.

    progress: hears of megabytes, in the calling thread; an exception from it (Cancelled) ends the download,
              and the files that have arrived whole are kept for the next attempt
    Raises AnalysisError: no such model, no access, no connection, HF_HUB_OFFLINE, disk full.
    """
    if not backend.model_id:
        raise AnalysisError(f"{backend.title} is not a model of the hub. {backend.how_to_get}")
    here = _local_folder(backend.model_id, backend.revision)
    if here is not None:
        return here
    if Path(backend.model_id).is_absolute():
        raise AnalysisError(f"The folder {backend.model_id} holds no whole model. Choose another one.")
    with told_in_words(backend), _stoppable_client():
        _download(backend, progress)
    return folder(backend)


@contextlib.contextmanager
def _stoppable_client() -> Iterator[None]:
    """While it lasts the hub's client tells of every mebibyte, in the thread that called it.

    By itself it would use Xet, which works in threads of its own: no progress, and no way to raise Cancelled.
    """
    from huggingface_hub import constants

    before = constants.HF_HUB_DISABLE_XET, constants.DOWNLOAD_CHUNK_SIZE
    constants.HF_HUB_DISABLE_XET, constants.DOWNLOAD_CHUNK_SIZE = True, 2**20
    try:
        yield
    finally:
        constants.HF_HUB_DISABLE_XET, constants.DOWNLOAD_CHUNK_SIZE = before


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    n_bytes: int


def _download(backend: Backend, progress: Progress) -> None:
    from huggingface_hub import HfApi, hf_hub_download

    progress(0, 1, f"asking for the files of {backend.title}")
    info = HfApi().model_info(backend.model_id, revision=backend.revision, files_metadata=True, timeout=30)
    files = wanted([_File(s.rfilename, s.size or 0) for s in info.siblings or []])
    check_names(backend, [file.name for file in files])
    arrived = _Arrived(sum(file.n_bytes for file in files), backend.title, progress)
    for file in files:
        hf_hub_download(backend.model_id, file.name, revision=info.sha, tqdm_class=arrived.bar(file.n_bytes))
        arrived.finish(file.n_bytes)
    if info.sha and info.sha != backend.revision:
        _keep_revision(backend, info.sha)
    log.info("downloaded %s at %s, %d files", backend.model_id, info.sha, len(files))


def wanted(files: list[_File]) -> list[_File]:
    """The files to get: settings, vocabulary and one set of weights, the weights last."""
    kept = [
        file
        for file in files
        if not file.name.startswith(_NOT_WANTED_FOLDERS)
        and not any(fnmatch(file.name.lower(), pattern) for pattern in _NOT_WANTED)
    ]
    if any(fnmatch(file.name, SAFE_WEIGHTS) for file in kept):
        kept = [file for file in kept if not fnmatch(file.name, OLD_WEIGHTS)]
    # A model whose weights lie in its folder is whole: they come last, after those of modules in subfolders.
    return sorted(kept, key=lambda file: (_is_weights(file.name), -file.name.count("/"), file.name))


def _is_weights(name: str) -> bool:
    return fnmatch(name, SAFE_WEIGHTS) or fnmatch(name, OLD_WEIGHTS)


class _Arrived:
    """Counts the bytes that have come and tells progress, in megabytes and only in the caller's thread."""

    def __init__(self, n_bytes: int, title: str, progress: Progress):
        self._n_bytes, self._title, self._progress = n_bytes, title, progress
        self._whole, self._part = 0, 0
        self._thread = threading.current_thread()

    def finish(self, n_bytes: int) -> None:
        """A file is here, also one that had been here before."""
        self._whole, self._part = self._whole + n_bytes, 0
        self._tell()

    def _tell(self) -> None:
        if threading.current_thread() is self._thread:
            done, total = (self._whole + self._part) / 1e6, self._n_bytes / 1e6
            self._progress(int(done), max(int(total), 1), f"{self._title}: {done:.0f} of {total:.0f} MB")

    def bar(self, n_bytes: int) -> Any:
        """A class in the place of tqdm for one file."""
        arrived = self

        class Bar:
            def __init__(self, *args: object, initial: int = 0, **settings: object):
                arrived._part = min(initial, n_bytes)

            def update(self, n: float = 1) -> None:
                arrived._part = min(int(arrived._part + n), n_bytes)
                arrived._tell()

            def __enter__(self) -> "Bar":
                return self

            def __exit__(self, *error: object) -> None:
                self.close()

            def close(self) -> None: ...

        return Bar


def _local_folder(model_id: str, revision: str) -> Path | None:
    """The model's folder if it is whole: a snapshot in the hub's cache, or the folder that model_id names."""
    if not model_id:
        return None
    own = Path(model_id).expanduser()
    if own.is_absolute():
        return own if _is_whole(own) else None
    repo = _repo(model_id)
    commit = revision or "main"
    with contextlib.suppress(OSError):
        commit = (repo / "refs" / commit).read_text("utf-8").strip()
    snapshot = repo / "snapshots" / commit
    return snapshot if _is_whole(snapshot) else None


def _repo(model_id: str) -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE).expanduser() / ("models--" + model_id.replace("/", "--"))


def weight_files(path: Path) -> tuple[Path, ...]:
    """The files that hold the weights of the model in the folder: its safetensors, else its .bin files."""
    parts = sorted(set(_parts(path)))
    for pattern in ("model.safetensors", SAFE_WEIGHTS, "pytorch_model.bin", OLD_WEIGHTS):
        parts = parts or sorted(file for file in path.glob(pattern) if file.is_file())
    return tuple(parts)


def _is_whole(path: Path) -> bool:
    """Whether the folder has settings and every file of its weights."""
    weights = weight_files(path)
    return bool(weights) and all(file.is_file() for file in (path / "config.json", *weights))


def _parts(path: Path) -> Iterator[Path]:
    """The files that the indices of weights in several files name."""
    for index in path.glob("*.index.json"):
        if index.name.endswith(".bin.index.json") and any(path.glob(SAFE_WEIGHTS)):
            continue  # of the set that was not taken
        with contextlib.suppress(ValueError, KeyError, AttributeError, OSError):
            names = json.loads(index.read_text("utf-8"))["weight_map"].values()
            yield from (path / str(name) for name in set(names))


def _keep_revision(backend: Backend, commit: str) -> None:
    """Note in the cache which commit the branch or tag stands for, as the hub's own client does."""
    ref = _repo(backend.model_id) / "refs" / (backend.revision or "main")
    ref.parent.mkdir(parents=True, exist_ok=True)
    ref.write_text(commit, "utf-8")
