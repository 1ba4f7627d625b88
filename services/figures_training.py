"""Figures of the training: losses over epochs (paper §5.1.1), while it runs and afterwards."""

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

import plotly.graph_objects as go

from crvae.records import EpochMetrics
from services.figures_base import calm, empty
from services.palette import IMAGE_LOSS, TEXT_LOSS, Theme, cluster_colour
from services.recipe import Side
from services.runs import Run

if TYPE_CHECKING:
    import altair as alt

_IMAGE, _TEXT = "Image", "Text"
JOINED = "all parts together"
_AXIS = "Variance not explained (log scale)"
LEGEND_ROWS_MAX = 10
_TICKS = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)


def training_curves(
    history: Sequence[EpochMetrics], *, has_text: bool = True, joined_after: int = 0, theme: Theme = "light"
) -> go.Figure:
    """Image and text loss over the epochs of a finished training.

    has_text:     whether the model knows words
    joined_after: the epoch after which all parts learnt together, marked; 0 marks nothing
    """
    if not history:
        return empty("No epoch has been trained yet.")
    figure = go.Figure()
    epochs = [m.epoch for m in history]
    parts = (
        (_IMAGE, [m.image_fvu for m in history], cluster_colour(0, theme)),
        (_TEXT, [m.text_fvu for m in history], cluster_colour(1, theme)),
    )
    for name, values, colour in parts if has_text else parts[:1]:
        figure.add_trace(
            go.Scatter(
                x=epochs,
                y=values,
                mode="lines" if len(history) > 1 else "markers",
                name=name,
                line={"color": colour, "width": 2, "dash": "solid" if name == _IMAGE else "dash"},
                hovertemplate=f"epoch %{{x}}<br>{name.lower()} %{{y:.3f}}<extra></extra>",
            )
        )
    if 0 < joined_after < len(history):
        figure.add_vline(
            x=joined_after + 0.5,
            line={"color": "gray", "dash": "dot", "width": 1},
            annotation={"text": JOINED, "yanchor": "top"},
        )
    figure.update_xaxes(title="Epoch")
    _share_axis(figure)
    return calm(figure, height_px=340)


def run_curves(
    runs: Sequence[Run],
    side: Side,
    *,
    over: Literal["epochs", "seconds"] = "epochs",
    theme: Theme = "light",
) -> go.Figure:
    """Image loss of one video's trainings over epochs or time, in the colours of their models.

    runs: of both videos, so that a model has the same colour on each side
    """
    ordered = sorted(runs, key=lambda run: run.number)
    models = list(dict.fromkeys((run.model, run.training) for run in ordered))
    shown = [run for run in ordered if run.side == side]
    if not shown:
        return empty("No training of this video is finished yet.")
    figure = go.Figure()
    for run in shown:
        history = run.trained.history
        elapsed = accumulate(m.seconds for m in history)
        colour = cluster_colour(models.index((run.model, run.training)), theme)
        figure.add_trace(
            go.Scatter(
                x=[m.epoch for m in history] if over == "epochs" else list(elapsed),
                y=[m.image_fvu for m in history],
                mode="lines" if len(history) > 1 else "markers",
                name=f"Run {run.number} · {run.name}",
                line={"color": colour, "width": 3 if run.is_in_use else 1.5},
                hovertemplate=f"run {run.number}, {over} %{{x:.4g}}<br>image %{{y:.3f}}<extra></extra>",
            )
        )
    figure.update_xaxes(title="Epoch" if over == "epochs" else "Seconds of training")
    _share_axis(figure)
    rows = min(len(shown), LEGEND_ROWS_MAX)
    calm(figure, height_px=300 + 20 * rows)
    # Below the plot: names are long, and above they would take its room on a narrow screen.
    figure.update_layout(
        showlegend=True, legend={"orientation": "v", "yref": "container", "y": 0, "yanchor": "bottom"}
    )
    return figure


def _share_axis(figure: go.Figure) -> None:
    """The share of the variance that is not explained, on a logarithmic scale."""
    figure.update_yaxes(title=_AXIS, type="log", tickvals=_TICKS, tickformat=".0%")
    figure.add_hline(y=1.0, line={"color": "gray", "dash": "dot", "width": 1})
    # On a log axis a note is placed by the logarithm, a line by the value.
    figure.add_annotation(
        text="100% = guessing the mean",
        x=1,
        xref="paper",
        xanchor="right",
        y=0,
        yanchor="bottom",
        showarrow=False,
    )


def loss_chart(history: Sequence[EpochMetrics], *, has_text: bool = True) -> "alt.Chart":
    """The same curves as an altair chart, which can be redrawn every second without flicker."""
    import altair as alt

    rows = [
        {"epoch": m.epoch, "loss": value, "part": part}
        for m in history
        for part, value in ((_IMAGE, m.image_fvu), (_TEXT, m.text_fvu))
        if value > 0 and (has_text or part == _IMAGE)
    ]
    colours = alt.Scale(
        domain=[_IMAGE, _TEXT] if has_text else [_IMAGE],
        range=[IMAGE_LOSS, TEXT_LOSS] if has_text else [IMAGE_LOSS],
    )
    return (
        alt.Chart(alt.Data(values=rows), height=300, background="transparent")
        .mark_line(strokeWidth=2, point={"size": 24} if len(history) == 1 else False)
        .encode(
            x=alt.X("epoch:Q", title="Epoch", axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y(
                "loss:Q",
                title=_AXIS,
                scale=alt.Scale(type="log", nice=False),
                axis=alt.Axis(values=list(_TICKS), format="%"),
            ),
            color=alt.Color(
                "part:N", scale=colours, legend=alt.Legend(orient="top", title=None, symbolType="stroke")
            ),
            strokeDash=alt.StrokeDash("part:N", legend=None),
            tooltip=[
                alt.Tooltip("epoch:Q", title="Epoch", format="d"),
                alt.Tooltip("part:N", title="Part"),
                alt.Tooltip("loss:Q", title="Not explained", format=".3f"),
            ],
        )
    )
