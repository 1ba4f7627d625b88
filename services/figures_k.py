"""Figures for choosing K: quality measures and cluster sizes over K (paper §3.4.1, §5.2)."""

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from crvae.records import KSweep
from services.figures_base import calm, empty
from services.labels import cluster_label
from services.palette import QUIET, Theme, cluster_colour

# Field of KScore, title with unit, which way is better, how to print a value.
_METRICS = (
    ("within", "Distance within clusters", "latent units; lower is more compact", ".3g"),
    ("between", "Distance between clusters", "latent units; higher is more distinct", ".3g"),
    ("stability", "Stability (adjusted Rand index)", "1 = always the same, 0 = chance", ".2f"),
    ("silhouette", "Silhouette (−1 to 1)", "higher is clearer; below 0.25 is weak", ".2f"),
)
HEIGHT_PX, FAINT = 470, 0.35
_TOO_FEW = "There are too few pairs to compare several K."


def k_metrics(sweep: KSweep, chosen_k: int | None = None, *, theme: Theme = "light") -> go.Figure:
    """Four small graphs over one axis of K, with the chosen K marked in each."""
    if not sweep.scores:
        return empty(_TOO_FEW)
    ks = [score.k for score in sweep.scores]
    titles = [
        f'<b>{title}</b><br><span style="font-size: 12px">{hint}</span>' for _, title, hint, _ in _METRICS
    ]
    figure = make_subplots(
        rows=2,
        cols=2,
        shared_xaxes=True,
        subplot_titles=titles,
        vertical_spacing=0.24,
        horizontal_spacing=0.1,
    )
    for i, (field, title, _, form) in enumerate(_METRICS):
        values = [float(getattr(score, field)) for score in sweep.scores]
        line = _line(ks, values, title, form, chosen_k, cluster_colour(0, theme))
        figure.add_trace(line, row=i // 2 + 1, col=i % 2 + 1)
    if chosen_k in ks:
        figure.add_vline(x=chosen_k, line={"color": cluster_colour(1, theme), "width": 2, "dash": "dot"})
    lowest = min([0.0, *(score.stability for score in sweep.scores if score.stability is not None)])
    figure.update_yaxes(range=[lowest - 0.05, 1.05], row=2, col=1)
    figure.update_xaxes(dtick=1, range=[min(ks) - 0.4, max(ks) + 0.4])
    figure.update_xaxes(title="K (number of clusters)", row=2)
    figure.update_annotations(font={"size": 13})
    return calm(figure, height_px=HEIGHT_PX).update_layout(margin={"t": 52})


def _line(
    ks: list[int], values: list[float], title: str, form: str, chosen_k: int | None, colour: str
) -> go.Scatter:
    return go.Scatter(
        x=ks,
        y=values,
        mode="lines+markers",
        name=title,
        line={"color": colour, "width": 2},
        marker={"size": [13 if k == chosen_k else 6 for k in ks], "color": colour},
        hovertemplate=f"K = %{{x}}<br>%{{y:{form}}}<extra></extra>",
        showlegend=False,
    )


def sizes_per_k(sweep: KSweep, chosen_k: int | None = None, *, theme: Theme = "light") -> go.Figure:
    """Stacked bars over K: how many pairs each cluster holds; all but the chosen K's are faint."""
    if not sweep.scores:
        return empty(_TOO_FEW)
    figure = go.Figure()
    for cluster in range(max(score.k for score in sweep.scores)):
        scores = [score for score in sweep.scores if cluster < len(score.sizes)]
        figure.add_trace(
            go.Bar(
                x=[score.k for score in scores],
                y=[score.sizes[cluster] for score in scores],
                name=cluster_label(cluster),
                marker={
                    "color": cluster_colour(cluster, theme),
                    "line": {"color": QUIET, "width": 1},
                    "opacity": [1.0 if chosen_k in (None, score.k) else FAINT for score in scores],
                },
                hovertemplate="K = %{x}<br>%{y} pairs<extra>" + cluster_label(cluster) + "</extra>",
            )
        )
    figure.update_layout(barmode="stack", bargap=0.35, showlegend=False)
    figure.update_xaxes(title="K (number of clusters)", dtick=1)
    figure.update_yaxes(title="Pairs")
    title = (
        '<b>Pairs in each cluster</b><br><span style="font-size: 12px">even sizes are easier to read</span>'
    )
    figure.add_annotation(
        text=title,
        x=0.5,
        y=1,
        xref="paper",
        yref="paper",
        yanchor="bottom",
        showarrow=False,
        font={"size": 13},
    )
    return calm(figure, height_px=HEIGHT_PX).update_layout(margin={"t": 52})
