"""Frames are matched with segments as the paper says, or all that are spoken over."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching import nearest_frames, spoken_segments, uniform_frames

times_ms = st.lists(st.integers(0, 1_000_000), min_size=1, max_size=60, unique=True).map(sorted)

# Nearest start, §4.1.2


def test_nearest_frames_takes_the_earlier_of_two_equally_near():
    frames_s = np.array([0.0, 2.0, 4.0])
    assert nearest_frames(frames_s, np.array([1.0, 3.0, 3.9])).tolist() == [0, 1, 2]


def test_nearest_frames_beyond_the_ends_are_the_first_and_the_last():
    assert nearest_frames(np.array([1.0, 2.0]), np.array([-5.0, 99.0])).tolist() == [0, 1]


def test_nearest_frames_of_equal_times_is_the_first():
    assert nearest_frames(np.array([1.0, 1.0, 5.0]), np.array([0.0, 1.0, 2.0])).tolist() == [0, 0, 0]


@given(times_ms, st.lists(st.integers(-1000, 1_100_000), max_size=40))
def test_nearest_frames_is_the_first_of_the_smallest_distances(frame_ms: list[int], start_ms: list[int]):
    # In whole milliseconds, so that distances that look equal are equal in floating point too.
    found = nearest_frames(np.array(frame_ms, float), np.array(start_ms, float))
    expected = [min(range(len(frame_ms)), key=lambda n: abs(frame_ms[n] - start)) for start in start_ms]
    assert found.dtype == np.int64
    assert found.tolist() == expected


def test_no_frame_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="no frame"):
        nearest_frames(np.array([]), np.array([1.0]))
    with pytest.raises(ValueError, match="no frame"):
        uniform_frames(0, 3)


# Uniform, §4.2.2


def test_uniform_frames_draws_5_of_every_21():
    drawn = uniform_frames(378, 90)
    assert drawn[:6].tolist() == [0, 4, 8, 12, 16, 21]
    assert (drawn.reshape(18, 5) - 21 * np.arange(18)[:, None]).tolist() == [[0, 4, 8, 12, 16]] * 18


@given(st.integers(1, 500), st.integers(1, 500))
def test_uniform_frames_are_even_over_the_whole_video(n_frames: int, n_segments: int):
    drawn = uniform_frames(n_frames, n_segments)
    assert len(drawn) == n_segments
    assert drawn[0] == 0
    assert drawn[-1] < n_frames
    steps = np.diff(drawn)
    assert (steps >= 0).all()
    assert n_segments == 1 or steps.max() - steps.min() <= 1
    assert n_segments > n_frames or len(set(drawn.tolist())) == n_segments


# All frames

spans_ms = st.lists(
    st.tuples(st.integers(0, 100_000), st.integers(1, 20_000)),
    min_size=1,
    max_size=30,
    unique_by=lambda s: s[0],
).map(sorted)


def test_a_frame_at_an_end_belongs_to_what_begins_and_one_in_a_gap_to_nothing():
    found = spoken_segments(
        np.array([0.0, 2.0, 4.0, 6.0]), np.array([0.0, 2.0, 5.0]), np.array([2.0, 4.0, 7.0])
    )
    assert found.tolist() == [0, 1, -1, 2]


def test_of_overlapping_segments_the_one_that_began_last_is_spoken():
    found = spoken_segments(np.array([1.0, 3.0, 5.0]), np.array([0.0, 2.0]), np.array([9.0, 4.0]))
    assert found.tolist() == [0, 1, 0]


@given(times_ms, spans_ms)
def test_every_frame_takes_the_last_begun_of_the_segments_that_last(
    frame_ms: list[int], spans: list[tuple[int, int]]
):
    starts, lengths = np.array(spans, float).T
    found = spoken_segments(np.array(frame_ms) / 1000, starts / 1000, (starts + lengths) / 1000)
    expected = [
        max((n for n, (start, length) in enumerate(spans) if start <= at < start + length), default=-1)
        for at in frame_ms
    ]
    assert found.tolist() == expected
