"""What goes into the CRVAE and what comes out of it. N pairs, T words, E and D vector sizes, K clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedDataset:
    """The aligned pairs of one video as numbers; one row is one training example.

    images:       (N, 3, 120, 200) uint8, RGB, in order of time
    word_vectors: (N, T, E) float32, zero-padded at the end
    lengths:      (N,) int64, words in each row; 0 is allowed
    tokens:       N tuples of words, as long as lengths says
    unknown:      share of the words, in [0, 1], that had no vector
    """

    images: NDArray[np.uint8]
    word_vectors: NDArray[np.float32]
    lengths: NDArray[np.int64]
    tokens: tuple[tuple[str, ...], ...]
    unknown: float

    def __post_init__(self) -> None:
        n = len(self.images)
        if self.images.dtype != np.uint8 or self.images.ndim != 4 or self.images.shape[1] != 3:
            raise ValueError(
                f"images are {self.images.dtype} {self.images.shape}, expected uint8 (N, 3, H, W)"
            )
        if self.word_vectors.ndim != 3:
            raise ValueError(f"word_vectors are {self.word_vectors.shape}, expected (N, T, E)")
        if not n == len(self.word_vectors) == len(self.lengths) == len(self.tokens):
            raise ValueError(
                f"rows differ: {n} images, {len(self.word_vectors)} rows of word vectors, "
                f"{len(self.lengths)} lengths, {len(self.tokens)} rows of tokens"
            )
        longest = self.word_vectors.shape[1]
        if n and (int(self.lengths.min()) < 0 or int(self.lengths.max()) > longest):
            raise ValueError(
                f"lengths run from {self.lengths.min()} to {self.lengths.max()}, expected 0 to {longest}"
            )


@dataclass(frozen=True, slots=True)
class EpochMetrics:
    """Losses of one epoch. Which pass they come from: crvae.training.fit.

    A model of pictures alone predicts the mean of the words: text_fvu is 1.0, and total does without it.

    epoch:      from 1
    image_mse:  mean squared error of pixels in [0, 1]
    text_mse:   mean squared error of word-vector entries as given, real words only
    kl:         mean KL divergence from N(0, 1), nats per latent dimension
    total:      what the optimiser minimises, on standardised data: image + λ text (+ β KL), §3.3
    image_fvu:  image error over the video's variance; 1.0 is predicting the mean
    text_fvu:   the same for the text
    seconds:    wall time of the epoch
    """

    epoch: int
    image_mse: float
    text_mse: float
    kl: float
    total: float
    image_fvu: float
    text_fvu: float
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Latents:
    """Latent means, the paper's output (§3.1.4); mu (N, D) float32."""

    mu: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class KScore:
    """Quality of one choice of K (§3.4.1).

    within:     mean distance of a point to its own centroid, latent units (the paper's "inter-cluster")
    between:    mean distance of two centroids, latent units (the paper's "cross-cluster")
    stability:  mean adjusted Rand index of refits that miss blocks of time with the full fit; 0 is chance
    silhouette: mean silhouette in [-1, 1]
    sizes:      k counts, in the order of the cluster numbers
    """

    k: int
    within: float
    between: float
    stability: float
    silhouette: float
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KSweep:
    """Scores of the K that were tried, K ascending; empty when there are too few pairs."""

    scores: tuple[KScore, ...]


@dataclass(frozen=True, slots=True)
class KRecommendation:
    """The K to begin with, and why, in one plain sentence that also says the doubt."""

    k: int
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Clustering:
    """K-means clusters; labels (N,) int32 numbered by first appearance in time, centroids (k, D) float32."""

    k: int
    labels: NDArray[np.int32]
    centroids: NDArray[np.float32]
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """A flat view of the latents, for looking only; xy (N, 2) float32, perplexity as used."""

    xy: NDArray[np.float32]
    perplexity: float
