"""Do the results of a bundle fit each other? Shapes, ranges and counts, before any is stored."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.recipe import SIDES, Project

MAX_K, MAX_TOPIC = 10_000, 500


def misfit(project: Project, found: Mapping[str, Any]) -> str:
    """Name of the first result that cannot be what it claims to be; "" if all fit.

    found: name, as in services.bundle.result_kinds, -> the record
    """
    for side in SIDES:
        of_side = {name.split("/")[1]: value for name, value in found.items() if name.startswith(f"{side}/")}
        n = len(of_side["pairs"].times_s) if "pairs" in of_side else -1
        for name, value in of_side.items():
            check = _CHECKS.get(name)
            if check is not None and not check(value, n, of_side):
                return f"{side}/{name}"
    if "comparison" in found and not _is_comparison(found["comparison"], found):
        return "comparison"
    if "significance" in found and not _is_significance(found["significance"], found):
        return "significance"
    return ""


def is_sound(project: Project) -> bool:
    """Whether settings that nothing else bounds are such as a person chooses."""
    ks = [project.recipe(side).clustering.k for side in SIDES]
    return len(project.topic) <= MAX_TOPIC and all(k is None or 1 <= k <= MAX_K for k in ks)


def _whole(values: NDArray[Any], n: int, low: int, high: int) -> bool:
    """(n,) whole numbers from low to below high."""
    is_whole = values.shape == (n,) and np.issubdtype(values.dtype, np.integer)
    return bool(is_whole and (n == 0 or (values.min() >= low and values.max() < high)))


def _finite(values: NDArray[Any], shape: tuple[int, ...]) -> bool:
    """Real numbers of this shape; -1 stands for any length."""
    fits = values.ndim == len(shape) and all(
        w in (-1, have) for w, have in zip(shape, values.shape, strict=True)
    )
    return bool(fits and np.issubdtype(values.dtype, np.floating) and np.isfinite(values).all())


def _is_pairs(pairs: Any, n: int, others: Mapping[str, Any]) -> bool:
    n_segments = len(others["segments"].segments) if "segments" in others else 2**31
    return (
        _finite(pairs.times_s, (n,))
        and _whole(pairs.frame_index, n, 0, 2**31)
        and _whole(pairs.segment_index, n, 0, n_segments)
        and len(pairs.texts) == n
    )


def _is_clusters(clusters: Any, n: int, others: Mapping[str, Any]) -> bool:
    return (
        1 <= clusters.k <= max(n, 1)
        and _whole(clusters.labels, n, -1, clusters.k)
        and _finite(clusters.centroids, (clusters.k, -1))
        and clusters.set_aside.shape in ((0,), (n,))
    )


def _is_sweep(sweep: Any, n: int, others: Mapping[str, Any]) -> bool:
    return sweep.labels.size == 0 or (
        sweep.labels.shape == (len(sweep.scores), n) and np.issubdtype(sweep.labels.dtype, np.integer)
    )


def _is_profile(profile: Any, n: int, others: Mapping[str, Any]) -> bool:
    shown = [
        pair
        for part in (*profile.clusters, *profile.outside)
        for pair in (*part.typical, *getattr(part, "telling", ()))
    ]
    return len(profile.clusters) == _k(others) and all(0 <= pair < n for pair in shown)


def _is_themes(themes: Any, n: int, others: Mapping[str, Any]) -> bool:
    return [theme.cluster for theme in themes.themes] == list(range(_k(others)))


def _k(others: Mapping[str, Any]) -> int:
    """Clusters of the side; -1, which fits nothing, if the bundle has none."""
    return others["clusters"].k if "clusters" in others else -1


_CHECKS: dict[str, Callable[[Any, int, Mapping[str, Any]], bool]] = {
    "pairs": _is_pairs,
    "latents": lambda latents, n, _: _finite(latents.mu, (n, -1)),
    "points": lambda points, n, _: _finite(points.mu, (n, -1)),
    "projection": lambda projection, n, _: _finite(projection.xy, (n, 2)),
    "clusters": _is_clusters,
    "sweep": _is_sweep,
    "profile": _is_profile,
    "tags": _is_themes,
    "themes": _is_themes,
}


def _is_comparison(comparison: Any, found: Mapping[str, Any]) -> bool:
    rows, columns = (len(found[f"{s}/themes"].themes) if f"{s}/themes" in found else -1 for s in SIDES)
    tags = comparison.tag_similarity
    return (
        comparison.similarity.shape == (rows, columns)
        and np.issubdtype(comparison.similarity.dtype, np.floating)
        and tags.ndim == 4
        and tags.shape[:2] == (rows, columns)
        and sorted(comparison.row_order) == list(range(rows))
        and sorted(comparison.column_order) == list(range(columns))
        and (len(comparison.left_names), len(comparison.right_names)) == (rows, columns)
    )


def _is_significance(significance: Any, found: Mapping[str, Any]) -> bool:
    shape = found["comparison"].similarity.shape if "comparison" in found else None
    names = ("null_mean", "null_sd", "z", "p", "q", "low", "high", "p_left", "p_right")
    arrays = [getattr(significance, name) for name in names]
    return all(a.shape == shape and np.issubdtype(a.dtype, np.floating) for a in arrays)
