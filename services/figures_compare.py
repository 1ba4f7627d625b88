"""Figure of the comparison: similarity of the two videos' clusters (paper §5.4, figures 8 and 9)."""

import numpy as np
import plotly.graph_objects as go

from services.figures_base import calm
from services.labels import cluster_label, measure_label, plain, stacked
from services.palette import SEQUENTIAL, similarity_range
from services.records import Comparison


def similarity_heatmap(
    comparison: Comparison, *, left_title: str = "Left video", right_title: str = "Right video"
) -> go.Figure:
    """The cells with their values, most similar clusters first.

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
            texttemplate="%{text}",
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
    # Positions instead of names on the axes: two clusters may bear the same name.
    figure.update_xaxes(
        title=f"{plain(right_title)}: clusters",
        tickvals=list(range(len(columns))),
        ticktext=[stacked(name, 18) for name in right],
        tickangle=0 if len(columns) <= 6 else -40,
        showgrid=False,
    )
    figure.update_yaxes(
        title=f"{plain(left_title)}: clusters",
        tickvals=list(range(len(rows))),
        ticktext=[stacked(name, 22) for name in left],
        autorange="reversed",
        showgrid=False,
    )
    return calm(figure, height_px=170 + 62 * len(rows))


def _value(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "–"
