"""Figure of the comparison: similarity of the two videos' clusters (paper §5.4, figures 8 and 9)."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from services.figures_base import calm
from services.labels import cluster_label, measure_label, plain, stacked
from services.palette import SEQUENTIAL, Theme, cluster_colour, is_dark_cell, similarity_range
from services.records import Comparison

ROW_PX = 66
INK, MUTED = "#1b1f24", "#8a8f98"  # on a light cell, and where there is no cell


def similarity_heatmap(
    comparison: Comparison,
    *,
    left_title: str = "Left video",
    right_title: str = "Right video",
    theme: Theme = "light",
) -> go.Figure:
    """The cells with their values, most similar clusters first; names with their cluster's colour.

    Rows are the left video's clusters; customdata is [left, right] cluster of each cell.
    """
    rows, columns = list(comparison.row_order), list(comparison.column_order)
    values = comparison.similarity[np.ix_(rows, columns)].astype(float)
    low, high = similarity_range(comparison.similarity)
    left = [cluster_label(c, comparison.left_names) for c in rows]
    right = [cluster_label(c, comparison.right_names) for c in columns]
    figure = go.Figure(
        go.Heatmap(
            z=values,
            zmin=low,
            zmax=high,
            colorscale=[[i / (len(SEQUENTIAL) - 1), colour] for i, colour in enumerate(SEQUENTIAL)],
            xgap=2,
            ygap=2,
            text=[[_value(v) for v in row] for row in values],
            customdata=[[[r, c] for c in columns] for r in rows],
            hovertext=[[f"{plain(a)}<br>{plain(b)}" for b in right] for a in left],
            hovertemplate="%{hovertext}<br><b>%{text}</b><extra></extra>",
            hoverongaps=False,
            colorbar={
                "title": {"text": stacked(measure_label(comparison.measure), 44), "side": "right"},
                "thickness": 14,
            },
        )
    )
    left_ticks, right_ticks = _ticks(rows, left, 22, theme), _ticks(columns, right, 18, theme)
    # Plotly turns names only where they would touch.
    figure.update_xaxes(title=f"{plain(right_title)}: clusters", autotickangles=[0, 35, 90], **right_ticks)
    figure.update_yaxes(title=f"{plain(left_title)}: clusters", autorange="reversed", **left_ticks)
    calm(figure, height_px=170 + ROW_PX * len(rows))
    return figure.update_layout(annotations=_written(values, low, high))


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
