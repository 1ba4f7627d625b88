"""The clusters along the time of both videos, one band above the other (paper §5.2)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from crvae.records import Clustering
from services.figures_base import calm
from services.labels import clock, cluster_label, plain, shortened, stacked, wide
from services.palette import Theme, cluster_colour, ink
from services.recipe import Side
from services.stretches import Stretch, stretches

Axis = Literal["time", "share"]
FAINT_INK: dict[Theme, str] = {
    "light": "#4a5058",
    "dark": "#d0cec9",
}  # beside the clicked one
AXIS_COLUMNS, MIN_COLUMNS = 120, 6  # letters that fit on the axis in a narrow window; fewer say nothing


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """One video's row in the ribbon.

    names: by cluster; times_s: (N,) ascending; length_s: of the video, 0 where it is not known
    side: told back with a click
    """

    title: str
    clustering: Clustering
    times_s: NDArray[np.float64]
    names: tuple[str, ...]
    length_s: float = 0.0
    side: Side = "left"

    @property
    def runs(self) -> list[Stretch]:
        return stretches(self.clustering.labels, self.times_s)

    @property
    def whole_s(self) -> float:
        """Up to the video's end, or to that of its last pair."""
        runs = self.runs
        return max(self.length_s, runs[-1].end_s if runs else 0.0) or 1.0


def ribbon(*strips: Strip, axis: Axis = "time", theme: Theme = "light") -> go.Figure:
    """The clusters of one or two videos on one axis: seconds, or percent of each video.

    customdata is [side, first, last] of each stretch, first and last being pair numbers.
    """
    figure = go.Figure()
    longest_s = max((strip.whole_s for strip in strips), default=1.0)
    for row, strip in enumerate(strips):
        for cluster in sorted({run.cluster for run in strip.runs}):
            runs = [run for run in strip.runs if run.cluster == cluster]
            _add_stretches(figure, row, strip, runs, longest_s, axis, theme)
    figure.update_layout(
        barmode="overlay", bargap=0.28, showlegend=False, clickmode="event+select", dragmode=False
    )
    _add_axis(figure, longest_s, axis)
    rows = list(range(len(strips)))
    figure.update_yaxes(tickvals=rows, ticktext=[stacked(s.title, 18) for s in strips], autorange="reversed")
    figure.update_yaxes(showgrid=False, fixedrange=True)
    return calm(figure, height_px=70 + 64 * len(strips)).update_layout(margin={"t": 8})


def _add_axis(figure: go.Figure, longest_s: float, axis: Axis) -> None:
    if axis == "share":
        figure.update_xaxes(title="Share of the video (%)", range=[0, 100], fixedrange=True)
        return
    ticks = _ticks(longest_s)
    figure.update_xaxes(title="Time in the video (m:ss)", range=[0, longest_s], fixedrange=True)
    figure.update_xaxes(tickvals=ticks, ticktext=[clock(t) for t in ticks])


def _add_stretches(
    figure: go.Figure, row: int, strip: Strip, runs: list[Stretch], longest_s: float, axis: Axis, theme: Theme
) -> None:
    name, colour = cluster_label(runs[0].cluster, strip.names), cluster_colour(runs[0].cluster, theme)
    axis_s = strip.whole_s if axis == "share" else longest_s
    scale = 100 / strip.whole_s if axis == "share" else 1.0
    hover = [
        f"<b>{plain(name)}</b><br>{clock(run.start_s)} – {clock(run.end_s)}<br>{_pairs(run)}" for run in runs
    ]
    figure.add_trace(
        go.Bar(
            orientation="h",
            y=[row] * len(runs),
            base=[run.start_s * scale for run in runs],
            x=[(run.end_s - run.start_s) * scale for run in runs],
            name=plain(shortened(name, 32)),
            text=[plain(_fitting(strip, run, axis_s)) for run in runs],
            textposition="inside",
            insidetextanchor="middle",
            constraintext="none",
            textangle=0,
            textfont={"size": 12, "color": ink(colour)},
            marker={"color": colour, "line": {"width": 0}},
            # plotly makes all but the clicked stretch so faint that the rest can hardly be seen
            unselected={"marker": {"opacity": 0.4}, "textfont": {"color": FAINT_INK[theme]}},
            selected={"textfont": {"color": ink(colour)}},  # without it plotly stumbles over the line above
            customdata=[[strip.side, run.first, run.last] for run in runs],
            hovertext=hover,
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )


def _fitting(strip: Strip, run: Stretch, axis_s: float) -> str:
    """The name cut to what its stretch has room for; of a cluster without a name of its own, the number."""
    columns = int((run.end_s - run.start_s) / axis_s * AXIS_COLUMNS)
    name = cluster_label(run.cluster, strip.names)
    if wide(name) > columns and run.cluster >= 0 and name == cluster_label(run.cluster):
        name = str(run.cluster + 1)
    return shortened(name, columns) if columns >= min(MIN_COLUMNS, wide(name) + 1) else ""


def _pairs(run: Stretch) -> str:
    n = run.last - run.first + 1
    return f"{n} {'pair' if n == 1 else 'pairs'}"


def _ticks(longest_s: float) -> list[float]:
    """Round times for an axis, at most nine."""
    for step_s in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600):
        if longest_s / step_s <= 8:
            return [float(t) for t in np.arange(0, longest_s + step_s, step_s)]
    return [float(t) for t in np.linspace(0, longest_s, 9)]
