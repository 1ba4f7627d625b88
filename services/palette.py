"""Colours of clusters and of similarity, the same on every page, in the report and in the pictures."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from services.recipe import Side

Theme = Literal["light", "dark"]

SIDE_NAMES: dict[Side, str] = {"left": "Left video", "right": "Right video"}

# Chosen so that any two of the first ten differ by at least 0.05 in OKLab, also to readers with protanopia,
# deuteranopia or tritanopia. The light set is legible on dark grounds too; the dark set is its lifted twin.
_LIGHT = (
    "#3162ad", "#d8a323", "#9e3604", "#28a794", "#ae9ffd", "#8d8015",
    "#863c79", "#7883bc", "#ba506a", "#da7865", "#77b8cc", "#01653a",
)  # fmt: skip
_DARK = (
    "#5689d7", "#e4ae34", "#cd6139", "#46bda9", "#b8acfe", "#aa9d3b",
    "#b265a3", "#909cd7", "#dd6f88", "#ef8b77", "#82c3d8", "#409264",
)  # fmt: skip
MARKER_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "star", "x", "hexagon")

# From little to much; equal steps of lightness.
SEQUENTIAL = (
    "#dff9fc", "#b1e4ef", "#84cce5", "#5bb3db", "#3999cf", "#237dbf", "#1d61ab", "#1f4792", "#1f2d75",
)  # fmt: skip
QUIET = "rgba(128, 128, 128, 0.28)"  # lines that must be seen on light and dark grounds
NO_CLUSTER = "#8c8c8c"  # pairs in no cluster
IMAGE_LOSS, TEXT_LOSS = _LIGHT[0], _LIGHT[1]


def cluster_colour(cluster: int, theme: Theme = "light") -> str:
    """The cluster's colour as #rrggbb, grey for -1; after twelve clusters the colours begin again."""
    if cluster < 0:
        return NO_CLUSTER
    colours = _DARK if theme == "dark" else _LIGHT
    return colours[cluster % len(colours)]


def ink(colour: str) -> str:
    """Black or white letters, whichever is easier to read on #rrggbb (relative luminance as in WCAG 2)."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return "#ffffff" if float(linear @ (0.2126, 0.7152, 0.0722)) < 0.179 else "#1b1f24"


def cluster_symbol(cluster: int) -> str:
    """The cluster's marker in plotly's words, so that clusters are told apart without colour."""
    if cluster < 0:
        return "circle-open"
    return MARKER_SYMBOLS[cluster % len(MARKER_SYMBOLS)]


def similarity_range(similarity: NDArray[np.float32]) -> tuple[float, float]:
    """Lower and upper end of the colour scale: the values' range on multiples of 0.05, at least 0.2 wide."""
    known = similarity[np.isfinite(similarity)]
    if known.size == 0:
        return 0.0, 1.0
    low = float(np.floor(round(float(known.min()) * 20, 4)) / 20)
    high = float(np.ceil(round(float(known.max()) * 20, 4)) / 20)
    lack = max(0.0, 0.2 - (high - low)) / 2
    low, high = low - lack, high + lack
    return round(max(low, -1.0), 3), round(min(high, 1.0), 3)


def is_dark_cell(value: float, low: float, high: float) -> bool:
    """Whether white letters are easier to read than black ones on this value's colour."""
    return (value - low) / (high - low) > 0.57
