"""How the members of the clusters move when K grows by one, as an alluvial figure (paper §5.2)."""

from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from crvae.records import KSweep
from services.figures_base import calm, empty
from services.labels import cluster_label
from services.palette import Theme, cluster_colour

HEIGHT_PX, GAP = 360, 0.03


def k_flow(sweep: KSweep, *, theme: Theme = "light") -> go.Figure:
    """A column of clusters for each K that was tried, and how many pairs go from which to which.

    A cluster that stays whole from column to column does not hang on the choice of K.
    """
    if len(sweep.scores) < 2:
        return empty("There are too few pairs to compare several K.")
    numbers: dict[tuple[int, int], int] = {}  # (row of the sweep, cluster, -1 for none) -> node
    for row, labels in enumerate(sweep.labels):
        for cluster in sorted(set(labels.tolist()), key=lambda c: (c < 0, c)):
            numbers[row, cluster] = len(numbers)
    last = max(len(sweep.scores) - 1, 1)
    figure = go.Figure(
        go.Sankey(arrangement="snap", node=_nodes(sweep, numbers, theme), link=_bands(sweep, numbers, theme))
    )
    for row in range(len(sweep.scores)):
        figure.add_annotation(
            text=_row(sweep, row),
            x=row / last,
            y=1.02,
            xref="paper",
            yref="paper",
            yanchor="bottom",
            showarrow=False,
        )
    return calm(figure, height_px=HEIGHT_PX)


def _nodes(sweep: KSweep, numbers: dict[tuple[int, int], int], theme: Theme) -> dict[str, Any]:
    last = max(len(sweep.scores) - 1, 1)
    return {
        "label": ["" for _ in numbers],
        "color": [cluster_colour(cluster, theme) for _, cluster in numbers],
        "x": [0.001 + 0.998 * row / last for row, _ in numbers],
        "y": _heights(sweep, numbers),
        "customdata": [f"{_row(sweep, row)}: {cluster_label(cluster)}" for row, cluster in numbers],
        "hovertemplate": "%{customdata}<br>%{value} pairs<extra></extra>",
        "pad": 8,
        "thickness": 12,
        "line": {"width": 0},
    }


def _bands(sweep: KSweep, numbers: dict[tuple[int, int], int], theme: Theme) -> dict[str, Any]:
    links, clusters = _links(sweep, numbers), [cluster for _, cluster in numbers]
    return {
        "source": [a for a, _, _ in links],
        "target": [b for _, b, _ in links],
        "value": [n for _, _, n in links],
        "color": [_faint(cluster_colour(clusters[a], theme)) for a, _, _ in links],
        "hovertemplate": "%{source.customdata} → %{target.customdata}: %{value} pairs<extra></extra>",
    }


def _heights(sweep: KSweep, numbers: dict[tuple[int, int], int]) -> list[float]:
    """Middle of each node from the top, 0 … 1: clusters of a column below each other, room between them."""
    found: list[float] = []
    taken: dict[int, float] = {}
    for row, cluster in numbers:
        share = float((sweep.labels[row] == cluster).mean())
        n_nodes = sum(other == row for other, _ in numbers)
        room = GAP * (n_nodes - 1)
        top = taken.get(row, 0.0)
        found.append(min(max(top + share * (1 - room) / 2, 0.001), 0.999))
        taken[row] = top + share * (1 - room) + GAP
    return found


def _links(sweep: KSweep, numbers: dict[tuple[int, int], int]) -> list[tuple[int, int, int]]:
    """(node before, node after, pairs) for all that move or stay."""
    from crvae.k_scores import overlap

    found: list[tuple[int, int, int]] = []
    for row, (before, after) in enumerate(pairwise(sweep.labels)):
        table = overlap(before, after)
        for a in range(-1, table.shape[0] - 1):
            for b in range(-1, table.shape[1] - 1):
                if table[a, b]:
                    found.append((numbers[row, a], numbers[row + 1, b], int(table[a, b])))
    return found


def _row(sweep: KSweep, row: int) -> str:
    score = sweep.scores[row]
    return f"≥ {score.min_pairs}" if score.min_pairs else f"K = {score.k}"


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.35)"
