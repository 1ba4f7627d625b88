"""Vectors of words: the sentence encoder's, or those of files the analyst has (paper §4.1.2, §4.2.2)."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services import backends, word_vector_files
from services.recipe import Embedding
from services.records import Progress, quiet
from services.use_encoder import UseEncoder, use_encoder

PCA_FILE = Path(__file__).parents[1] / "assets" / "models" / "use_pca300.npz"
BATCH = 256


class WordVectors(Protocol):
    @property
    def size(self) -> int:
        """Numbers in each vector."""
        ...

    def look_up(
        self, words: Sequence[str], progress: Progress = quiet
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Vectors (n, size) and whether each word has one (n,); a word without has zeros."""
        ...


class UsePca300:
    """The sentence encoder's vector of each word, centred and projected on 300 fixed axes.

    Every vector has length √300, so that the mean square of its entries is 1.
    """

    def __init__(self, encoder: UseEncoder):
        self._encoder = encoder
        with np.load(PCA_FILE, allow_pickle=False) as fitted:
            self._mean: NDArray[np.float32] = fitted["mean"]  # (512,)
            self._axes: NDArray[np.float32] = fitted["axes"].astype(np.float32)  # (300, 512)
            self.variance_kept = float(fitted["variance_kept"])

    @property
    def size(self) -> int:
        return len(self._axes)

    def look_up(
        self, words: Sequence[str], progress: Progress = quiet
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        vectors = np.zeros((len(words), self.size), np.float32)
        known = np.array([self._encoder.can_read(word) for word in words], bool)
        readable = np.flatnonzero(known)
        for start in range(0, len(readable), BATCH):
            progress(start, len(readable), "word vectors")
            rows = readable[start : start + BATCH]
            encoded = self._encoder.encode([words[int(row)] for row in rows])
            projected = (encoded - self._mean) @ self._axes.T
            length = np.linalg.norm(projected, axis=1, keepdims=True)
            vectors[rows] = projected * (np.sqrt(self.size) / np.maximum(length, 1e-6))
        return vectors, known


@cache
def _use_pca300() -> UsePca300:
    return UsePca300(use_encoder())


def open_word_vectors(embedding: Embedding) -> WordVectors:
    """The word vectors that the settings name.

    Raises AnalysisError for an unknown backend, a missing package, and files that are missing, changed since
    they were chosen, of different vector sizes, or no word vectors at all.
    """
    backend = backends.find("word-vectors", embedding.backend)
    if backend.name == "files":
        return word_vector_files.open_files(embedding.locations, embedding.digests)
    return _use_pca300()
