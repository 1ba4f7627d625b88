"""Clusters of the latent means, the scores that help to choose K, and a recommendation (paper §3.4.1)."""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, silhouette_score

from crvae.cluster_methods import centroids_of, fit
from crvae.records import Clustering, ClusterMethod, KRecommendation, KScore, KSweep, Latents

Progress = Callable[[int, int, str], None]

log = logging.getLogger(__name__)

BLOCK_PAIRS = 6  # pairs next to each other in time share their scene, so they are left out together
KEPT_SHARE = 0.8
N_REFITS = 20
RESTARTS = 50  # with ten, one seed in six misses the best clusters of the paper's English video
REFIT_RESTARTS = 4
LITTLE_STRUCTURE = 0.25  # silhouette below it: Kaufman & Rousseeuw 1990, table 4
UNSTABLE = 0.75
ALMOST = 0.8  # share of the best balance from which another K is named too


def quiet(done: int, total: int, note: str) -> None:
    """Nothing: the default progress."""


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
    if not is_found and n_found < size:
        raise ValueError(f"k is {size}, but only {n_found} pairs differ: choose k from 1 to {n_found}")
    centroids = centroids_of(points.mu.astype(np.float64), labels).astype(np.float32)
    return Clustering(k=n_found, labels=labels, centroids=centroids, seed=seed, method=method)


def sweep_k(
    latents: Latents,
    ks: Iterable[int] = range(2, 11),
    seed: int = 0,
    progress: Progress = quiet,
) -> KSweep:
    """Scores of each K; those below 2 or above the number of different pairs less one are left out."""
    began = time.perf_counter()
    n_different = len(np.unique(latents.mu, axis=0))
    usable = [k for k in sorted(set(ks)) if 2 <= k <= n_different - 1]
    scores: list[KScore] = []
    for done, k in enumerate(usable):
        progress(done, len(usable), f"K = {k}")
        scores.append(_score(latents, find_clusters(latents, k, seed=seed)))
    progress(len(usable), len(usable), "")
    log.info("swept K over %s in %.1f s", usable, time.perf_counter() - began)
    return KSweep(scores=tuple(scores))


def recommend_k(sweep: KSweep) -> KRecommendation:
    """The K whose clusters are both apart (silhouette) and reproducible (stability): the largest product.

    Raises ValueError when the sweep is empty.
    """
    if not sweep.scores:
        raise ValueError("no K could be scored: clustering needs at least 3 different pairs")
    ranked = sorted(sweep.scores, key=_merit, reverse=True)
    best = ranked[0]
    reason = (
        f"K = {best.k} has the best balance of separation (silhouette {best.silhouette:.2f}) "
        f"and stability ({best.stability:.2f})"
    )
    return KRecommendation(k=best.k, reason=f"{reason}{_doubt(best, ranked[1:])}.")


def by_first_appearance(labels: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
    """The same partition (N,) int32, cluster 0 being the first to come, and so on; -1 stays -1."""
    numbers = {cluster: i for i, cluster in enumerate(dict.fromkeys(labels[labels >= 0].tolist()))}
    return np.array([numbers.get(label, -1) for label in labels.tolist()], np.int32)


def principal_axes(points: NDArray[np.float32]) -> NDArray[np.float64]:
    """The points on their principal axes, (N, min(N, D)): a rotation, so all distances stay, at less cost."""
    centred = points.astype(np.float64) - points.mean(axis=0, dtype=np.float64)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    return u * s


def _merit(score: KScore) -> float:
    return max(score.silhouette or 0.0, 0.0) * max(score.stability or 0.0, 0.0)


def _doubt(best: KScore, others: list[KScore]) -> str:
    if best.silhouette is not None and best.silhouette < LITTLE_STRUCTURE:
        return f", but a silhouette below {LITTLE_STRUCTURE} says that this video hardly falls into clusters"
    if best.stability is not None and best.stability < UNSTABLE:
        return (
            f", but a stability below {UNSTABLE} says that the groups depend on which moments are looked at"
        )
    close = [str(other.k) for other in others if _merit(other) > ALMOST * _merit(best)]
    if close:
        return f", but K = {' or '.join(close)} is almost as good"
    return f"; the next best is K = {others[0].k}" if others else ""


def _score(latents: Latents, clustering: Clustering) -> KScore:
    points, labels, k = latents.mu.astype(np.float64), clustering.labels, clustering.k
    centroids = np.stack([points[labels == cluster].mean(axis=0) for cluster in range(k)])
    rows, columns = np.triu_indices(k, 1)
    return KScore(
        k=k,
        within=float(np.linalg.norm(points - centroids[labels], axis=1).mean()),
        between=float(np.linalg.norm(centroids[rows] - centroids[columns], axis=1).mean()),
        stability=_stability(principal_axes(latents.mu), labels, k, clustering.seed),
        silhouette=float(silhouette_score(points, labels)),
        sizes=tuple(np.bincount(labels, minlength=k).tolist()),
    )


def _stability(points: NDArray[np.float64], labels: NDArray[np.int32], k: int, seed: int) -> float:
    """Mean adjusted Rand index, over all points, of fits that never saw a fifth of the blocks of time."""
    rng = np.random.default_rng(seed)
    n = len(points)
    blocks = np.array_split(np.arange(n), max(5, round(n / BLOCK_PAIRS)))
    agreements: list[float] = []
    for draw in range(N_REFITS):
        order = [blocks[i] for i in rng.permutation(len(blocks))]
        n_kept = round(KEPT_SHARE * len(order))
        while sum(map(len, order[:n_kept])) < k:
            n_kept += 1
        kept = np.sort(np.concatenate(order[:n_kept]))
        found = fit(points[kept], "kmeans", k, seed + draw, REFIT_RESTARTS).assign(points)
        agreements.append(float(adjusted_rand_score(labels, found)))
    return float(np.mean(agreements))
