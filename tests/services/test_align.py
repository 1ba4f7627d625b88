"""Frames meet segments as the paper says, and the analyst's corrections win."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.align import NothingMatches, TooFewPairs, align
from services.recipe import Alignment, PairEdit
from services.records import Frames, Segment, Transcript
from services.segment_ids import numbered


def frames(n: int, interval_s: float = 2.0) -> Frames:
    return Frames(np.arange(n) * interval_s, Path("frames"), 320, 180)


def transcript(starts_s: list[float]) -> Transcript:
    return Transcript(numbered(Segment(s, s + 2, f"segment {n}") for n, s in enumerate(starts_s)), "en")


def spoken(n: int, seconds: float) -> list[float]:
    """Starts of n segments as speech gives them: about even, with pauses."""
    gaps = np.random.default_rng(0).uniform(0.2, 1.8, n)
    return (np.cumsum(gaps) / gaps.sum() * seconds * 0.98).round(2).tolist()


# Which method


def test_auto_takes_the_nearest_start_for_captions_as_dense_as_the_paper_s_english_ones():
    pairs = align(frames(109), transcript(spoken(96, 222)), Alignment())
    assert pairs.method == "nearest_start"
    assert pairs.reason.startswith(
        "1.1 frames per segment (109 for 96); each segment takes the frame nearest"
    )


def test_auto_draws_uniformly_for_the_paper_s_chinese_video():
    pairs = align(frames(378, 2.4), transcript([10.0 * n for n in range(90)]), Alignment())
    assert pairs.method == "uniform"
    assert len(pairs.texts) == 90
    assert pairs.frame_index[:6].tolist() == [0, 4, 8, 12, 16, 21]
    assert "4.2 frames per segment" in pairs.reason
    assert "drawn uniformly (5 of every 21); the segments start evenly, every 10 s" in pairs.reason


def test_auto_believes_starts_that_differ_from_an_even_spread():
    starts_s = [*(1.0 * n for n in range(20)), *(100.0 + 7 * n for n in range(10))]
    pairs = align(frames(100), transcript(starts_s), Alignment())
    assert pairs.method == "nearest_start"
    assert pairs.times_s[20] == 100.0


def test_auto_draws_uniformly_when_the_segments_have_no_times():
    pairs = align(frames(30), transcript([0.0] * 20), Alignment())
    assert pairs.method == "uniform"
    assert "share their start" in pairs.reason


def test_a_denser_sampling_does_not_make_spoken_captions_uniform():
    assert align(frames(444, 0.5), transcript(spoken(96, 222)), Alignment()).method == "nearest_start"


@pytest.mark.parametrize("method", ["nearest_start", "uniform", "all_frames"])
def test_a_chosen_method_is_kept(method: str):
    for n_frames, starts_s in ((109, spoken(96, 222)), (378, [8.0 * n for n in range(90)])):
        assert align(frames(n_frames), transcript(starts_s), Alignment(method)).method == method


def test_pairs_carry_the_time_of_their_frame_and_the_text_of_their_segment():
    pairs = align(frames(20), transcript([4.0 * n + 0.9 for n in range(9)]), Alignment("nearest_start"))
    assert pairs.frame_index.tolist() == [2 * n for n in range(9)]
    assert pairs.times_s.tolist() == [4.0 * n for n in range(9)]
    assert pairs.texts[3] == "segment 3"


def test_two_segments_may_share_a_frame():
    pairs = align(frames(10), transcript([1.0 * n for n in range(18)]), Alignment("nearest_start"))
    assert pairs.frame_index[:4].tolist() == [0, 0, 1, 1]


def test_segments_after_the_end_of_the_video_are_left_out_and_counted():
    starts_s = [2.0 * n for n in range(20)]
    pairs = align(frames(12), transcript(starts_s), Alignment())
    assert pairs.segment_index.tolist() == list(range(13))  # one step of grace after 24 s
    assert "Left out for starting after the video's end (24 s): 7." in pairs.reason


def test_the_last_segment_of_the_paper_s_english_pair_keeps_its_frame():
    starts_s = [*spoken(95, 216), 218.08]
    assert align(frames(109), transcript(starts_s), Alignment()).frame_index[-1] == 108


def test_captions_of_another_video_are_told():
    with pytest.raises(NothingMatches, match=r"starts at 5000 s and the video ends at 40 s\. Choose"):
        align(frames(20), transcript([5000.0 + n for n in range(20)]), Alignment())


def test_uniform_drawing_works_though_all_times_are_wrong():
    pairs = align(frames(20), transcript([5000.0 + n for n in range(20)]), Alignment("uniform"))
    assert pairs.frame_index.tolist() == list(range(20))


def test_too_few_pairs_are_told_with_what_to_do():
    with pytest.raises(TooFewPairs, match=r"Only 7 .* at least 8 .* longer video, .* shorter sampling"):
        align(frames(20), transcript([2.0 * n for n in range(7)]), Alignment())


# Edits


def edited(*edits: PairEdit):
    return align(frames(20), transcript([2.0 * n for n in range(12)]), Alignment("nearest_start"), edits)


def test_edits_choose_a_frame_and_drop():
    pairs = edited(PairEdit(4000, frame=9), PairEdit(6000, is_dropped=True))
    assert pairs.segment_index.tolist() == [0, 1, 2, *range(4, 12)]
    assert (pairs.frame_index[2], pairs.times_s[2]) == (9, 18.0)
    assert "left out" not in pairs.reason


def test_edits_of_what_is_not_there_are_left_out_and_counted():
    pairs = edited(PairEdit(99_000, is_dropped=True), PairEdit(2000, frame=20), PairEdit(4000, frame=-1))
    plain = edited()
    assert pairs.frame_index.tolist() == plain.frame_index.tolist()
    assert pairs.reason.endswith("Edits left out because their frame or segment is not there: 3.")


def test_an_edit_finds_its_segment_when_its_start_moved_a_little():
    assert edited(PairEdit(2400, frame=9)).frame_index[1] == 9


def test_a_frame_given_by_hand_brings_a_segment_back_that_starts_after_the_end():
    segments = transcript([*(2.0 * n for n in range(10)), 500.0])
    pairs = align(frames(10), segments, Alignment("nearest_start"), [PairEdit(500_000, frame=9)])
    assert (pairs.segment_index[-1], pairs.frame_index[-1]) == (10, 9)


def test_dropping_too_much_is_told():
    with pytest.raises(TooFewPairs, match="bring dropped pairs back"):
        edited(*(PairEdit(2000 * n, is_dropped=True) for n in range(5)))


def test_with_all_frames_a_segment_has_as_many_pairs_as_frames_and_silent_ones_are_counted():
    pairs = align(frames(16, 1.0), transcript([4.0 * n for n in range(4)]), Alignment("all_frames"))
    assert pairs.segment_index.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert pairs.frame_index.tolist() == [0, 1, 4, 5, 8, 9, 12, 13]
    assert pairs.reason.endswith("Frames at whose time nothing is spoken: 8 of 16.")


def test_with_all_frames_a_frame_chosen_by_hand_is_the_segment_s_only_one():
    edit = PairEdit(4000, frame=7)
    pairs = align(frames(20, 1.0), transcript([4.0 * n for n in range(5)]), Alignment("all_frames"), [edit])
    assert pairs.frame_index[pairs.segment_index == 1].tolist() == [7]


edits = st.builds(
    PairEdit, st.integers(-2, 14).map(lambda n: 2000 * n), st.none() | st.integers(-2, 25), st.booleans()
)


@given(st.lists(edits, max_size=4))
def test_whatever_the_edits_pairs_stay_whole(some: list[PairEdit]):
    pairs = edited(*some)
    assert len(pairs.frame_index) == len(pairs.segment_index) == len(pairs.times_s) == len(pairs.texts)
    assert (np.diff(pairs.segment_index) > 0).all()
    assert ((pairs.frame_index >= 0) & (pairs.frame_index < 20)).all()
