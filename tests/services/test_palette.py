"""Colours are told apart by every reader and on both grounds."""

import itertools

import numpy as np
import pytest

from services.palette import (
    SEQUENTIAL,
    cluster_colour,
    cluster_symbol,
    is_dark_cell,
    similarity_range,
)

# Linear RGB as readers with full protanopia, deuteranopia and tritanopia see it (Machado et al. 2009).
VISION = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
GROUNDS = {"light": "#ffffff", "dark": "#0e1117"}


def linear(colour: str) -> np.ndarray:
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    to_lms = np.array(
        [
            [0.41222147, 0.53633254, 0.05144599],
            [0.2119035, 0.68069955, 0.10739696],
            [0.08830246, 0.28171884, 0.6299787],
        ]
    )
    to_lab = np.array(
        [
            [0.21045426, 0.79361779, -0.00407205],
            [1.9779985, -2.42859221, 0.4505937],
            [0.0259040, 0.78277177, -0.80867577],
        ]
    )
    return to_lab @ np.cbrt(np.clip(to_lms @ rgb, 0, None))


def contrast(a: str, b: str) -> float:
    y = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) + 0.05 for c in (a, b))
    return y[1] / y[0]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("vision", list(VISION))
def test_any_two_of_ten_cluster_colours_differ_for_every_kind_of_colour_vision(theme, vision):
    seen = [oklab(np.clip(VISION[vision] @ linear(cluster_colour(c, theme)), 0, 1)) for c in range(10)]
    # 0.02 is just noticeable in OKLab; 0.05 is told apart in small marks.
    assert min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2)) >= 0.05


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_cluster_colours_stand_out_from_the_ground(theme):
    assert min(contrast(cluster_colour(c, theme), GROUNDS[theme]) for c in range(12)) >= 2.2


def test_light_colours_can_be_seen_on_a_dark_ground_too():
    assert min(contrast(cluster_colour(c, "light"), GROUNDS["dark"]) for c in range(12)) >= 2.2


def test_clusters_beyond_the_twelfth_get_colours_again():
    assert cluster_colour(12) == cluster_colour(0)


def test_clusters_that_share_a_colour_differ_in_symbol():
    assert cluster_symbol(12) != cluster_symbol(0)


def test_similarity_colours_darken_in_equal_steps():
    lightness = [float(oklab(linear(colour))[0]) for colour in SEQUENTIAL]
    steps = -np.diff(lightness)
    assert steps.min() > 0
    assert steps.max() / steps.min() < 1.2  # rounding to 8 bits and the gamut's edge


def test_the_similarity_scale_covers_the_values_on_round_numbers():
    assert similarity_range(np.array([[0.312, 0.678]], np.float32)) == (0.3, 0.7)


def test_the_similarity_scale_does_not_blow_up_small_differences():
    low, high = similarity_range(np.array([[0.51, 0.52]], np.float32))
    assert high - low >= 0.2 - 1e-9


def test_the_similarity_scale_leaves_out_cells_without_a_value():
    assert similarity_range(np.array([[np.nan, 0.3], [0.7, np.nan]], np.float32)) == (0.3, 0.7)
    assert similarity_range(np.array([[np.nan]], np.float32)) == (0.0, 1.0)


@pytest.mark.parametrize("value", np.linspace(0, 1, 21))
def test_letters_in_a_cell_can_be_read(value):
    place = value * (len(SEQUENTIAL) - 1)
    colour = SEQUENTIAL[round(place)]
    letters = "#ffffff" if is_dark_cell(value, 0.0, 1.0) else "#1b1f24"
    assert contrast(colour, letters) >= 3.8  # large text needs 3, small text 4.5
