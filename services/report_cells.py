"""What the report says of the comparison: cells, shared and unique themes, chance (paper §5.4)."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.labels import cluster_label
from services.palette import SEQUENTIAL, is_dark_cell, similarity_range
from services.recipe import Side
from services.records import Comparison, Significance
from services.report_clusters import ClusterView, anchor
from services.report_views import SideView
from services.said import Said, Tell
from services.shared_themes import SharedThemes
from services.views import Cell

NULLS = {
    "blocks": Said(
        "Chance is what the same two videos give when their clusters are torn apart in blocks of time and "
        "tagged anew ({n} draws)."
    ),
    "pool": Said(
        "Chance is what the same tags give when they are dealt anew among the clusters of their video "
        "({n} draws)."
    ),
}


@dataclass(frozen=True, slots=True)
class CellView:
    text: str
    kind: str  # classes of the style sheet
    colour: str
    says: str
    anchor: str  # of its evidence, or "" where nothing is claimed


@dataclass(frozen=True, slots=True)
class Matrix:
    """The heatmap as a table, for readers who copy numbers or hear the page."""

    columns: tuple[tuple[str, str], ...]  # anchor and name
    rows: tuple[tuple[str, str, tuple[CellView, ...]], ...]


@dataclass(frozen=True, slots=True)
class MatchView:
    anchor: str
    left: ClusterView
    right: ClusterView
    value: str
    interval: str
    tag_pairs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingView:
    text: str
    links: tuple[tuple[str, str], ...]  # anchor and name of the evidence


def matrix(comparison: Comparison, significance: Significance | None, tell: Tell) -> Matrix:
    low, high = similarity_range(comparison.similarity)

    def cell(i: int, j: int) -> CellView:
        value = float(comparison.similarity[i, j])
        if not np.isfinite(value):
            return CellView("–", "none", "transparent", tell("no value"), "")
        step = round((value - low) / (high - low) * (len(SEQUENTIAL) - 1))
        is_above = significance is not None and bool(significance.is_above[i, j])
        kinds = [
            "dark" if is_dark_cell(value, low, high) else "",
            "" if is_above or significance is None else "chance",
        ]
        says = chance_told(significance, i, j, tell)
        return CellView(
            f"{value:.2f}",
            " ".join(filter(None, kinds)),
            SEQUENTIAL[step],
            says,
            _match(i, j) if is_above else "",
        )

    columns, rows = comparison.column_order, comparison.row_order
    return Matrix(
        tuple((anchor("right", j), cluster_label(j, comparison.right_names)) for j in columns),
        tuple(
            (anchor("left", i), cluster_label(i, comparison.left_names), tuple(cell(i, j) for j in columns))
            for i in rows
        ),
    )


def chance_told(significance: Significance | None, i: int, j: int, tell: Tell) -> str:
    """One cell against chance, in words."""
    if significance is None:
        return tell("not held against chance")
    told = tell(
        "interval {low:.2f} to {high:.2f}; by chance {mean:.2f}; q = {q:.3f}",
        low=float(significance.low[i, j]),
        high=float(significance.high[i, j]),
        mean=float(significance.null_mean[i, j]),
        q=float(significance.q[i, j]),
    )
    return f"{told} ({tell('above chance') if significance.is_above[i, j] else tell('not above chance')})"


def matches(
    shared: SharedThemes, sides: Mapping[Side, SideView], significance: Significance | None, tell: Tell
) -> tuple[MatchView, ...]:
    """Every pair of themes above chance with both their evidence, the one-to-one ones first."""
    return tuple(_match_view(cell, sides, significance, tell) for cell in (*shared.matched, *shared.also))


def _match_view(
    cell: Cell, sides: Mapping[Side, SideView], significance: Significance | None, tell: Tell
) -> MatchView:
    i, j = cell.left.cluster, cell.right.cluster
    return MatchView(
        anchor=_match(i, j),
        left=_of(sides["left"], i),
        right=_of(sides["right"], j),
        value=f"{cell.similarity:.2f}",
        interval=chance_told(significance, i, j, tell),
        tag_pairs=tuple(f"{pair.told}: {pair.cosine:.2f}" for pair in cell.tag_pairs),
    )


def with_alone(side: SideView, clusters: Sequence[int]) -> SideView:
    """The side with the clusters that only it tells."""
    return dataclasses.replace(side, alone=tuple(_of(side, cluster) for cluster in clusters))


def findings(
    shared: SharedThemes | None, sides: Mapping[Side, SideView], tell: Tell
) -> tuple[FindingView, ...]:
    """One line for each shared pair, and one for what each video tells alone."""
    if shared is None:
        return ()
    found = [
        FindingView(
            tell("Both tell:"),
            (
                (
                    _match(c.left.cluster, c.right.cluster),
                    f"{c.left.name} ↔ {c.right.name} ({c.similarity:.2f})",
                ),
            ),
        )
        for c in shared.matched
    ]
    for side in sides.values():
        if side.alone:
            links = tuple((cluster.anchor, cluster.name) for cluster in side.alone)
            found.append(FindingView(tell("Only in the {video}:", video=side.title), links))
    return tuple(found)


def uncertainty(significance: Significance | None, tell: Tell) -> tuple[str, ...]:
    """How chance was reckoned and what it does not cover."""
    if significance is None:
        return ()
    return (
        tell(NULLS[significance.null], n=significance.n_draws),
        tell(
            "A cell counts as above chance at {alpha:.0%}, after allowing for the number of cells "
            "(Benjamini–Hochberg), and only if each of its two themes also beats random stretches of the "
            "other video. Of unrelated pairs of videos with 25 cells, one in two still has a cell that "
            "passes.",
            alpha=significance.alpha,
        ),
        tell(
            "Intervals hold 95 % of draws of the tags with replacement; they do not cover another training."
        ),
    )


def _of(side: SideView, cluster: int) -> ClusterView:
    wanted = anchor(side.key, cluster)
    return next(view for view in side.clusters if view.anchor == wanted)


def _match(i: int, j: int) -> str:
    return f"match-{i + 1}-{j + 1}"
