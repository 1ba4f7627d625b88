"""Four ways to put points into clusters, behind one face: k-means is the paper's (§3.4.1)."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN, AgglomerativeClustering
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from crvae.lloyd import best_runs
from crvae.records import ClusterMethod

Points = NDArray[np.float64]  # (N, D)
Labels = NDArray[np.int32]  # (N,), -1 in no cluster

GMM_VARIANCE = 0.9  # share of the variance on the axes that a mixture is fitted to
GMM_PAIRS_PER_AXIS = 10  # fewer pairs than this for each axis and the mixture follows single pairs
GMM_FLOOR = 1e-3  # of the variance of the first axis, added to every variance: none can become 0
GMM_RESTARTS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """labels: of the points it was fitted to; assign: clusters of any points, by the same rule."""

    labels: Labels
    assign: Callable[[Points], Labels]


def fit(axes: Points, method: ClusterMethod, size: int, seed: int, restarts: int) -> Fit:
    """Clusters of points on their principal axes; numbers are in no order.

    size:     K; for HDBSCAN the smallest number of points that make a cluster
    restarts: of k-means, whose best is taken; of a mixture too, five at the most
    """
    if method == "kmeans":
        return _kmeans(axes, size, seed, restarts)
    if method == "ward":
        return _ward(axes, size)
    if method == "gmm":
        return _mixture(axes, size, seed, min(restarts, GMM_RESTARTS))
    return _hdbscan(axes, size)


def centroids_of(points: Points, labels: Labels) -> Points:
    """(k, D) means of the clusters 0 … k - 1."""
    return np.stack([points[labels == cluster].mean(axis=0) for cluster in range(int(labels.max()) + 1)])


def nearest(points: Points, centroids: Points) -> Labels:
    """The centroid (k, D) nearest to each point."""
    far = np.square(centroids).sum(axis=1) - 2 * points @ centroids.T
    return far.argmin(axis=1).astype(np.int32)


def _kmeans(axes: Points, k: int, seed: int, restarts: int) -> Fit:
    ones, rng = np.ones((1, len(axes))), np.random.default_rng(seed)
    labels = best_runs(axes, k, ones, rng, restarts).labels[0]
    labels = np.unique(labels, return_inverse=True)[1].astype(np.int32)  # fewer different points than k
    return Fit(labels, lambda points: nearest(points, centroids_of(axes, labels)))


def _ward(axes: Points, k: int) -> Fit:
    labels = np.zeros(len(axes), np.int32)
    if k > 1:
        labels = np.asarray(AgglomerativeClustering(k, linkage="ward").fit_predict(axes), np.int32)
    centroids = centroids_of(axes, labels)
    return Fit(labels, lambda points: nearest(points, centroids))


def _mixture(axes: Points, k: int, seed: int, restarts: int) -> Fit:
    if k == 1:  # one pair alone cannot be fitted, and has its cluster all the same
        return Fit(np.zeros(len(axes), np.int32), lambda points: np.zeros(len(points), np.int32))
    n_axes = _axes_for_mixture(axes)
    floor = max(GMM_FLOOR * float(axes[:, 0].var()), 1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # clusters of few points may swing; usable still
        found = GaussianMixture(
            k, covariance_type="diag", reg_covar=floor, n_init=restarts, random_state=seed
        ).fit(axes[:, :n_axes])
    return Fit(
        np.asarray(found.predict(axes[:, :n_axes]), np.int32),
        lambda points: np.asarray(found.predict(points[:, :n_axes]), np.int32),
    )


def _axes_for_mixture(axes: Points) -> int:
    """How many first axes hold enough of the variance, as far as the number of points allows."""
    variance = np.square(axes - axes.mean(axis=0)).sum(axis=0)
    held = np.cumsum(variance) / max(float(variance.sum()), 1e-300)
    wanted = int(np.searchsorted(held, GMM_VARIANCE)) + 1
    return max(1, min(wanted, len(axes) // GMM_PAIRS_PER_AXIS, axes.shape[1]))


def _hdbscan(axes: Points, min_pairs: int) -> Fit:
    trees = HDBSCAN(min_cluster_size=min_pairs, copy=True)  # pyright: ignore[reportArgumentType]
    labels = np.asarray(trees.fit_predict(axes), np.int32)

    def assign(points: Points) -> Labels:
        if not (labels >= 0).any():
            return np.full(len(points), -1, np.int32)
        return nearest(points, centroids_of(axes, labels))

    return Fit(labels, assign)
