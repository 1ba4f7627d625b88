"""What a method would give is told before it is chosen, and is what it gives then."""

from pathlib import Path

import numpy as np
import pytest

from services.align import align
from services.align_preview import METHODS, N_SLICES, previews, taken_method
from services.recipe import Alignment, PairEdit
from services.records import Frames, Segment, Transcript
from services.segment_ids import numbered

FRAMES = Frames(np.arange(20) * 2.0, Path("frames"), 320, 180)
SEGMENTS = numbered(Segment(4.0 * n, 4.0 * n + 2.0, f"text {n}") for n in range(9))
EDITS = (PairEdit(0, is_dropped=True),)


@pytest.mark.parametrize("method", METHODS)
def test_the_preview_counts_the_pairs_that_the_method_makes(method: str):
    made = align(FRAMES, Transcript(SEGMENTS, "en"), Alignment(method), EDITS)  # pyright: ignore[reportArgumentType]
    (told,) = (one for one in previews(FRAMES, SEGMENTS, EDITS, 40.0) if one.method == method)
    assert told.n_pairs == len(made.texts)
    assert told.n_frames_left == 20 - len(set(made.frame_index.tolist()))
    assert told.n_segments_left == 9 - len(set(made.segment_index.tolist()))


def test_coverage_is_the_share_of_seconds_within_a_paired_segment():
    told = previews(FRAMES, SEGMENTS, EDITS, 40.0)[0]
    assert told.coverage == pytest.approx(8 * 2 / 40)
    assert len(told.slices) == N_SLICES
    assert sum(told.slices) / N_SLICES == pytest.approx(told.coverage, abs=0.1)


def test_overlapping_segments_are_covered_once_and_what_lies_after_the_end_is_not():
    over = numbered([Segment(0, 20, "a"), Segment(10, 30, "b"), Segment(39, 60, "c")])
    assert previews(FRAMES, over, (), 40.0)[0].coverage == pytest.approx(31 / 40)


def test_a_folder_of_frames_ends_with_its_last_frame():
    assert previews(FRAMES, SEGMENTS, (), 0.0)[0].coverage == pytest.approx(9 * 2 / 40)


def test_without_texts_there_is_nothing_to_tell():
    assert previews(FRAMES, (), (), 40.0) == ()


def test_automatic_stands_for_a_method():
    assert taken_method(FRAMES, SEGMENTS, Alignment("auto")) == "nearest_start"
