"""Does a clustering come back when the video is cut otherwise, or started otherwise? (paper §3.4.1, §5.2)"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from crvae.cluster_methods import fit
from crvae.k_scores import agreement
from crvae.lloyd import best_runs, kmeans_runs
from crvae.records import ClusterMethod

Points = NDArray[np.float64]
Labels = NDArray[np.int32]

BLOCK_PAIRS = 6  # pairs next to each other in time share their scene, so they are drawn together
KEPT_SHARE = 0.8  # of the blocks, for HDBSCAN: points drawn twice would be dense by themselves
NOT_DRAWN = -2
DRAW_RESTARTS = 4
N_STARTS = 12


@dataclass(frozen=True, slots=True)
class Stability:
    """mean, low, high: adjusted Rand index of the draws with the clustering, its 5 and 95 %.

    jaccards: by cluster, the mean over the draws of the best match with any cluster there (Hennig 2007)
    """

    mean: float
    low: float
    high: float
    jaccards: tuple[float, ...]


def block_draws(n: int, n_draws: int, rng: np.random.Generator, *, twice: bool = True) -> NDArray[np.float64]:
    """(n_draws, n) how often each point is drawn, in contiguous blocks of about six.

    twice: whether a block may come again; else four fifths of the blocks are drawn once each
    """
    blocks = np.array_split(np.arange(n), min(n, max(5, round(n / BLOCK_PAIRS))))
    counts = np.zeros((n_draws, len(blocks)))
    for row in counts:
        if twice:
            np.add.at(row, rng.integers(len(blocks), size=len(blocks)), 1)
        else:
            row[rng.permutation(len(blocks))[: round(KEPT_SHARE * len(blocks))]] = 1
    return np.repeat(counts, [len(block) for block in blocks], axis=1)


def stability(
    axes: Points, labels: Labels, method: ClusterMethod, size: int, *, n_draws: int, seed: int
) -> Stability | None:
    """How far the clusters come back in draws of blocks of time; None below two clusters or without a draw.

    size: K, or HDBSCAN's smallest cluster. Each draw is clustered anew and then sorts all points;
          HDBSCAN cannot sort others, so only those drawn are compared.
    """
    k = int(labels.max(initial=-1)) + 1
    if k < 2 or n_draws < 1:
        return None
    drawn = redraw(axes, method, size, n_draws=n_draws, seed=seed)
    agreements: list[float] = []
    jaccards = np.zeros((n_draws, k))
    for row, found in enumerate(drawn):
        is_in = found != NOT_DRAWN
        agreements.append(agreement(labels[is_in], found[is_in]))
        jaccards[row] = _best_matches(labels[is_in], found[is_in], k)
    low, high = np.quantile(agreements, (0.05, 0.95))
    means = tuple(float(value) for value in jaccards.mean(axis=0))
    return Stability(float(np.mean(agreements)), float(low), float(high), means)


def redraw(axes: Points, method: ClusterMethod, size: int, *, n_draws: int, seed: int) -> NDArray[np.int32]:
    """(n_draws, N) clusters of all points by fits to draws of blocks; NOT_DRAWN where HDBSCAN cannot say."""
    rng = np.random.default_rng(seed)
    counts = block_draws(len(axes), n_draws, rng, twice=method != "hdbscan")
    if method == "kmeans":
        return best_runs(axes, size, counts, rng, DRAW_RESTARTS).labels
    found = np.full(counts.shape, NOT_DRAWN, np.int32)
    for draw, count in enumerate(counts):
        rows = np.repeat(np.arange(len(axes)), count.astype(int))
        if method != "hdbscan":
            size_here = min(size, len(np.unique(rows)))  # fewer points were drawn than clusters are wanted
            found[draw] = fit(axes[rows], method, size_here, seed + draw, 1).assign(axes)
        elif len(rows) >= size:
            found[draw, rows] = fit(axes[rows], method, size, seed + draw, 1).labels
    return found


def seed_stability(axes: Points, method: ClusterMethod, k: int, *, seed: int) -> float | None:
    """Mean adjusted Rand index of single starts with each other; None for K = 1 and where none is drawn."""
    if k < 2 or method in ("ward", "hdbscan"):
        return None
    if method == "kmeans":
        ones, rng = np.ones((N_STARTS, len(axes))), np.random.default_rng(seed)
        starts = kmeans_runs(axes, k, ones, rng).labels
    else:
        starts = np.stack([fit(axes, method, k, seed + i, 1).labels for i in range(N_STARTS)])
    return float(np.mean([agreement(a, b) for a, b in combinations(starts, 2)]))


def _best_matches(labels: Labels, found: Labels, k: int) -> NDArray[np.float64]:
    """(k,) for each cluster the highest Jaccard index with a cluster of `found`."""
    own = labels[None] == np.arange(k)[:, None]  # (k, n)
    other = found[None] == np.arange(max(int(found.max(initial=-1)), 0) + 1)[:, None]
    shared = own.astype(float) @ other.T.astype(float)
    either = own.sum(axis=1)[:, None] + other.sum(axis=1)[None] - shared
    return (shared / np.maximum(either, 1)).max(axis=1)
