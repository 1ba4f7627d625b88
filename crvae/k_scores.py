"""What is measured of one clustering, and how its members move when K grows by one (paper §3.4.1)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist, squareform
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_samples

from crvae.cluster_methods import centroids_of

Points = NDArray[np.float64]
Labels = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Apartness:
    """How far clusters lie apart (1 < k < number of points), see scikit-learn."""

    silhouette: float
    silhouettes: tuple[float, ...]  # means by cluster
    davies_bouldin: float
    calinski_harabasz: float


def distances_of(points: Points) -> Points:
    """(N, N) distances of the points."""
    return squareform(pdist(points)) if len(points) > 1 else np.zeros((len(points), len(points)))


def within(points: Points, labels: Labels) -> float | None:
    """Mean distance of the clustered points to their own centroids; None where no point is in a cluster."""
    away = _to_own(points, labels)
    return float(away.mean()) if away.size else None


def between(points: Points, labels: Labels) -> float | None:
    """Mean distance of two centroids; None below two clusters."""
    return None if labels.max(initial=-1) < 1 else float(pdist(centroids_of(points, labels)).mean())


def inertia(points: Points, labels: Labels) -> float | None:
    """Sum of the squared distances to the own centroids; None where no point is in a cluster."""
    away = _to_own(points, labels)
    return float(np.square(away).sum()) if away.size else None


def apartness(points: Points, labels: Labels, distances: Points) -> Apartness | None:
    """The measures of the clustered points; None where they do not exist.

    distances: (N, N) of the points, see distances_of
    """
    inside = np.flatnonzero(labels >= 0)
    k = int(labels.max(initial=-1)) + 1
    if not 2 <= k <= len(inside) - 1:
        return None
    kept, own = points[inside], labels[inside]
    each = np.asarray(silhouette_samples(distances[np.ix_(inside, inside)], own, metric="precomputed"))
    return Apartness(
        silhouette=float(each.mean()),
        silhouettes=tuple(float(each[own == cluster].mean()) for cluster in range(k)),
        davies_bouldin=float(davies_bouldin_score(kept, own)),
        calinski_harabasz=float(calinski_harabasz_score(kept, own)),
    )


def coherence(labels: Labels) -> float | None:
    """Share of neighbours in time in the same cluster, less what shuffled pairs would have.

    labels: (N,) in order of time, -1 in none. None below two clusters.
    """
    n = len(labels)
    if labels.max(initial=-1) < 1:
        return None
    together = (labels[1:] == labels[:-1]) & (labels[1:] >= 0)
    sizes = np.bincount(labels[labels >= 0])
    return float(together.mean() - (sizes * (sizes - 1)).sum() / (n * (n - 1)))


def overlap(before: Labels, after: Labels) -> NDArray[np.int64]:
    """How many points go from each cluster to each: (k_before + 1, k_after + 1), the last ones for -1."""
    table = np.zeros((int(before.max(initial=-1)) + 2, int(after.max(initial=-1)) + 2), np.int64)
    np.add.at(table, (before, after), 1)
    return table


def agreement(a: Labels, b: Labels) -> float:
    """Adjusted Rand index of two clusterings of the same points, 1 the same, 0 chance; -1 is a cluster, too.

    scikit-learn's takes fifty times as long in checking its arguments, and a sweep asks a thousand times.
    """
    table = overlap(a, b).astype(np.float64)

    def n_pairs(counts: NDArray[np.float64]) -> float:
        return float((counts * (counts - 1)).sum() / 2)

    both, left, right = n_pairs(table), n_pairs(table.sum(axis=1)), n_pairs(table.sum(axis=0))
    chance = left * right / max(len(a) * (len(a) - 1) / 2, 1)
    most = (left + right) / 2
    return 1.0 if most == chance else (both - chance) / (most - chance)


def knee(values: dict[int, float]) -> int | None:
    """The K whose inertia lies farthest below the chord of the curve; None if none does.

    values: K -> inertia, K ascending
    """
    ks, heights = np.array(list(values), float), np.array(list(values.values()), float)
    if len(ks) < 3 or not np.ptp(heights) > 0:
        return None
    x, y = (ks - ks[0]) / np.ptp(ks), (heights - heights[-1]) / (heights[0] - heights[-1] or np.ptp(heights))
    below = 1 - x - y  # of the chord from (0, 1) to (1, 0), up to a factor
    best = int(below.argmax())
    return int(ks[best]) if below[best] > 1e-9 else None


def _to_own(points: Points, labels: Labels) -> Points:
    """Distances of the clustered points to their own centroids."""
    inside = labels >= 0
    if not inside.any():
        return np.zeros(0)
    return np.linalg.norm(points[inside] - centroids_of(points, labels)[labels[inside]], axis=1)
