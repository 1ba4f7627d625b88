"""Figures for choosing K: small multiples over one axis of K, and cluster sizes (paper §3.4.1, §5.2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from crvae.k_limits import LITTLE_STRUCTURE, STABLE, STRUCTURE
from crvae.records import KRecommendation, KScore, KSweep
from services.figures_base import calm, empty
from services.labels import cluster_label
from services.palette import QUIET, Theme, cluster_colour


@dataclass(frozen=True, slots=True)
class Panel:
    """One small graph: a field of KScore, its title, which way is better, and how a value is printed.

    is_share: values go from 0 to 1, and so does the axis, so that little looks little
    limits:   values at which a thin line tells weak from clear
    """

    field: str
    title: str
    hint: str
    form: str = ".2f"
    is_share: bool = False
    limits: tuple[float, ...] = ()


# The most telling first.
MAIN = (
    Panel(
        "silhouette",
        "Silhouette",
        "below 0.25 weak, from 0.5 on clear",
        is_share=True,
        limits=(LITTLE_STRUCTURE, STRUCTURE),
    ),
    Panel(
        "stability",
        "Stability",
        "from 0.75 on stable; band: 5–95 % of the draws",
        is_share=True,
        limits=(STABLE,),
    ),
    Panel("gap", "Gap statistic", "the first K that the next does not beat", ".3g"),
    Panel("within", "Distance within clusters", "latent units; look for the bend", ".3g"),
    Panel("between", "Distance between clusters", "latent units; higher is more distinct", ".3g"),
    Panel("coherence", "Temporal coherence", "above 0: clusters are stretches of time"),
)
MORE = (
    Panel("davies_bouldin", "Davies–Bouldin", "lower is better"),
    Panel("calinski_harabasz", "Calinski–Harabasz", "higher is better", ".3g"),
    Panel("inertia", "Inertia", "the ring marks the knee", ".3g"),
    Panel("seed_stability", "Other starts", "1: every start finds the same", is_share=True),
)
DENSITY = (
    Panel("k", "Clusters found", "K as HDBSCAN finds it", "d"),
    Panel("noise", "In no cluster", "share of the pairs", ".0%", is_share=True),
    *MAIN[:2],
    MAIN[3],
    MAIN[5],
)
ROW_PX, FAINT = 225, 0.35
LIMIT = "rgba(128, 128, 128, 0.7)"
_TOO_FEW = "There are too few pairs to compare several K."


def sizes_tried(sweep: KSweep) -> list[int]:
    """What the axis counts: K, or HDBSCAN's smallest cluster."""
    return [score.min_pairs or score.k for score in sweep.scores]


