"""The similarity heatmap as a picture for print (paper §5.4, figures 8 and 9)."""

import io

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from services.fonts import drawable, families
from services.labels import cluster_label, measure_label, shortened, wrapped
from services.palette import SEQUENTIAL, is_dark_cell, similarity_range
from services.records import Comparison

DPI = 300
_CELL_WIDTH_IN, _CELL_HEIGHT_IN = 1.3, 0.62
_ROW_NAME_COLUMNS, _COLUMN_NAME_COLUMNS, _TITLE_COLUMNS = 26, 15, 56
_INK, _SOFT_INK = "#1b1f24", "#5a6270"


def heatmap_png(
    comparison: Comparison,
    *,
    title: str = "",
    left_title: str = "Left video",
    right_title: str = "Right video",
    dpi: int = DPI,
) -> bytes:
    """The cells with their values as PNG bytes, on white; rows are the left video's clusters."""
    rows, columns = list(comparison.row_order), list(comparison.column_order)
    width_in = 3.6 + _CELL_WIDTH_IN * max(len(columns), 2)
    most_lines = max(len(wrapped(cluster_label(c, comparison.left_names), _ROW_NAME_COLUMNS)) for c in rows)
    height_in = 1.9 + max(_CELL_HEIGHT_IN, 0.1 + 0.18 * most_lines) * max(len(rows), 2)
    figure = Figure(figsize=(width_in, height_in), layout="constrained", facecolor="white")
    axes = figure.add_subplot()
    low, high = similarity_range(comparison.similarity)
    colours = LinearSegmentedColormap.from_list("similarity", SEQUENTIAL).with_extremes(bad="#f1f1f1")
    values = comparison.similarity[np.ix_(rows, columns)]
    image = axes.imshow(
        np.ma.masked_invalid(values),
        cmap=colours,
        vmin=low,
        vmax=high,
        aspect="auto",
        interpolation="nearest",
    )
    _write_values(axes, values, low, high)
    _write_names(axes, comparison, rows, columns)
    _write_titles(axes, title, left_title, right_title)
    bar = figure.colorbar(image, ax=axes, fraction=0.05, pad=0.03, aspect=22)
    measure = _drawn(measure_label(comparison.measure), 44)
    bar.set_label(measure, fontproperties=_font(8.5), color=_SOFT_INK, labelpad=8)
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
    bar.ax.tick_params(length=0, labelcolor=_SOFT_INK)
    for label in bar.ax.get_yticklabels():
        label.set_fontproperties(_font(8))
    return _png(figure, dpi)


def _write_titles(axes: Axes, title: str, left_title: str, right_title: str) -> None:
    axes.set_ylabel(_drawn(left_title, 40), fontproperties=_font(10), color=_INK, labelpad=8)
    axes.set_xlabel(_drawn(right_title, 60), fontproperties=_font(10), color=_INK, labelpad=8)
    if title:
        axes.set_title(
            _drawn(title, _TITLE_COLUMNS), fontproperties=_font(12), color=_INK, pad=14, linespacing=1.35
        )


def _write_values(axes: Axes, values: np.ndarray, low: float, high: float) -> None:
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
    return "\n".join(wrapped(drawable(shortened(text, 400)), columns)).replace("$", r"\$")


def _font(size_pt: float) -> FontProperties:
    return FontProperties(family=list(families()), size=size_pt)


def _png(figure: Figure, dpi: int) -> bytes:
    out = io.BytesIO()
    # "tight" grows the picture around whatever reaches past the figure's edge.
    figure.savefig(out, format="png", dpi=dpi, bbox_inches="tight", pad_inches=0.15)
    return out.getvalue()
