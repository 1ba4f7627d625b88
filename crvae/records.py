"""What goes into the CRVAE and what comes out of it. N pairs, T words, E and D vector sizes, K clusters."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

ClusterMethod = Literal["kmeans", "ward", "gmm", "hdbscan"]
Flat = Literal["tsne", "pca", "umap"]


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
    """Quality of one choice of K (§3.4.1); None where a measure does not exist. Formulas: crvae.k_scores.

    within:     mean distance of a point to its own centroid, latent units (the paper's "inter-cluster")
    between:    mean distance of two centroids, latent units (the paper's "cross-cluster")
    stability:  mean adjusted Rand index of refits to other draws of blocks of time; 1 the same, 0 chance
    silhouette: mean silhouette in [-1, 1]
    sizes:      k counts, in the order of the cluster numbers
    min_pairs:  HDBSCAN's smallest cluster, of which k is the outcome; 0 for the other methods
    noise:      share of the pairs in no cluster, in [0, 1]
    inertia:    sum of squared distances to the own centroid
    davies_bouldin, calinski_harabasz: see scikit-learn
    gap, gap_error: of the gap statistic, and its standard error with the factor for the references' number
    seed_stability: mean adjusted Rand index of single starts with each other
    stability_low, stability_high: 5 and 95 % of the draws behind `stability`
    silhouettes, jaccards: mean silhouette and mean best Jaccard index over the draws, by cluster
    coherence:  share of neighbours in time in the same cluster, less what shuffled pairs would have
    """

    k: int
    within: float | None
    between: float | None
    stability: float | None
    silhouette: float | None
    sizes: tuple[int, ...]
    min_pairs: int = 0
    noise: float = 0.0
    inertia: float | None = None
    davies_bouldin: float | None = None
    calinski_harabasz: float | None = None
    gap: float | None = None
    gap_error: float | None = None
    seed_stability: float | None = None
    stability_low: float | None = None
    stability_high: float | None = None
    silhouettes: tuple[float, ...] = ()
    jaccards: tuple[float, ...] = ()
    coherence: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class KSweep:
    """Scores of the K (for HDBSCAN: of the min_pairs) that were tried, ascending; none for too few pairs.

    labels: (len(scores), N) int32, the clusters behind each score, -1 in none
    """

    scores: tuple[KScore, ...]
    method: ClusterMethod = "kmeans"
    labels: NDArray[np.int32] = field(default_factory=lambda: np.zeros((0, 0), np.int32))


@dataclass(frozen=True, slots=True)
class KRecommendation:
    """The K to begin with, and why, in one plain sentence that also says the doubt.

    is_supported: False when no K is; then k is the one that comes closest
    min_pairs:    HDBSCAN's smallest cluster that gives this k; 0 for the other methods
    """

    k: int
    reason: str
    is_supported: bool = True
    min_pairs: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Clustering:
    """Clusters of the pairs (§3.4).

    labels:    (N,) int32, 0 … k - 1 by first appearance in time; -1 in no cluster (noise, or set aside)
    centroids: (k, D) float32, means of the clusters' points
    set_aside: (N,) bool, pairs whose cluster was one repeated shot and was taken out; empty for none
    """

    k: int
    labels: NDArray[np.int32]
    centroids: NDArray[np.float32]
    seed: int
    method: ClusterMethod = "kmeans"
    set_aside: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """A flat view of the points, for looking only; xy (N, 2) float32, perplexity as used or 0."""

    xy: NDArray[np.float32]
    perplexity: float
    method: Flat = "tsne"  # results of earlier versions lack it
