"""Figure of the comparison: similarity of the two videos' clusters (paper §5.4, figures 8 and 9)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import plotly.graph_objects as go

from services.figures_base import calm
from services.labels import cluster_label, measure_label, plain, stacked
from services.palette import SEQUENTIAL, Theme, cluster_colour, is_dark_cell, similarity_range
from services.records import Comparison, Significance

ROW_PX = 66
FRAME = "#d8a323"
INK, MUTED = "#1b1f24", "#8a8f98"  # on a light cell, and where there is no cell


def similarity_heatmap(
    comparison: Comparison,
    *,
    left_title: str = "Left video",
    right_title: str = "Right video",
    theme: Theme = "light",
    significance: Significance | None = None,
    chosen: tuple[int, int] | None = None,
    notes: Mapping[tuple[int, int], str] = MappingProxyType({}),
) -> go.Figure:
    """The cells with their values, most similar clusters first; names with their cluster's colour.

    Rows are the left video's clusters. The second trace are unseen markers, one on each cell, that can be
    clicked; their customdata is [left, right] cluster.
    significance: hatches the cells that are not above chance
    chosen:       left and right cluster of the cell that is framed
    notes:        what else is to be said where the pointer rests, by left and right cluster
    """
    rows, columns = list(comparison.row_order), list(comparison.column_order)
    values = comparison.similarity[np.ix_(rows, columns)].astype(float)
    low, high = similarity_range(comparison.similarity)
    left = [cluster_label(c, comparison.left_names) for c in rows]
    right = [cluster_label(c, comparison.right_names) for c in columns]
    figure = go.Figure(_cells(values, low, high, comparison.measure))
    left_ticks, right_ticks = _ticks(rows, left, 22, theme), _ticks(columns, right, 18, theme)
    # Plotly turns names only where they would touch.
    figure.update_xaxes(title=f"{plain(right_title)}: clusters", autotickangles=[0, 35, 90], **right_ticks)
    figure.update_yaxes(title=f"{plain(left_title)}: clusters", autorange="reversed", **left_ticks)
    calm(figure, height_px=170 + ROW_PX * len(rows))
    lines = [] if significance is None else hatching(values, significance.is_above[np.ix_(rows, columns)])
    figure.add_trace(_markers(comparison, rows, columns, significance, notes))
    # Without a limit a click anywhere in a cell finds its marker.
    figure.update_layout(annotations=_written(values, low, high), hovermode="closest", hoverdistance=-1)
    frame = [] if chosen is None else [_frame(rows.index(chosen[0]), columns.index(chosen[1]))]
    return figure.update_layout(shapes=[*lines, *frame], clickmode="event+select", dragmode=False)


def _cells(values: np.ndarray, low: float, high: float, measure: str) -> go.Heatmap:
    return go.Heatmap(
        z=values,
        zmin=low,
        zmax=high,
        colorscale=[[i / (len(SEQUENTIAL) - 1), colour] for i, colour in enumerate(SEQUENTIAL)],
        xgap=2,
        ygap=2,
        text=[[_value(v) for v in row] for row in values],
        hoverinfo="skip",  # the markers above tell more
        colorbar={
            "title": {"text": stacked(measure_label(measure), 44), "side": "right"},
            "thickness": 14,
        },
    )


def _markers(
    comparison: Comparison,
    rows: list[int],
    columns: list[int],
    significance: Significance | None,
    notes: Mapping[tuple[int, int], str],
) -> go.Scatter:
    """A square on each cell that nobody sees: clicks on a heatmap itself are not told to the page."""
    cells = [(r, c) for r in range(len(rows)) for c in range(len(columns))]
    unseen = {"marker": {"opacity": 0}}
    return go.Scatter(
        x=[c for _, c in cells],
        y=[r for r, _ in cells],
        mode="markers",
        marker={"size": 34, "symbol": "square", "opacity": 0},
        selected=unseen,
        unselected=unseen,
        showlegend=False,
        customdata=[[rows[r], columns[c]] for r, c in cells],
        hovertext=[
            _hover(comparison, rows[r], columns[c], significance)
            + (f"<br>{stacked(notes[rows[r], columns[c]], 44)}" if (rows[r], columns[c]) in notes else "")
            for r, c in cells
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _hover(comparison: Comparison, left: int, right: int, significance: Significance | None) -> str:
    names = (cluster_label(left, comparison.left_names), cluster_label(right, comparison.right_names))
    value = float(comparison.similarity[left, right])
    text = f"{'<br>'.join(stacked(name, 44) for name in names)}<br><b>{_value(value)}</b>"
    if significance is None or not np.isfinite(value):
        return text
    low, high = significance.low[left, right], significance.high[left, right]
    word = "above chance" if significance.is_above[left, right] else "not above chance"
    return (
        f"{text}, interval {low:.2f} to {high:.2f}<br>chance gives "
        f"{significance.null_mean[left, right]:.2f} ± {significance.null_sd[left, right]:.2f}; "
        f"p = {significance.p[left, right]:.4f}, q = {significance.q[left, right]:.3f}<br>{word}"
    )


def hatching(values: np.ndarray, is_above: np.ndarray, n_lines: int = 9) -> list[dict[str, Any]]:
    """Slanted lines over the cells that are not above chance; heatmaps have no patterns of their own."""
    low, high = similarity_range(values.astype(np.float32))
    shapes: list[dict[str, Any]] = []
    for row, column in np.ndindex(values.shape):
        if is_above[row, column] or not np.isfinite(values[row, column]):
            continue
        path = ""
        for offset in np.linspace(-0.8, 0.8, n_lines):  # y = x + offset within a square of side 1
            start, end = max(-0.5, -0.5 - offset), min(0.5, 0.5 - offset)
            path += f"M {column + start} {row - start - offset} L {column + end} {row - end - offset} "
        is_light = values[row, column] < low + 0.3 * (high - low)
        line = {"color": "rgba(40, 80, 110, 0.3)" if is_light else "rgba(255, 255, 255, 0.6)", "width": 1.5}
        shapes.append({"type": "path", "path": path, "line": line, "layer": "above"})
    return shapes


def _frame(row: int, column: int) -> dict[str, Any]:
    line = {"color": FRAME, "width": 3}
    corners = {"x0": column - 0.49, "x1": column + 0.49, "y0": row - 0.48, "y1": row + 0.48}
    return {"type": "rect", "line": line, **corners}


def _ticks(clusters: list[int], names: list[str], columns: int, theme: Theme) -> dict[str, Any]:
    """An axis of clusters. Positions instead of names are its values: two clusters may bear the same name."""
    texts = [_coloured(c, stacked(name, columns), theme) for c, name in zip(clusters, names, strict=True)]
    values = list(range(len(clusters)))
    return {
        "tickvals": values,
        "ticktext": texts,
        "tickfont": {"size": 13},
        "showgrid": False,
        "showline": False,
    }


def _written(values: np.ndarray, low: float, high: float) -> list[dict[str, object]]:
    """Each cell's value in ink that can be read on its colour; a heatmap's own text has one for all."""
    notes: list[dict[str, object]] = []
    for row, column in np.ndindex(values.shape):
        value = float(values[row, column])
        is_dark = bool(np.isfinite(value)) and is_dark_cell(value, low, high)
        ink = "#ffffff" if is_dark else INK if np.isfinite(value) else MUTED
        font = {"color": ink, "size": 15}
        notes.append({"x": column, "y": row, "text": _value(value), "showarrow": False, "font": font})
    return notes


def _coloured(cluster: int, name: str, theme: Theme) -> str:
    return f'<span style="color: {cluster_colour(cluster, theme)}">■</span> {name}'


def _value(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "–"
