"""Reconstructed word vectors, turned back into words by their nearest neighbours (paper §3.2.4)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from crvae.families import Model
from crvae.records import EmbeddedDataset

UNKNOWN = "<UNK>"  # §4.2.2: the word whose vector is zero
VECTORS_AT_ONCE, WORDS_AT_ONCE, PAIRS_AT_ONCE = 256, 4096, 4096  # some 10 MB of numbers, whatever N and V


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Words and their vectors; words V, vectors (V, E) float32, which may lie in a memory-mapped file."""

    words: Sequence[str]
    vectors: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.words) != len(self.vectors):
            raise ValueError(f"{len(self.words)} words have vectors {self.vectors.shape}, expected (V, E)")


def vocabulary_of(dataset: EmbeddedDataset) -> Vocabulary:
    """The words of the video that have a vector, each once, in the order in which they first come."""
    found: dict[str, NDArray[np.float32]] = {}
    for tokens, vectors in zip(dataset.tokens, dataset.word_vectors, strict=True):
        for token, vector in zip(tokens, vectors, strict=False):  # zeros lie behind the words
            if token not in found and vector.any():
                found[token] = vector
    size = dataset.word_vectors.shape[2]
    return Vocabulary(tuple(found), np.array(list(found.values()), np.float32).reshape(-1, size))


def reconstruct_words(model: Model, dataset: EmbeddedDataset, indices: Sequence[int]) -> NDArray[np.float32]:
    """Vectors that the decoder draws from the latent means of these pairs, (n, T, E) on the data's own scale.

    T is the longest of these texts; zeros lie behind each. With teacher forcing each word is drawn knowing
    the true one before it, as in training.
    Raises ValueError for a model of pictures alone.
    """
    if not model.config.has_text:
        raise ValueError(f"a model of the family {model.config.family!r} draws no words, only 'crvae' does")
    rows, device = list(indices), model.image_mean.device
    batch = model.standardize(
        torch.from_numpy(dataset.images[rows]).to(device),
        torch.from_numpy(dataset.word_vectors[rows]).float().to(device),
        torch.from_numpy(dataset.lengths[rows]).to(torch.int64),
    )
    model.eval()
    with torch.inference_mode():
        vectors = model(batch).word_vectors.float() * model.word_std + model.word_mean
        return (vectors * batch.mask().unsqueeze(2)).cpu().numpy()


def verbalize(
    vectors: NDArray[np.float32], lengths: NDArray[np.int64], vocabulary: Vocabulary
) -> tuple[tuple[str, ...], ...]:
    """The nearest words of each text, as many as lengths says: what lies behind them is padding.

    vectors: (n, T, E)
    lengths: (n,) words in each text
    """
    is_word = np.arange(vectors.shape[1]) < lengths[:, None]  # (n, T)
    rows = nearest_words(vectors[is_word], vocabulary.vectors)
    texts = np.split(rows, np.cumsum(is_word.sum(1)))[:-1]  # the last piece is what follows all texts
    return tuple(tuple(UNKNOWN if row < 0 else vocabulary.words[int(row)] for row in text) for text in texts)


def nearest_words(vectors: NDArray[np.float32], vocabulary: NDArray[np.float32]) -> NDArray[np.int64]:
    """Row of the vocabulary nearest to each vector, (N,); on a tie the lowest, -1 where zero is no farther.

    Exact, in memory that grows with neither N nor V: distances are first bounded by a matrix product for a
    few thousand words at once, then computed without rounding away what the bound cannot tell apart.
    vectors:    (N, E)
    vocabulary: (V, E)
    Raises ValueError when sizes differ or an entry is not finite.
    """
    if vectors.ndim != 2 or vocabulary.ndim != 2 or vectors.shape[1] != vocabulary.shape[1]:
        raise ValueError(f"vectors are {vectors.shape}, the vocabulary is {vocabulary.shape}")
    if not np.isfinite(vectors).all():
        raise ValueError("some vectors are not finite: train the model again")
    nearest = np.full(len(vectors), -1, np.int64)
    for start in range(0, len(vectors), VECTORS_AT_ONCE):
        some = slice(start, start + VECTORS_AT_ONCE)
        nearest[some] = _nearest(np.asarray(vectors[some], np.float32), vocabulary)
    return nearest


def _nearest(vectors: NDArray[np.float32], vocabulary: NDArray[np.float32]) -> NDArray[np.int64]:
    best = np.full(len(vectors), -1, np.int64)
    distance = _squared(vectors, np.zeros_like(vectors))  # to the zero vector
    for start in range(0, len(vocabulary), WORDS_AT_ONCE):
        words = np.asarray(vocabulary[start : start + WORDS_AT_ONCE], np.float32)
        if not np.isfinite(words).all():
            raise ValueError("some vectors of the vocabulary are not finite: choose other word vectors")
        below = _lower_bounds(vectors, words)  # (n, words)
        likely = below.argmin(1)
        limit = np.minimum(distance, _squared(vectors, words[likely]))
        rows, columns = np.nonzero(below <= limit[:, None])
        for some in range(0, len(rows), PAIRS_AT_ONCE):
            r, c = rows[some : some + PAIRS_AT_ONCE], columns[some : some + PAIRS_AT_ONCE]
            found = _squared(vectors[r], words[c])
            order = np.lexsort((c, found, r))
            first = order[np.unique(r[order], return_index=True)[1]]  # the nearest word of each row
            nearer = first[found[first] < distance[r[first]]]  # at equal distances the earlier word stays
            best[r[nearer]], distance[r[nearer]] = start + c[nearer], found[nearer]
    return best


def _lower_bounds(vectors: NDArray[np.float32], words: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, words) numbers that no squared distance lies below, less by rounding alone."""
    # |v - w|² = |v|² - 2 v·w + |w|²; each sum of E products errs by at most E + 2 roundings of its terms,
    # and |v| |w| <= (|v|² + |w|²) / 2.
    slack = 4 * (vectors.shape[1] + 8) * float(np.finfo(np.float32).eps)
    of_vectors = np.square(vectors).sum(1) * np.float32(1 - slack)
    of_words = np.square(words).sum(1) * np.float32(1 - slack)
    bounds = vectors @ words.T
    bounds *= np.float32(-2)
    bounds += of_vectors[:, None]
    bounds += of_words
    return bounds


def _squared(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """Squared distances of rows, in float64."""
    return np.square(a.astype(np.float64) - b.astype(np.float64)).sum(1)
