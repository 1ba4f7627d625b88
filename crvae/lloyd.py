"""K-means: many runs on the same points at once (paper §3.4.1).

Starts (k-means++ with several candidates) and steps (Lloyd) are scikit-learn's; hundreds of runs share each
matrix product here, which makes a sweep with its draws and references several times faster.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

MAX_STEPS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """labels: (R, N) int32, clusters of all points, of weight 0 too; inertia: (R,) weighted."""

    labels: NDArray[np.int32]
    inertia: NDArray[np.float64]


def kmeans_runs(points: Points, k: int, weights: NDArray[np.float64], rng: np.random.Generator) -> Runs:
    """R runs from different starts.

    points:  (N, D)
    weights: (R, N), how often each point counts in each run, not all 0
    """
    labels = np.full(weights.shape, -1, np.int32)
    centroids = _starts(points, k, weights, rng)
    active = np.arange(len(weights))
    for _ in range(MAX_STEPS):
        now = _distances(points, centroids[active]).argmin(axis=1).astype(np.int32)
        has_moved = (now != labels[active]).any(axis=1)
        labels[active] = now
        active = active[has_moved]
        if not active.size:
            break
        centroids[active] = _means(points, labels[active], weights[active], centroids[active])
    least = _distances(points, centroids).min(axis=1) + np.square(points).sum(axis=1)
    return Runs(labels, (weights * np.maximum(least, 0.0)).sum(axis=1))


def best_runs(
    points: Points, k: int, weights: NDArray[np.float64], rng: np.random.Generator, restarts: int
) -> Runs:
    """For each row of weights (R, N) the best of so many runs."""
    runs = kmeans_runs(points, k, np.repeat(weights, restarts, axis=0), rng)
    inertia = runs.inertia.reshape(-1, restarts)
    best = inertia.argmin(axis=1) + np.arange(len(weights)) * restarts
    return Runs(runs.labels[best], runs.inertia[best])


def _distances(points: Points, centroids: NDArray[np.float64]) -> NDArray[np.float64]:
    """(R, k, N) squared distances to the centroids (R, k, D), less each point's own square."""
    n_runs, k, size = centroids.shape
    products = (centroids.reshape(-1, size) @ points.T).reshape(n_runs, k, -1)
    return np.square(centroids).sum(axis=2)[:, :, None] - 2 * products


def _means(
    points: Points, labels: NDArray[np.int32], weights: NDArray[np.float64], before: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(R, k, D) weighted means of the clusters; one without weight stays where it was."""
    n_runs, k, size = before.shape
    members = (labels[:, None, :] == np.arange(k)[None, :, None]) * weights[:, None, :]  # (R, k, N)
    counts = members.sum(axis=2)[:, :, None]
    sums = (members.reshape(n_runs * k, -1) @ points).reshape(n_runs, k, size)
    return np.where(counts > 0, sums / np.maximum(counts, 1.0), before)


def _starts(
    points: Points, k: int, weights: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """(R, k, D) points far from each other: the best of a few candidates at each step (k-means++)."""
    runs, n_candidates = np.arange(len(weights)), 2 + int(np.log(k))
    squares = np.square(points).sum(axis=1)

    def far(rows: NDArray[np.intp]) -> NDArray[np.float64]:  # (R, n) -> (R, n, N) squared distances
        products = points[rows.ravel()] @ points.T
        away = squares[rows.ravel(), None] + squares - 2 * products
        return np.maximum(away, 0.0).reshape(*rows.shape, -1)

    chosen = _drawn(weights, 1, rng)
    nearest = far(chosen)[:, 0]
    for _ in range(1, k):
        candidates = _drawn(weights * nearest, n_candidates, rng)
        left = np.minimum(nearest[:, None], far(candidates))  # (R, candidates, N)
        best = (left * weights[:, None]).sum(axis=2).argmin(axis=1)
        nearest = left[runs, best]
        chosen = np.column_stack([chosen, candidates[runs, best]])
    return points[chosen]


def _drawn(chances: NDArray[np.float64], n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """(R, n) rows drawn by their chances (R, N); any row where all chances are 0."""
    sums = np.cumsum(chances, axis=1)
    at = rng.random((len(chances), n)) * sums[:, -1:]
    rows = (sums[:, None, :] <= at[:, :, None]).sum(axis=2)
    return np.minimum(rows, chances.shape[1] - 1)
