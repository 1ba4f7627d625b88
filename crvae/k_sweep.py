"""Every measure for each K, of any of the methods (paper §3.4.1)."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crvae import k_draws, k_gap, k_scores
from crvae.cluster_methods import fit
from crvae.clustering import RESTARTS, by_first_appearance, principal_axes
from crvae.records import ClusterMethod, KScore, KSweep, Latents

Progress = Callable[[int, int, str], None]

log = logging.getLogger(__name__)

MIN_PAIRS = (3, 4, 5, 6, 8, 10, 12, 15, 20, 30)  # HDBSCAN's smallest clusters that are tried


def quiet(done: int, total: int, note: str) -> None:
    """Nothing: the default progress."""


@dataclass(frozen=True, slots=True)
class Effort:
    """method: how points are clustered; n_bootstrap: draws for stability; n_references: of the gap."""

    method: ClusterMethod = "kmeans"
    n_bootstrap: int = 50
    n_references: int = 40  # with six the rule picks another K


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """What is the same for every K."""

    axes: NDArray[np.float64]
    distances: NDArray[np.float64]
    references: list[NDArray[np.float64]]
    effort: Effort
    seed: int


def sweep_k(
    points: Latents,
    ks: Iterable[int] = range(2, 11),
    effort: Effort = Effort(),
    *,
    seed: int = 0,
    progress: Progress = quiet,
) -> KSweep:
    """Scores of K = 1 and each K; those that the different pairs, or a mixture, cannot fill are left out.

    ks: for HDBSCAN not read; a row for each size of the smallest cluster takes their place
    Raises ValueError when a point is not finite.
    """
    began = time.perf_counter()
    if not np.isfinite(points.mu).all():
        raise ValueError("the latents hold values that are not finite: train the model again")
    sizes = _sizes(points, ks, effort.method)
    if not sizes:
        return KSweep((), effort.method)
    axes = principal_axes(points.mu)
    n_references = 0 if effort.method == "hdbscan" else effort.n_references
    references = k_gap.references(axes, n_references, seed)
    scene = _Scene(axes, k_scores.distances_of(axes), references, effort, seed)
    scores: list[KScore] = []
    labels: list[NDArray[np.int32]] = []
    for done, size in enumerate(sizes):
        note = f"at least {size} pairs" if effort.method == "hdbscan" else f"K = {size}"

        def told(step: int, done: int = done, note: str = note) -> None:
            progress(2 * done + step, 2 * len(sizes), note)

        told(0)
        found = by_first_appearance(fit(axes, effort.method, size, seed, RESTARTS).labels)
        if effort.method == "gmm" and int(found.max()) + 1 < size:
            continue  # a mixture may leave components without a pair: then there is no such K
        labels.append(found)
        scores.append(_score(scene, found, size, lambda told=told: told(1)))
    progress(2 * len(sizes), 2 * len(sizes), "")
    log.info("swept %s over %s in %.1f s", effort.method, sizes, time.perf_counter() - began)
    return KSweep(tuple(scores), effort.method, np.stack(labels))


def _sizes(points: Latents, ks: Iterable[int], method: ClusterMethod) -> list[int]:
    n_different = len(np.unique(points.mu, axis=0))
    if method == "hdbscan":
        return [size for size in MIN_PAIRS if 2 * size <= len(points.mu) and n_different > 2]
    if n_different < 3:
        return [1] if n_different else []
    return [k for k in sorted({1, *ks}) if 1 <= k <= n_different - 1]


def _score(scene: _Scene, labels: NDArray[np.int32], size: int, halfway: Callable[[], None]) -> KScore:
    axes, effort = scene.axes, scene.effort
    k = int(labels.max(initial=-1)) + 1
    is_density = effort.method == "hdbscan"
    apart = k_scores.apartness(axes, labels, scene.distances)
    stable = k_draws.stability(axes, labels, effort.method, size, n_draws=effort.n_bootstrap, seed=scene.seed)
    halfway()
    spread = k_scores.inertia(axes, labels)
    gap = k_gap.gap(
        spread, [k_gap.reference_spread(each, effort.method, size, scene.seed) for each in scene.references]
    )
    return KScore(
        k=k,
        within=k_scores.within(axes, labels),
        between=k_scores.between(axes, labels),
        stability=stable.mean if stable else None,
        silhouette=apart.silhouette if apart else None,
        sizes=tuple(np.bincount(labels[labels >= 0], minlength=k).tolist()),
        min_pairs=size if is_density else 0,
        noise=float((labels < 0).mean()),
        inertia=spread,
        davies_bouldin=apart.davies_bouldin if apart else None,
        calinski_harabasz=apart.calinski_harabasz if apart else None,
        gap=gap.value if gap else None,
        gap_error=gap.error if gap else None,
        seed_stability=k_draws.seed_stability(axes, effort.method, k, seed=scene.seed),
        stability_low=stable.low if stable else None,
        stability_high=stable.high if stable else None,
        silhouettes=apart.silhouettes if apart else (),
        jaccards=stable.jaccards if stable else (),
        coherence=k_scores.coherence(labels),
    )
