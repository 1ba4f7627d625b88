"""Do the results of a bundle fit each other? Shapes, ranges and counts, before any is stored."""

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.frames import MAX_FRAMES
from services.recipe import MAX_DRAWS, SIDES

MAX_TAGS = 200  # of a theme: a model's 50, and those that the analyst writes
ROUNDING = 1e-6


def misfit(found: Mapping[str, Any]) -> str:
    """Name of the first result that cannot be what it claims to be; "" if all fit.

    found: name, as in services.bundle.result_kinds, -> the record
    """
    for side in SIDES:
        of_side = {name.split("/")[1]: value for name, value in found.items() if name.startswith(f"{side}/")}
        n = len(of_side["pairs"].texts) if "pairs" in of_side else -1
        for name in sorted(of_side, key=lambda name: name != "pairs"):  # the others are held against them
            value = of_side[name]
            check = _CHECKS.get(name)
            if not _has_numbers(value) or (check is not None and not check(value, n, of_side)):
                return f"{side}/{name}"
    if "comparison" in found and not _is_comparison(found["comparison"], found):
        return "comparison"
    if "significance" in found and not _is_significance(found["significance"], found):
        return "significance"
    return ""


def _has_numbers(value: Any) -> bool:
    """Whether no float of a record, beside those of its arrays, is nan or infinite."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, tuple):
        return all(_has_numbers(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    if dataclasses.is_dataclass(value):
        return all(_has_numbers(getattr(value, each.name)) for each in dataclasses.fields(value))
    return True


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


def _within(values: NDArray[Any], low: float, high: float) -> bool:
    """Real numbers from low to high; nan where there is none."""
    known = values[~np.isnan(values)] if np.issubdtype(values.dtype, np.floating) else None
    return known is not None and bool(((known >= low - ROUNDING) & (known <= high + ROUNDING)).all())


def _n_segments(others: Mapping[str, Any]) -> int:
    return len(others["segments"].segments) if "segments" in others else 2**31


def _n_frames(others: Mapping[str, Any]) -> int:
    """Frames that are known to be there: up to the last one of a pair. The frames are not in a bundle."""
    return int(others["pairs"].frame_index.max(initial=-1)) + 1 if "pairs" in others else 0


def _is_pairs(pairs: Any, n: int, others: Mapping[str, Any]) -> bool:
    return (
        _finite(pairs.times_s, (n,))
        and _whole(pairs.frame_index, n, 0, MAX_FRAMES)
        and _whole(pairs.segment_index, n, 0, _n_segments(others))
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


def _is_descriptions(descriptions: Any, n: int, others: Mapping[str, Any]) -> bool:
    frames = [item.frame for item in descriptions.items]
    return len(set(frames)) == len(frames) and all(0 <= frame < _n_frames(others) for frame in frames)


def _is_themes(themes: Any, n: int, others: Mapping[str, Any]) -> bool:
    n_frames, n_segments = _n_frames(others), _n_segments(others)
    lists = [tags for theme in themes.themes for tags in (theme.tags, *theme.draws)]
    return (
        [theme.cluster for theme in themes.themes] == list(range(_k(others)))
        and all(len(tags) <= MAX_TAGS for tags in lists)
        and all(len(theme.draws) <= MAX_DRAWS for theme in themes.themes)
        and all(
            0 <= seen.index < (n_segments if seen.place == "speech" else n_frames)
            for tag in themes.all_tags
            for seen in tag.evidence
        )
    )


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
    "descriptions": _is_descriptions,
    "tags": _is_themes,
    "themes": _is_themes,
}


def _is_comparison(comparison: Any, found: Mapping[str, Any]) -> bool:
    if not all(f"{side}/themes" in found for side in SIDES):
        return False
    themes = [found[f"{side}/themes"].themes for side in SIDES]
    rows, columns = map(len, themes)
    n_tags = max((len(theme.tags) for theme in (*themes[0], *themes[1])), default=0)
    return (
        comparison.similarity.shape == (rows, columns)
        and comparison.tag_similarity.shape == (rows, columns, n_tags, n_tags)
        and _within(comparison.similarity, -1, 1)
        and _within(comparison.tag_similarity, -1, 1)
        and sorted(comparison.row_order) == list(range(rows))
        and sorted(comparison.column_order) == list(range(columns))
        and (len(comparison.left_names), len(comparison.right_names)) == (rows, columns)
    )


def _is_significance(significance: Any, found: Mapping[str, Any]) -> bool:
    shape = found["comparison"].similarity.shape if "comparison" in found else None
    names = ("null_mean", "null_sd", "z", "p", "q", "low", "high", "p_left", "p_right")
    arrays = [getattr(significance, name) for name in names]
    shares = [getattr(significance, name) for name in ("p", "q", "p_left", "p_right")]
    return (
        all(a.shape == shape and np.issubdtype(a.dtype, np.floating) for a in arrays)
        and not any(np.isinf(a).any() for a in arrays)
        and all(_within(a, 0, 1) for a in shares)
        and _has_numbers(significance)
    )
