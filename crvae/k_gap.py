"""The gap statistic, the one measure that can answer "no clusters" (Tibshirani, Walther & Hastie 2001)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from crvae.cluster_methods import fit
from crvae.k_scores import inertia
from crvae.lloyd import best_runs
from crvae.records import ClusterMethod, KScore

Points = NDArray[np.float64]

REFERENCE_RESTARTS = 3
CLEAR_RISE = 3.0  # standard errors


@dataclass(frozen=True, slots=True)
class Gap:
    """value: mean over the references of log W less that of the data; error: s_K of the paper."""

    value: float
    error: float


def references(axes: Points, n_references: int, seed: int) -> list[Points]:
    """Points without clusters: uniform in the box of the principal axes, each (N, D)."""
    rng = np.random.default_rng(seed)
    low, high = axes.min(axis=0), axes.max(axis=0)
    return [rng.uniform(low, high, axes.shape) for _ in range(n_references)]


def gap(spread: float | None, spreads: Sequence[float]) -> Gap | None:
    """The gap of a clustering from W, its inertia, and those of the references; None where a W is 0."""
    if not spread or not spreads or min(spreads) <= 0:
        return None
    logs = np.log(spreads)
    error = float(logs.std() * np.sqrt(1 + 1 / len(logs)))
    return Gap(float(logs.mean() - np.log(spread)), error)


def reference_spread(reference: Points, method: ClusterMethod, k: int, seed: int) -> float:
    """W of a reference clustered as the data are, with fewer restarts."""
    if method == "kmeans":
        ones, rng = np.ones((1, len(reference))), np.random.default_rng(seed)
        return float(best_runs(reference, k, ones, rng, REFERENCE_RESTARTS).inertia[0])
    return inertia(reference, fit(reference, method, k, seed, 1).labels) or 0.0


def later_peak(scores: Sequence[KScore]) -> int | None:
    """The K at which the gap is highest, where the rule stops at 1 though it rises clearly after that.

    A step from 1 to 2 that gains nothing ends the rule, whatever six clusters would gain (the paper's own
    remark). None where the gap is highest at either end, as it is without clusters and in what only drifts.
    """
    if preferred_k(scores) != 1:
        return None
    known = [score for score in scores if score.gap is not None and score.gap_error is not None]
    best = max(known, key=lambda score: score.gap or 0.0)
    if best in (known[0], known[-1]):
        return None
    rise = (best.gap or 0.0) - (known[0].gap or 0.0)
    return best.k if rise > CLEAR_RISE * (best.gap_error or 0.0) else None


def preferred_k(scores: Sequence[KScore]) -> int | None:
    """The smallest K with Gap(K) >= Gap(K + 1) - s(K + 1); None when the gap rises to the end.

    scores: of K = 1, 2, … without a hole
    """
    for score, after in pairwise(scores):
        if score.gap is None or after.gap is None or after.gap_error is None or after.k != score.k + 1:
            return None
        if score.gap >= after.gap - after.gap_error:
            return score.k
    return None
