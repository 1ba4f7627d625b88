"""Clusters of the latent means, in the order in which they first appear (paper §3.4.1)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crvae.cluster_methods import centroids_of, fit
from crvae.records import Clustering, ClusterMethod, Latents

RESTARTS = 50  # with ten, one seed in six misses the best clusters of the paper's English video


def find_clusters(
    points: Latents, size: int, *, method: ClusterMethod = "kmeans", seed: int = 0, restarts: int = RESTARTS
) -> Clustering:
    """The clusters that the method finds, numbered by their first appearance in time.

    size:     K; for HDBSCAN the smallest number of pairs of a cluster, from 2 on, and K is what it finds
    restarts: of k-means, whose best is taken
    Raises ValueError for a size out of range, for fewer different pairs than K, and for no cluster at all.
    """
    n, is_found = len(points.mu), method == "hdbscan"
    least = 2 if is_found else 1
    if not least <= size <= n:
        name = "the smallest cluster" if is_found else "k"
        raise ValueError(f"{name} is {size}, but there are {n} pairs: choose from {least} to {n}")
    if not np.isfinite(points.mu).all():
        raise ValueError("the latents hold values that are not finite: train the model again")
    labels = by_first_appearance(fit(principal_axes(points.mu), method, size, seed, restarts).labels)
    n_found = int(labels.max()) + 1
    if is_found and n_found == 0:
        raise ValueError(f"no {size} pairs lie close enough together to be a cluster: choose fewer")
    if method == "gmm" and n_found < size:
        raise ValueError(f"the mixture fills only {n_found} of {size} clusters: choose fewer, or k-means")
    if not is_found and n_found < size:
        raise ValueError(f"k is {size}, but only {n_found} pairs differ: choose k from 1 to {n_found}")
    centroids = centroids_of(points.mu.astype(np.float64), labels).astype(np.float32)
    return Clustering(k=n_found, labels=labels, centroids=centroids, seed=seed, method=method)


def by_first_appearance(labels: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
    """The same partition (N,) int32, cluster 0 being the first to come, and so on; -1 stays -1."""
    numbers = {cluster: i for i, cluster in enumerate(dict.fromkeys(labels[labels >= 0].tolist()))}
    return np.array([numbers.get(label, -1) for label in labels.tolist()], np.int32)


def principal_axes(points: NDArray[np.float32]) -> NDArray[np.float64]:
    """The points on their principal axes, (N, min(N, D)): a rotation, so all distances stay, at less cost."""
    centred = points.astype(np.float64) - points.mean(axis=0, dtype=np.float64)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    return u * s
