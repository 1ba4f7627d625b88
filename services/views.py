"""Records put together as pages show them: stills of clusters, cells with their evidence (paper §5.4)."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from crvae.records import Clustering
from services.records import AlignedPairs, Comparison, Theme, Themes

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Still:
    """A pair to show: its frame, time and text, and its cluster once there is one."""

    pair: int
    frame: int
    time_s: float
    text: str
    cluster: int | None = None


@dataclass(frozen=True, slots=True)
class TagPair:
    left: str
    right: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A left and a right cluster, how alike they are and the tag pairs that speak for it."""

    left: Theme
    right: Theme
    similarity: float  # nan when one of them has no tags
    tag_pairs: tuple[TagPair, ...]  # most alike first


def stills(pairs: AlignedPairs, clustering: Clustering | None = None) -> tuple[Still, ...]:
    """One still for each pair, in order of pairs."""
    return tuple(
        Still(
            i,
            int(pairs.frame_index[i]),
            float(pairs.times_s[i]),
            text,
            None if clustering is None else int(clustering.labels[i]),
        )
        for i, text in enumerate(pairs.texts)
    )


def of_cluster(found: Iterable[Still], cluster: int) -> tuple[Still, ...]:
    return tuple(still for still in found if still.cluster == cluster)


def spread(items: Sequence[Item], n: int) -> tuple[Item, ...]:
    """At most n of the items, evenly spaced, in order."""
    if len(items) <= n:
        return tuple(items)
    return tuple(items[(2 * i + 1) * len(items) // (2 * n)] for i in range(n))


def cells(comparison: Comparison, left: Themes, right: Themes, n_tag_pairs: int = 3) -> tuple[Cell, ...]:
    """Every pair of clusters, most alike first, those without a value last; a cell names no tag twice."""
    found = [
        Cell(
            a,
            b,
            float(comparison.similarity[i, j]),
            _tag_pairs(comparison, i, j, a, b, n_tag_pairs),
        )
        for i, a in enumerate(left.themes)
        for j, b in enumerate(right.themes)
    ]
    return tuple(
        sorted(found, key=lambda cell: math.inf if math.isnan(cell.similarity) else -cell.similarity)
    )


def _tag_pairs(
    comparison: Comparison, i: int, j: int, left: Theme, right: Theme, n: int
) -> tuple[TagPair, ...]:
    ranked = sorted(
        (
            TagPair(a.text, b.text, float(comparison.tag_similarity[i, j, x, y]))
            for x, a in enumerate(left.tags)
            for y, b in enumerate(right.tags)
            if not math.isnan(comparison.tag_similarity[i, j, x, y])
        ),
        key=lambda pair: -pair.cosine,
    )
    kept: list[TagPair] = []
    for pair in ranked:
        if len(kept) < n and not any(pair.left == k.left or pair.right == k.right for k in kept):
            kept.append(pair)
    return tuple(kept)


def told(found: Sequence[Cell], left_video: str, right_video: str) -> tuple[str, ...]:
    """What the cells say, in sentences that claim no more than an order."""
    known = [cell for cell in found if not math.isnan(cell.similarity)]
    if not known:
        return ("No two clusters could be compared, because none has tags on both sides.",)
    top = known[0]
    lines = [f"Most alike: “{top.left.name}” and “{top.right.name}” ({top.similarity:.2f})."]
    for video, side in ((left_video, "left"), (right_video, "right")):
        best: dict[Theme, float] = {}
        for cell in known:
            theme: Theme = getattr(cell, side)
            best[theme] = max(best.get(theme, -1.0), cell.similarity)
        lonely = min(best, key=lambda theme: best[theme])
        if len(best) > 1:
            lines.append(
                f"Least like anything in the other video: “{lonely.name}” of the {video}; "
                f"its best match reaches {best[lonely]:.2f}."
            )
    return tuple(lines)
