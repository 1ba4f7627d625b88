"""Phrases such as tags as vectors whose cosine says how near their meanings are (paper §3.4.2, §5.4)."""

import logging
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services import backends
from services.errors import AnalysisError
from services.use_encoder import use_encoder

log = logging.getLogger(__name__)


def encode_phrases(texts: Sequence[str], backend: str) -> NDArray[np.float32]:
    """(n, d) float32 of length 1, one row per text; the model stays loaded for the process.

    backend: a name of services.backends, role "phrases"
    Raises AnalysisError when the backend is unknown, is not on this machine or cannot be loaded.
    """
    chosen = backends.find("phrases", backend)
    if chosen.model_id:
        from services import hub

        vectors = _encode_with(_load(str(hub.folder(chosen)), chosen.title), texts)
    else:
        vectors = use_encoder().encode(texts)
    if not bool(np.isfinite(vectors).all()):
        raise AnalysisError(
            f"{chosen.title} gives numbers that are not finite, so its files are damaged. "
            "Delete them and get the model again, or choose another backend for phrase vectors."
        )
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(length, 1e-12)).astype(np.float32)


def _encode_with(model: Any, texts: Sequence[str]) -> NDArray[np.float32]:
    if not texts:
        return np.zeros((0, model.get_embedding_dimension() or 0), np.float32)
    return np.asarray(model.encode(list(texts), show_progress_bar=False, convert_to_numpy=True), np.float32)


@cache
def _load(folder: str, title: str) -> Any:
    """The sentence-transformers model in the folder; a plain transformer gets mean pooling."""
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(folder, local_files_only=True, trust_remote_code=False)
    # The libraries raise these for missing, cut or foreign files; safetensors has an exception of its own.
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError, _safetensors_error()) as e:
        reason = str(e).strip().splitlines()[0] if str(e).strip() else type(e).__name__
        raise AnalysisError(
            f"{title}: the model in {folder} cannot be loaded as a sentence encoder ({reason}). "
            "Get it again, or choose another backend for phrase vectors."
        ) from e
    log.info("phrase vectors: loaded %s from %s", title, folder)
    return model


def _safetensors_error() -> type[Exception]:
    from safetensors import SafetensorError

    return SafetensorError
