"""Figures of the clusters: t-SNE (paper §5.2, figure 7) and the clusters along the video's time."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from crvae.records import Clustering, Projection
from services.figures_base import calm
from services.labels import clock, cluster_label, plain, shortened, stacked
from services.palette import Theme, cluster_colour, cluster_symbol


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring pairs of one cluster; first and last are pair numbers."""

    cluster: int
    first: int
    last: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """One video's row in the ribbon; names by cluster, times_s (N,) ascending."""

    title: str
    clustering: Clustering
    times_s: NDArray[np.float64]
    names: tuple[str, ...]


def tsne(
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
    for cluster in _present(clustering):
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
    return _as_map(figure)


def _present(clustering: Clustering) -> list[int]:
    """Its clusters, and -1 at the end if there are pairs in none."""
    return [*range(clustering.k), *([-1] if (clustering.labels < 0).any() else [])]


def _as_map(figure: go.Figure) -> go.Figure:
    figure.update_xaxes(title="t-SNE 1 (no unit)", showticklabels=False, showgrid=False)
    figure.update_yaxes(title="t-SNE 2 (no unit)", showticklabels=False, showgrid=False)
    # Distances must look alike in both directions.
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


def stretches(labels: NDArray[np.int32], times_s: NDArray[np.float64]) -> list[Stretch]:
    """The runs of neighbouring pairs with the same cluster, without gaps.

    labels (N,), times_s (N,) seconds, ascending. A run ends where the next begins; the last lasts one more
    typical step.
    """
    if len(labels) == 0:
        return []
    starts = [0, *(int(i) for i in np.flatnonzero(np.diff(labels)) + 1)]
    steps = np.diff(times_s)
    step_s = float(np.median(steps[steps > 0])) if (steps > 0).any() else 1.0
    ends_s = [*(float(times_s[i]) for i in starts[1:]), float(times_s[-1]) + step_s]
    bounds = list(pairwise([*starts, len(labels)]))
    return [
        Stretch(int(labels[first]), first, after - 1, float(times_s[first]), end_s)
        for (first, after), end_s in zip(bounds, ends_s, strict=True)
    ]


def ribbon(*strips: Strip, theme: Theme = "light") -> go.Figure:
    """The clusters along the time of one or two videos; customdata is [first, last] pair of each stretch."""
    figure = go.Figure()
    for row, strip in enumerate(strips):
        runs = stretches(strip.clustering.labels, strip.times_s)
        for cluster in _present(strip.clustering):
            _add_stretches(figure, row, strip, cluster, [r for r in runs if r.cluster == cluster], theme)
    longest_s = max((float(strip.times_s[-1]) for strip in strips if len(strip.times_s)), default=1.0)
    ticks = _ticks(longest_s)
    figure.update_layout(barmode="overlay", bargap=0.25)
    figure.update_xaxes(title="Time in the video (m:ss)", tickvals=ticks, ticktext=[clock(t) for t in ticks])
    rows = list(range(len(strips)))
    figure.update_yaxes(tickvals=rows, ticktext=[stacked(s.title, 18) for s in strips], autorange="reversed")
    figure.update_yaxes(showgrid=False)
    n_names = max((strip.clustering.k for strip in strips), default=0)
    calm(figure, height_px=130 + 60 * len(strips) + 20 * n_names)
    return figure.update_layout(legend={"tracegroupgap": 2, "groupclick": "toggleitem"})


def _add_stretches(
    figure: go.Figure, row: int, strip: Strip, cluster: int, runs: list[Stretch], theme: Theme
) -> None:
    name = plain(cluster_label(cluster, strip.names))
    hover = [
        f"<b>{name}</b><br>{clock(run.start_s)} – {clock(run.end_s)}<br>{run.last - run.first + 1} pairs"
        for run in runs
    ]
    figure.add_trace(
        go.Bar(
            orientation="h",
            y=[row] * len(runs),
            base=[run.start_s for run in runs],
            x=[run.end_s - run.start_s for run in runs],
            name=shortened(name, 32),
            legendgroup=strip.title,
            legendgrouptitle={"text": plain(strip.title)},
            marker={"color": cluster_colour(cluster, theme), "line": {"width": 0}},
            customdata=[[run.first, run.last] for run in runs],
            hovertext=hover,
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )


def _ticks(longest_s: float) -> list[float]:
    """Round times for an axis, at most nine."""
    for step_s in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600):
        if longest_s / step_s <= 8:
            return [float(t) for t in np.arange(0, longest_s + step_s, step_s)]
    return [float(t) for t in np.linspace(0, longest_s, 9)]
