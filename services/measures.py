"""How alike two clusters are by their tags' vectors: the paper's measure (§5.4) and three others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.records import Measure


@dataclass(frozen=True, slots=True)
class MeasureText:
    title: str
    meaning: str  # one sentence for the page


MEASURES: dict[Measure, MeasureText] = {
    "best": MeasureText(
        "Mean of the best (paper)",
        "The mean of the {n} highest of all cosines between the tags of the two themes, as in the paper. A "
        "few close tags are enough.",
    ),
    "match": MeasureText(
        "Best match of each tag",
        "Each tag of the one theme takes its nearest of the other, and the other way round; the mean of all. "
        "Every tag counts, and a tag may be taken many times.",
    ),
    "pairs": MeasureText(
        "One-to-one pairs",
        "The tags are paired so that the sum of the cosines is as high as can be and no tag is used twice; "
        "the mean of the pairs. One word that is near to everything counts once.",
    ),
    "centre": MeasureText(
        "Centres",
        "The cosine of the two mean vectors: whether the themes as a whole point the same way, whatever "
        "single tags do.",
    ),
}


# What a cell is, as figures and files name it.
NAMES: dict[Measure, str] = {
    "best": "mean of the {n} highest cosines between the tags of two clusters",
    "match": "mean cosine of each tag of two clusters and its best match",
    "pairs": "mean cosine of the tags of two clusters paired one-to-one",
    "centre": "cosine of the mean tag vectors of two clusters",
}


def likeness(
    left: NDArray[np.float32], right: NDArray[np.float32], measure: Measure = "best", n_best: int = 10
) -> float:
    """How alike two sets of tags are, in [-1, 1]; nan when one of them is empty.

    left, right: (n, d) and (m, d) float32, rows of length 1
    n_best:      for "best": how many of the highest cosines are averaged, all when there are fewer
    """
    if not len(left) or not len(right):
        return float("nan")
    if measure == "centre":
        a, b = left.mean(axis=0), right.mean(axis=0)
        return _clipped(float(a @ b) / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-12))
    cosines = left @ right.T
    if measure == "match":
        return _clipped(float(cosines.max(axis=1).mean() + cosines.max(axis=0).mean()) / 2)
    if measure == "pairs":
        return _clipped(_one_to_one(cosines))
    return _clipped(_mean_of_best(cosines.ravel(), n_best))


def likenesses(
    left: Sequence[NDArray[np.float32]],
    right: Sequence[NDArray[np.float32]],
    measure: Measure = "best",
    n_best: int = 10,
) -> NDArray[np.float64]:
    """(K, M) likeness of each left set with each right set.

    left, right: K and M arrays as for likeness
    """
    sizes = {len(tags) for tags in (*left, *right)}
    if measure != "best" or len(sizes) != 1 or 0 in sizes:
        found = [[likeness(a, b, measure, n_best) for b in right] for a in left]
        return np.array(found, dtype=np.float64).reshape(len(left), len(right))
    n = sizes.pop()
    cosines = np.concatenate(left) @ np.concatenate(right).T  # (K n, M n)
    cells = cosines.reshape(len(left), n, len(right), n).transpose(0, 2, 1, 3).reshape(len(left), -1, n * n)
    kept = min(n_best, n * n)
    best = np.partition(cells, n * n - kept, axis=2)[:, :, n * n - kept :]
    return np.clip(best.mean(axis=2, dtype=np.float64), -1, 1)


def _mean_of_best(cosines: NDArray[np.float32], n_best: int) -> float:
    n = min(n_best, len(cosines))
    return float(np.partition(cosines, len(cosines) - n)[-n:].mean())


def _one_to_one(cosines: NDArray[np.float32]) -> float:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(cosines, maximize=True)
    return float(cosines[rows, columns].mean())


def _clipped(value: float) -> float:
    return min(1.0, max(-1.0, value))  # rounding of float32
