"""Rows of the Align page say what the pairs are, and frames are chosen by segment."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.align import align
from services.edits import PairRow, pair_rows, still_meant, with_drop, with_frame
from services.recipe import Alignment, PairEdit
from services.records import Frames, Segment, Transcript
from services.segment_edits import Texts, merged, with_text
from services.segment_ids import numbered

N = 14
FRAMES = Frames(np.arange(N) * 2.0, Path("frames"), 320, 180)
TEXTS = Texts(numbered(Segment(2.0 * i + 0.5, 2.0 * i + 2.5, f"text {i}") for i in range(N)))
IDS = [segment.id for segment in TEXTS.original]
NEAREST = Alignment("nearest_start")


def rows(*edits: PairEdit, texts: Texts = TEXTS, alignment: Alignment = NEAREST) -> tuple[PairRow, ...]:
    return pair_rows(FRAMES, texts, alignment, edits)


pair_edits = st.lists(
    st.builds(PairEdit, st.sampled_from(IDS[:4]), st.none() | st.integers(0, N - 1), st.booleans()),
    max_size=4,
    unique_by=lambda edit: edit.segment,
)


@given(pair_edits, st.sampled_from(["nearest_start", "uniform", "all_frames"]))
def test_the_rows_show_what_the_alignment_makes_of_the_corrections(edits: list[PairEdit], method: str):
    alignment = Alignment(method)  # pyright: ignore[reportArgumentType]
    found = rows(*edits, alignment=alignment)
    pairs = align(FRAMES, Transcript(TEXTS.segments, "en"), alignment, edits)
    told = [(place, frame) for place, row in enumerate(found) if not row.is_dropped for frame in row.frames]
    assert told == list(zip(pairs.segment_index.tolist(), pairs.frame_index.tolist(), strict=True))


@given(pair_edits)
def test_a_row_is_marked_as_edited_if_and_only_if_it_is(edits: list[PairEdit]):
    changed = {edit.segment for edit in edits if edit != PairEdit(edit.segment)}
    assert {row.segment.id for row in rows(*edits) if row.is_edited} == changed


def test_a_dropped_row_stays_with_its_frame():
    row = rows(PairEdit(500, is_dropped=True))[0]
    assert (row.is_dropped, row.frames) == (True, (0,))


def test_a_corrected_text_tells_what_it_was():
    texts = Texts(TEXTS.original, with_text(TEXTS, 2500, "new"))
    assert [(row.segment.text, row.original) for row in rows(texts=texts)[:2]] == [
        ("text 0", None),
        ("new", "text 1"),
    ]


def test_a_segment_after_the_end_has_no_frame():
    late = Texts(numbered([*TEXTS.original, Segment(500.0, 502.0, "late")]))
    assert rows(texts=late)[-1].frames == ()
    assert pair_rows(FRAMES, Texts(()), NEAREST, ()) == ()


@given(pair_edits)
def test_a_drop_that_is_taken_back_leaves_the_edits_as_they_were(edits: list[PairEdit]):
    before = tuple(
        sorted((e for e in edits if e.segment != 500 and e != PairEdit(e.segment)), key=lambda e: e.segment)
    )
    dropped = with_drop(before, IDS, 500, True)
    assert with_drop(dropped, IDS, 500, False) == before


def test_a_second_choice_of_a_frame_replaces_the_first_one():
    edits = with_frame(with_frame((), IDS, 500, 3), IDS, 500, 4)
    assert edits == (PairEdit(500, frame=4),)


def test_a_choice_made_before_the_captions_came_anew_is_the_segment_s():
    assert with_frame((PairEdit(700, is_dropped=True),), IDS, 500, 4) == (PairEdit(500, 4, True),)


def test_choices_of_a_segment_that_a_merge_took_away_go_and_others_stay():
    edits = (PairEdit(2500, frame=3), PairEdit(4500, frame=4), PairEdit(99_000, frame=5))
    after = [s.id for s in Texts(TEXTS.original, merged(TEXTS, 500)).segments]
    assert still_meant(edits, IDS, after) == edits[1:]


@pytest.mark.parametrize("method", ["nearest_start", "uniform", "all_frames"])
def test_no_frames_give_rows_without_frames(method: str):
    nothing = Frames(np.array([]), Path("frames"), 320, 180)
    found = pair_rows(nothing, TEXTS, Alignment(method), ())  # pyright: ignore[reportArgumentType]
    assert [row.frames for row in found] == [()] * N
