"""Runs of neighbouring pairs with one cluster, and the time that each pair stands for."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring pairs of one cluster; first and last are pair numbers."""

    cluster: int
    first: int
    last: int
    start_s: float
    end_s: float


def stretches(labels: NDArray[np.int32], times_s: NDArray[np.float64]) -> list[Stretch]:
    """The runs of neighbouring pairs with the same cluster, without gaps.

    labels (N,), times_s (N,) seconds, ascending. A run ends where the next begins; the last lasts one more
    typical step.
    """
    if len(labels) == 0:
        return []
    starts = [0, *(int(i) for i in np.flatnonzero(np.diff(labels)) + 1)]
    ends_s = [*(float(times_s[i]) for i in starts[1:]), float(times_s[-1]) + _step_s(times_s)]
    bounds = list(pairwise([*starts, len(labels)]))
    return [
        Stretch(int(labels[first]), first, after - 1, float(times_s[first]), end_s)
        for (first, after), end_s in zip(bounds, ends_s, strict=True)
    ]


def seconds_of_pairs(times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N,) seconds until the next pair's frame; the last one stands for a typical step."""
    if len(times_s) == 0:
        return np.zeros(0)
    return np.diff(times_s, append=times_s[-1] + _step_s(times_s))


def _step_s(times_s: NDArray[np.float64]) -> float:
    steps = np.diff(times_s)
    return float(np.median(steps[steps > 0])) if (steps > 0).any() else 1.0


def longest(runs: list[Stretch], n: int) -> list[Stretch]:
    """The n longest stretches of clusters, in order of time; what is in no cluster comes last."""
    ranked = sorted(runs, key=lambda run: (run.cluster < 0, run.start_s - run.end_s))
    return sorted(ranked[:n], key=lambda run: run.start_s)
