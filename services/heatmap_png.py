"""The similarity heatmap as a picture for print, PNG or SVG (paper §5.4, figures 8 and 9)."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from services.fonts import drawable, families
from services.labels import clock, cluster_label, measure_label, shortened, wrapped
from services.palette import SEQUENTIAL, cluster_colour, is_dark_cell, similarity_range
from services.records import Comparison, Significance
from services.said import IN_ENGLISH, Tell

DPI = 300
_CELL_WIDTH_IN, _CELL_HEIGHT_IN = 1.3, 0.62
_ROW_NAME_COLUMNS, _COLUMN_NAME_COLUMNS, _TITLE_COLUMNS = 26, 15, 56
_DRAWN_COLUMNS = 400  # of a name or title, the rest is cut
_BAR_IN = 0.9  # height of the columns' bars of screen time, width of the rows'
_INK, _SOFT_INK = "#1b1f24", "#5a6270"
HATCHED = "hatched: not above chance"


@dataclass(frozen=True, slots=True, eq=False)
class ScreenTimes:
    """Seconds that each cluster is on screen, (K_left,) and (K_right,)."""

    left: NDArray[np.float64]
    right: NDArray[np.float64]


def heatmap_png(
    comparison: Comparison,
    *,
    title: str = "",
    left_title: str = "Left video",
    right_title: str = "Right video",
    significance: Significance | None = None,
    seconds: ScreenTimes | None = None,
    dpi: int = DPI,
    tell: Tell = IN_ENGLISH,
) -> bytes:
    """The cells with their values as PNG bytes, on white; rows are the left video's clusters.

    significance: hatches the cells that are not above chance
    seconds:      draws bars of screen time beside the rows and above the columns
    tell:         says its few words in another language
    """
    figure = _figure(comparison, (title, left_title, right_title), significance, seconds, tell)
    return _bytes(figure, "png", dpi=dpi)


def heatmap_svg(
    comparison: Comparison,
    *,
    title: str = "",
    left_title: str = "Left video",
    right_title: str = "Right video",
    significance: Significance | None = None,
    seconds: ScreenTimes | None = None,
    tell: Tell = IN_ENGLISH,
) -> bytes:
    """The same as SVG; letters are drawn as shapes, so that it looks alike without the fonts."""
    figure = _figure(comparison, (title, left_title, right_title), significance, seconds, tell)
    # Without these two, the same picture would differ from run to run.
    with mpl.rc_context({"svg.hashsalt": "diptych", "svg.fonttype": "path"}):
        return _bytes(figure, "svg", metadata={"Date": None})


def _figure(
    comparison: Comparison,
    titles: tuple[str, str, str],
    significance: Significance | None,
    seconds: ScreenTimes | None,
    tell: Tell,
) -> Figure:
    rows, columns = list(comparison.row_order), list(comparison.column_order)
    figure = Figure(
        figsize=_size_in(comparison, seconds is not None), layout="constrained", facecolor="white"
    )
    axes = _grid(figure, has_bars=seconds is not None)
    values = comparison.similarity[np.ix_(rows, columns)]
    low, high = similarity_range(comparison.similarity)
    image = _cells(axes["cells"], values, low, high)
    _write_values(axes["cells"], values, low, high)
    _write_names(axes["cells"], comparison, rows, columns)
    note = ""
    if significance is not None:
        _hatch(axes["cells"], values, significance.is_above[np.ix_(rows, columns)])
        note = tell(HATCHED)
    _write_titles(axes["cells"], "" if seconds is not None else titles[0], titles[1], titles[2])
    if seconds is not None:
        _draw_bars(axes["top"], seconds.right[columns], columns, is_upright=True)
        _draw_bars(axes["side"], seconds.left[rows], rows, is_upright=False)
        axes["side"].set_xlabel(tell("screen time"), fontproperties=_font(8), color=_SOFT_INK)
        if titles[0]:
            _set_title(axes["top"], titles[0])
    _colour_bar(figure, axes["bar"], image, measure_label(comparison.measure), note)
    return figure


def _size_in(comparison: Comparison, has_bars: bool) -> tuple[float, float]:
    """Width and height that hold every name."""
    rows, n_columns = comparison.row_order, len(comparison.column_order)
    names = [_drawn(cluster_label(c, comparison.left_names), _ROW_NAME_COLUMNS) for c in rows]
    most_lines = max(name.count("\n") + 1 for name in names)
    extra_in = _BAR_IN if has_bars else 0.0
    width_in = 3.6 + extra_in + _CELL_WIDTH_IN * max(n_columns, 2)
    return width_in, 1.9 + extra_in + max(_CELL_HEIGHT_IN, 0.1 + 0.18 * most_lines) * max(len(rows), 2)


def _grid(figure: Figure, *, has_bars: bool) -> dict[str, Axes]:
    """Axes by name: cells and bar, and top and side for bars of screen time."""
    width_in, height_in = figure.get_size_inches()
    if not has_bars:
        grid = figure.add_gridspec(1, 2, width_ratios=(width_in, 0.2))
        return {"cells": figure.add_subplot(grid[0, 0]), "bar": figure.add_subplot(grid[0, 1])}
    grid = figure.add_gridspec(
        2, 3, width_ratios=(width_in - 3, _BAR_IN, 0.2), height_ratios=(_BAR_IN * 0.7, height_in - 2)
    )
    return {
        "cells": figure.add_subplot(grid[1, 0]),
        "top": figure.add_subplot(grid[0, 0]),
        "side": figure.add_subplot(grid[1, 1]),
        "bar": figure.add_subplot(grid[1, 2]),
    }


def _cells(axes: Axes, values: NDArray[np.float32], low: float, high: float) -> AxesImage:
    colours = LinearSegmentedColormap.from_list("similarity", SEQUENTIAL).with_extremes(bad="#f1f1f1")
    return axes.imshow(
        np.ma.masked_invalid(values),
        cmap=colours,
        vmin=low,
        vmax=high,
        aspect="auto",
        interpolation="nearest",
    )


def _hatch(axes: Axes, values: NDArray[np.float32], is_above: NDArray[np.bool_]) -> None:
    for row, column in np.ndindex(is_above.shape):
        if np.isfinite(values[row, column]) and not is_above[row, column]:
            place = (column - 0.5, row - 0.5)
            style: dict[str, Any] = {"fill": False, "hatch": "////", "linewidth": 0, "edgecolor": "#ffffff"}
            axes.add_patch(Rectangle(place, 1, 1, **style, zorder=1.5, alpha=0.75))


def _draw_bars(
    axes: Axes, seconds: NDArray[np.float64], clusters: Sequence[int], *, is_upright: bool
) -> None:
    """One bar of screen time for each cluster, in its colour, with its time."""
    colours = [cluster_colour(cluster) for cluster in clusters]
    places = np.arange(len(seconds))
    longest = max(float(seconds.max(initial=0.0)), 1e-9)
    for place, value in zip(places, seconds, strict=True):
        at = (place, value) if is_upright else (value, place)
        axes.annotate(
            clock(float(value)),
            at,
            xytext=(0, 2) if is_upright else (3, 0),
            textcoords="offset points",
            ha="center" if is_upright else "left",
            va="bottom" if is_upright else "center",
            fontproperties=_font(8),
            color=_SOFT_INK,
        )
    if is_upright:
        axes.bar(places, seconds, width=0.5, color=colours)
        axes.set_xlim(-0.5, len(seconds) - 0.5)
        axes.set_ylim(0, longest * 1.45)
    else:
        axes.barh(places, seconds, height=0.5, color=colours)
        axes.set_ylim(len(seconds) - 0.5, -0.5)
        axes.set_xlim(0, longest * 1.7)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def _colour_bar(figure: Figure, axes: Axes, image: AxesImage, measure: str, note: str) -> None:
    bar = figure.colorbar(image, cax=axes)
    text = "\n".join(filter(None, (_drawn(measure, 44), note)))
    bar.set_label(text, fontproperties=_font(8.5), color=_SOFT_INK, labelpad=8)
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
    bar.ax.tick_params(length=0, labelcolor=_SOFT_INK)
    for label in bar.ax.get_yticklabels():
        label.set_fontproperties(_font(8))


def _write_titles(axes: Axes, title: str, left_title: str, right_title: str) -> None:
    axes.set_ylabel(_drawn(left_title, 40), fontproperties=_font(10), color=_INK, labelpad=8)
    axes.set_xlabel(_drawn(right_title, 60), fontproperties=_font(10), color=_INK, labelpad=8)
    if title:
        _set_title(axes, title)


def _set_title(axes: Axes, title: str) -> None:
    text = _drawn(title, _TITLE_COLUMNS)
    axes.set_title(text, fontproperties=_font(12), color=_INK, pad=14, linespacing=1.35)


def _write_values(axes: Axes, values: NDArray[np.float32], low: float, high: float) -> None:
    for row, column in np.ndindex(values.shape):
        value = float(values[row, column])
        is_known = bool(np.isfinite(value))
        ink = "white" if is_known and is_dark_cell(value, low, high) else _INK
        text = f"{value:.2f}" if is_known else "–"
        axes.text(column, row, text, ha="center", va="center", color=ink, fontproperties=_font(10.5))


def _write_names(axes: Axes, comparison: Comparison, rows: list[int], columns: list[int]) -> None:
    right = [_drawn(cluster_label(c, comparison.right_names), _COLUMN_NAME_COLUMNS) for c in columns]
    left = [_drawn(cluster_label(c, comparison.left_names), _ROW_NAME_COLUMNS) for c in rows]
    axes.set_xticks(range(len(columns)), right)
    axes.set_yticks(range(len(rows)), left)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(_font(9.5))
        label.set_color(_INK)
        label.set_linespacing(1.25)
    axes.tick_params(length=0, pad=6)
    # White lines between the cells.
    axes.set_xticks(np.arange(len(columns) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(rows) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="minor", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _drawn(text: str, columns: int) -> str:
    # A dollar sign would start a formula.
    return "\n".join(wrapped(drawable(shortened(text, _DRAWN_COLUMNS)), columns)).replace("$", r"\$")


def _font(size_pt: float) -> FontProperties:
    return FontProperties(family=list(families()), size=size_pt)


def _bytes(figure: Figure, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    # "tight" grows the picture around whatever reaches past the figure's edge.
    figure.savefig(out, format=kind, bbox_inches="tight", pad_inches=0.15, **options)
    return out.getvalue()
