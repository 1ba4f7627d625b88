"""Records put together as pages show them: stills of clusters, cells with their evidence (paper §5.4)."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from crvae.records import Clustering
from services.recipe import SIDES, Side
from services.records import AlignedPairs, Comparison, Tag, Theme, Themes

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
    left: Tag
    right: Tag
    cosine: float

    @property
    def told(self) -> str:
        """Both tags, with their English where they are not."""
        return " ↔ ".join(
            f"{tag.text} ({tag.gloss})" if tag.gloss else tag.text for tag in (self.left, self.right)
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """A left and a right cluster, how alike they are and the tag pairs that speak for it."""

    left: Theme
    right: Theme
    similarity: float  # nan when one of them has no tags
    tag_pairs: tuple[TagPair, ...]  # most alike first

    def of(self, side: Side) -> Theme:
        return self.left if side == "left" else self.right


@dataclass(frozen=True, slots=True)
class Finding:
    """What a comparison says first.

    of:   "both" for the most alike pair; a side for its theme that is least like anything on the other
    cell: that pair, or that theme with its best match
    """

    of: Literal["both"] | Side
    cell: Cell


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


def frame_at(times_s: NDArray[np.float64], time_s: float) -> int:
    """The frame nearest to a moment, such as the start of what is said; times_s (F,) of the frames."""
    return int(np.abs(times_s - time_s).argmin())


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
            TagPair(a, b, float(comparison.tag_similarity[i, j, x, y]))
            for x, a in enumerate(left.tags)
            for y, b in enumerate(right.tags)
            if not math.isnan(comparison.tag_similarity[i, j, x, y])
        ),
        key=lambda pair: -pair.cosine,
    )
    kept: list[TagPair] = []
    for pair in ranked:
        if len(kept) < n and not any(pair.left is k.left or pair.right is k.right for k in kept):
            kept.append(pair)
    return tuple(kept)


def findings(found: Sequence[Cell]) -> tuple[Finding, ...]:
    """The most alike pair, then on each side the theme that is least like anything on the other.

    found: every cell, most alike first
    """
    known = [cell for cell in found if not math.isnan(cell.similarity)]
    made = [Finding("both", known[0])] if known else []
    for side in SIDES:
        best: dict[Theme, Cell] = {}
        for cell in known:  # the first of a theme is its best
            best.setdefault(cell.of(side), cell)
        if len(best) > 1:
            made.append(Finding(side, min(best.values(), key=lambda cell: cell.similarity)))
    return tuple(made)


def told(found: Sequence[Cell], left_video: str, right_video: str) -> tuple[str, ...]:
    """What the cells say, in sentences that claim no more than an order."""
    videos: dict[Side, str] = {"left": left_video, "right": right_video}
    lines: list[str] = []
    for finding in findings(found):
        cell = finding.cell
        if finding.of == "both":
            lines.append(f"Most alike: “{cell.left.name}” and “{cell.right.name}” ({cell.similarity:.2f}).")
        else:
            lines.append(
                f"Least like anything in the other video: “{cell.of(finding.of).name}” of the "
                f"{videos[finding.of]}; its best match reaches {cell.similarity:.2f}."
            )
    return tuple(lines) or ("No two clusters could be compared, because none has tags on both sides.",)
