"""The map of the pairs by t-SNE, PCA or UMAP (paper §5.2, figure 7)."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from crvae.records import Clustering, Flat, Projection
from services.figures_base import calm
from services.labels import clock, cluster_label, plain, shortened, stacked
from services.maps import MAPS
from services.palette import Theme, cluster_colour, cluster_symbol


def pair_map(
    projection: Projection,
    clustering: Clustering,
    times_s: NDArray[np.float64],
    texts: Sequence[str],
    names: tuple[str, ...] = (),
    thumbs: Sequence[str] = (),
    *,
    theme: Theme = "light",
) -> go.Figure:
    """The pairs on a plane, one trace for each cluster, and one for the pairs in none.

    times_s, texts: of the N pairs; names: by cluster; thumbs: N picture addresses
    Each trace's customdata holds pair numbers, and its meta["thumbs"] the addresses in the same order.
    """
    figure = go.Figure()
    for cluster in [*range(clustering.k), *([-1] if (clustering.labels < 0).any() else [])]:
        pairs = [int(pair) for pair in np.flatnonzero(clustering.labels == cluster)]
        name = cluster_label(cluster, names)
        look = {"color": cluster_colour(cluster, theme), "symbol": cluster_symbol(cluster)}
        figure.add_trace(
            go.Scatter(
                x=projection.xy[pairs, 0],
                y=projection.xy[pairs, 1],
                mode="markers",
                name=f"{plain(shortened(name, 32))} ({len(pairs)})",
                marker={**look, "size": 10, "opacity": 0.85},
                customdata=pairs,
                meta={"thumbs": [thumbs[pair] for pair in pairs] if thumbs else []},
                hovertext=[_hover(name, times_s[pair], texts[pair]) for pair in pairs],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
    return _as_map(figure, projection.method)


def _as_map(figure: go.Figure, method: Flat) -> go.Figure:
    axis, unit = MAPS[method].axis, "latent units" if method == "pca" else "no unit"
    figure.update_xaxes(title=f"{axis} 1 ({unit})", showticklabels=False, showgrid=False)
    figure.update_yaxes(title=f"{axis} 2 ({unit})", showticklabels=False, showgrid=False)
    if method == "pca":  # its distances are true, so they must look alike in both directions
        figure.update_yaxes(scaleanchor="x", scaleratio=1)
    calm(figure, height_px=540).update_layout(
        dragmode="lasso",
        legend={"y": -0.08, "yanchor": "top"},  # above the map lie plotly's buttons
        modebar={"bgcolor": "rgba(0, 0, 0, 0)"},
    )
    return figure.update_xaxes(mirror=True, showline=True).update_yaxes(mirror=True, showline=True)


def _hover(name: str, time_s: float, text: str) -> str:
    return (
        f"<b>{clock(float(time_s))}</b> · {plain(shortened(name, 40))}<br>{stacked(shortened(text, 120), 44)}"
    )
