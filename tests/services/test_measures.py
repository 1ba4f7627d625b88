"""Four measures of how alike two sets of tags are: what they count, and what they do not depend on."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.measures import MEASURES, NAMES, likeness, likenesses

MEASURE_NAMES = list(MEASURES)


def unit(rng: np.random.Generator, n: int, d: int = 6) -> np.ndarray:
    vectors = rng.normal(size=(n, d)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


sets = st.builds(
    lambda seed, n: unit(np.random.default_rng(seed), n), st.integers(0, 9999), st.integers(1, 12)
)
ABOUT = 2e-6  # float32


def at_cosines(*cosines: float) -> np.ndarray:
    """Vectors in a plane with these cosines to (1, 0)."""
    return np.array([[c, math.sqrt(1 - c * c)] for c in cosines], np.float32)


def test_the_best_are_averaged():
    assert likeness(at_cosines(0.9, 0.1, 0.5, -0.2), at_cosines(1.0), "best", 2) == pytest.approx(
        0.7, abs=ABOUT
    )


def test_with_fewer_cosines_than_asked_for_all_are_taken():
    assert likeness(at_cosines(0.9, 0.1), at_cosines(1.0), "best", 10) == pytest.approx(0.5, abs=ABOUT)


def test_one_word_near_to_everything_counts_once_in_pairs_and_often_in_matches():
    hub, others = at_cosines(1.0, 0.0), at_cosines(1.0, 0.999, 0.998)
    assert likeness(hub, others, "pairs") < likeness(hub, others, "match")


def test_pairs_take_the_best_sum_and_not_the_best_pair_first():
    left, right = at_cosines(1.0, 0.8), at_cosines(0.8, 0.1)
    cosines = left @ right.T
    best = max(cosines[0, 0] + cosines[1, 1], cosines[0, 1] + cosines[1, 0]) / 2
    assert likeness(left, right, "pairs") == pytest.approx(float(best), abs=ABOUT)


def test_centres_look_at_the_whole():
    scattered = np.array([[1, 0], [-1, 0], [0, 1]], np.float32)
    assert likeness(scattered, np.array([[0, 1]], np.float32), "centre") == pytest.approx(1, abs=ABOUT)


@pytest.mark.parametrize("measure", MEASURE_NAMES)
def test_no_tags_give_no_value(measure):
    assert math.isnan(likeness(np.zeros((0, 3), np.float32), at_cosines(1.0), measure))


@given(sets, sets, st.sampled_from(MEASURE_NAMES))
def test_sides_and_order_do_not_matter(left, right, measure):
    value = likeness(left, right, measure)
    assert -1 <= value <= 1
    assert likeness(right, left, measure) == pytest.approx(value, abs=1e-5)
    assert likeness(left[::-1].copy(), right, measure) == pytest.approx(value, abs=1e-5)


@given(sets, st.sampled_from(["match", "pairs", "centre"]))
def test_a_set_beside_itself_is_as_alike_as_can_be(tags, measure):
    assert likeness(tags, tags, measure) == pytest.approx(1, abs=1e-5)


@given(st.integers(0, 9999), st.sampled_from(MEASURE_NAMES), st.booleans())
def test_the_matrix_holds_what_each_pair_gives(seed, measure, is_even):
    rng = np.random.default_rng(seed)
    sizes = [5] * 5 if is_even else [1, 4, 5, 2, 12]
    left, right = [unit(rng, n) for n in sizes[:2]], [unit(rng, n) for n in sizes[2:]]
    expected = [[likeness(a, b, measure) for b in right] for a in left]
    np.testing.assert_allclose(likenesses(left, right, measure), expected, atol=1e-5)


def test_every_measure_has_a_name_and_a_meaning():
    assert set(NAMES) == set(MEASURES)
    assert all(text.meaning.endswith(".") for text in MEASURES.values())
