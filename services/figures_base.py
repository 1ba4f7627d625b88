"""What all plotly figures share: no ground of their own, quiet lines, room for labels, the theme's fonts."""

import plotly.graph_objects as go

from services.palette import QUIET


def calm(figure: go.Figure, *, height_px: int) -> go.Figure:
    """The figure with the common look, for light and dark grounds alike."""
    figure.update_layout(
        height=height_px,
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        hoverlabel={"align": "left"},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "title": None},
    )
    figure.update_xaxes(automargin=True, gridcolor=QUIET, zeroline=False, linecolor=QUIET)
    figure.update_yaxes(automargin=True, gridcolor=QUIET, zeroline=False, linecolor=QUIET)
    return figure


def empty(sentence: str, *, height_px: int = 240) -> go.Figure:
    """A figure that says why there is nothing to draw."""
    figure = go.Figure()
    figure.add_annotation(text=sentence, showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper")
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return calm(figure, height_px=height_px)