def k_metrics(
    sweep: KSweep,
    chosen: int | None = None,
    advice: KRecommendation | None = None,
    *,
    panels: Sequence[Panel] = MAIN,
    knee: int | None = None,
    theme: Theme = "light",
) -> go.Figure:
    """Small graphs over one axis of K: the chosen one marked in each, the recommended one on a shaded ground.

    chosen: K, or HDBSCAN's smallest cluster; knee: the K whose inertia is ringed
    """
    if not sweep.scores:
        return empty(_TOO_FEW)
    sizes, n_columns = sizes_tried(sweep), 3 if len(panels) % 3 == 0 else 4
    n_rows = -(-len(panels) // n_columns)
    figure = make_subplots(
        rows=n_rows,
        cols=n_columns,
        subplot_titles=[_title(panel) for panel in panels],
        vertical_spacing=0.25,
        horizontal_spacing=0.07,
    )
    for i, panel in enumerate(panels):
        for trace in _traces(sweep, sizes, panel, chosen, knee, theme):
            figure.add_trace(trace, row=i // n_columns + 1, col=i % n_columns + 1)
        if panel.is_share:
            values = [getattr(score, panel.field) or 0.0 for score in sweep.scores]
            row, col = i // n_columns + 1, i % n_columns + 1
            figure.update_yaxes(range=[min(-0.03, *values), 1.05], tickformat=panel.form, row=row, col=col)
    figure.update_layout(shapes=[*_limits(panels), *_marks(len(panels), sizes, chosen, advice, theme)])
    figure.update_xaxes(tickvals=sizes, range=[min(sizes) - 0.6, max(sizes) + 0.6])
    figure.update_xaxes(title=_axis(sweep), row=n_rows)
    figure.update_annotations(font={"size": 13})
    return calm(figure, height_px=60 + ROW_PX * n_rows).update_layout(margin={"t": 52}, hovermode="closest")


def _limits(panels: Sequence[Panel]) -> Iterator[dict[str, Any]]:
    for number, panel in enumerate(panels, start=1):
        axis = "" if number == 1 else number
        for limit in panel.limits:
            place = {
                "xref": f"x{axis} domain",
                "yref": f"y{axis}",
                "x0": 0,
                "x1": 1,
                "y0": limit,
                "y1": limit,
            }
            yield {"type": "line", **place, "line": {"color": LIMIT, "width": 1, "dash": "dash"}}


def _marks(
    n_panels: int, sizes: list[int], chosen: int | None, advice: KRecommendation | None, theme: Theme
) -> Iterator[dict[str, Any]]:
    """Ground of the recommended K and line of the chosen one, for each panel.

    Written down as they are: plotly's own add_vrect and add_vline take half of the figure's time.
    """
    colour = cluster_colour(1, theme)
    for number in ("", *range(2, n_panels + 1)):
        place = {"xref": f"x{number}", "yref": f"y{number} domain", "y0": 0, "y1": 1}
        if advice is not None and advice.is_supported:
            at = advice.min_pairs or advice.k
            ground = {"fillcolor": colour, "opacity": 0.18, "line": {"width": 0}}
            yield {"type": "rect", "x0": at - 0.5, "x1": at + 0.5, **place, **ground}
        if chosen in sizes:
            line = {"color": colour, "width": 2, "dash": "dot"}
            yield {"type": "line", "x0": chosen, "x1": chosen, **place, "line": line}


def sizes_per_k(sweep: KSweep, chosen: int | None = None, *, theme: Theme = "light") -> go.Figure:
    """Stacked bars over K: how many pairs each cluster holds; all but the chosen K's are faint."""
    if not sweep.scores:
        return empty(_TOO_FEW)
    figure = go.Figure()
    for cluster in range(max(score.k for score in sweep.scores)):
        scores = [score for score in sweep.scores if cluster < len(score.sizes)]
        sizes = [score.min_pairs or score.k for score in scores]
        figure.add_trace(
            go.Bar(
                x=sizes,
                y=[score.sizes[cluster] for score in scores],
                name=cluster_label(cluster),
                marker={
                    "color": cluster_colour(cluster, theme),
                    "line": {"color": QUIET, "width": 1},
                    "opacity": [1.0 if chosen in (None, size) else FAINT for size in sizes],
                },
                hovertemplate=_unit(sweep) + "<br>%{y} pairs<extra>" + cluster_label(cluster) + "</extra>",
            )
        )
    figure.update_layout(barmode="stack", bargap=0.35, showlegend=False)
    figure.update_xaxes(title=_axis(sweep), tickvals=sizes_tried(sweep))
    figure.update_yaxes(title="Pairs")
    return calm(figure, height_px=320).update_layout(margin={"t": 12})


def _axis(sweep: KSweep) -> str:
    return "Pairs in the smallest cluster" if sweep.method == "hdbscan" else "K (number of clusters)"


def _unit(sweep: KSweep) -> str:
    return "at least %{x} pairs" if sweep.method == "hdbscan" else "K = %{x}"


def _title(panel: Panel) -> str:
    return f'<b>{panel.title}</b><br><span style="font-size: 12px">{panel.hint}</span>'


def _traces(
    sweep: KSweep,
    sizes: list[int],
    panel: Panel,
    chosen: int | None,
    knee: int | None,
    theme: Theme,
) -> list[go.Scatter]:
    scores, unit = sweep.scores, _unit(sweep)
    values: list[float | None] = [getattr(score, panel.field) for score in scores]
    colour = cluster_colour(0, theme)
    line = go.Scatter(
        x=sizes,
        y=values,
        mode="lines+markers",
        name=panel.title,
        line={"color": colour, "width": 2},
        marker={"size": [13 if size == chosen else 6 for size in sizes], "color": colour},
        hovertemplate=f"{unit}<br>%{{y:{panel.form}}}<extra></extra>",
        showlegend=False,
    )
    if panel.field == "gap":
        line.update(error_y={"array": [score.gap_error or 0.0 for score in scores], "thickness": 1.2})
    found = [line]
    if panel.field == "stability":
        found.insert(0, _band(scores, sizes, colour))
    if panel.field == "inertia" and knee in sizes:
        ring = {
            "size": 18,
            "color": "rgba(0, 0, 0, 0)",
            "line": {"color": cluster_colour(2, theme), "width": 2},
        }
        at = values[sizes.index(knee)]
        found.append(
            go.Scatter(x=[knee], y=[at], mode="markers", marker=ring, hoverinfo="skip", showlegend=False)
        )
    return found


def _band(scores: Sequence[KScore], sizes: list[int], colour: str) -> go.Scatter:
    """The range of the draws as one closed shape."""
    known = [(x, s.stability_low, s.stability_high) for x, s in zip(sizes, scores, strict=True)]
    known = [(x, low, high) for x, low, high in known if low is not None and high is not None]
    return go.Scatter(
        x=[x for x, _, _ in known] + [x for x, _, _ in reversed(known)],
        y=[low for _, low, _ in known] + [high for _, _, high in reversed(known)],
        fill="toself",
        mode="lines",
        line={"width": 0, "color": colour},
        opacity=0.25,
        hoverinfo="skip",
        showlegend=False,
    )
