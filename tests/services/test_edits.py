"""The table of pairs and the corrections in it say the same, in both directions."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.align import align
from services.edits import PairRow, edited_rows, edits_from, original_rows, told
from services.errors import AnalysisError
from services.recipe import Alignment, PairEdit
from services.records import Frames, Segment, Transcript

N_FRAMES = 12
ROWS = tuple(PairRow(segment, 2.0 * segment, segment, f"text {segment}") for segment in range(4))
NEAREST = Alignment("nearest_start")


def frames() -> Frames:
    return Frames(np.arange(N_FRAMES) * 2.0, Path("frames"), 320, 180)


def transcript(n: int = N_FRAMES) -> Transcript:
    return Transcript(tuple(Segment(2.0 * i + 0.5, 2.0 * i + 2, f"text {i}") for i in range(n)), "en")


def table(rows: Sequence[PairRow], **changes: Any) -> list[dict[str, Any]]:
    """The rows as the page's table gives them back, with changes of the first one."""
    shown = [{"frame": row.frame, "text": row.text, "drop": row.is_dropped} for row in rows]
    return [shown[0] | changes, *shown[1:]]


def edits_of(**changes: Any) -> tuple[PairEdit, ...]:
    return edits_from(ROWS, table(ROWS, **changes), N_FRAMES)


@st.composite
def corrections(draw: st.DrawFn) -> tuple[PairEdit, ...]:
    """Edits of some rows that each change something."""
    edits: list[PairEdit] = []
    for row in ROWS:
        text = draw(st.none() | st.text(min_size=1, max_size=8).map(str.strip).filter(bool))
        frame = draw(st.none() | st.integers(0, N_FRAMES - 1))
        edit = PairEdit(
            row.segment,
            None if text == row.text else text,
            None if frame == row.frame else frame,
            draw(st.booleans()),
        )
        edits += [edit] if edit != PairEdit(row.segment) else []
    return tuple(edits)


@given(corrections())
def test_corrections_come_back_from_the_table_that_shows_them(edits: tuple[PairEdit, ...]):
    assert edits_from(ROWS, table(edited_rows(ROWS, edits)), N_FRAMES) == edits


@given(corrections())
def test_the_table_shows_what_the_alignment_makes_of_the_corrections(edits: tuple[PairEdit, ...]):
    original = original_rows(frames(), transcript(), NEAREST)
    shown = [row for row in edited_rows(original, edits) if not row.is_dropped]
    pairs = align(frames(), transcript(), NEAREST, edits)
    assert [row.segment for row in shown] == pairs.segment_index.tolist()
    assert [row.frame for row in shown] == pairs.frame_index.tolist()
    assert [" ".join(row.text.split()) for row in shown] == list(pairs.texts)


@given(corrections())
def test_a_row_is_marked_as_changed_if_and_only_if_it_is(edits: tuple[PairEdit, ...]):
    rows = edited_rows(ROWS, edits)
    assert [row.is_changed for row in rows] == [
        asdict(row) | {"is_changed": False} != asdict(original)
        for row, original in zip(rows, ROWS, strict=True)
    ]


def test_original_rows_carry_the_start_of_their_segment():
    rows = original_rows(frames(), transcript(), NEAREST)
    assert rows[3] == PairRow(segment=3, time_s=6.5, frame=3, text="text 3")


def test_spaces_around_a_text_are_no_correction():
    assert edits_of(text="  text 0 ") == ()


def test_a_frame_that_comes_back_as_a_whole_float_is_taken():
    assert edits_of(frame=5.0) == (PairEdit(0, frame=5),)


@pytest.mark.parametrize("frame", [None, float("nan"), float("inf"), 2.5, -1, N_FRAMES, "7"])
def test_a_frame_that_does_not_exist_is_told_with_the_range(frame: Any):
    with pytest.raises(AnalysisError, match=r"The frame at 0:00 .* 0 to 11\. Type a number"):
        edits_of(frame=frame)


@pytest.mark.parametrize("text", ["", "  ", None, float("nan")])
def test_an_emptied_text_is_told_with_both_ways_on(text: Any):
    with pytest.raises(AnalysisError, match=r"The text at 0:00 is empty.* Write the words .* tick 'drop'"):
        edits_of(text=text)


def test_a_dropped_row_may_lose_its_text():
    assert edits_of(text="", drop=True) == (PairEdit(0, is_dropped=True),)


@pytest.mark.parametrize("drop", [None, False])
def test_an_emptied_tick_drops_nothing(drop: Any):
    assert edits_of(drop=drop) == ()


def test_a_table_of_another_length_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="zip"):
        edits_from(ROWS, table(ROWS)[:-1], N_FRAMES)


def test_corrections_are_told_by_time_with_before_and_after():
    edits = [PairEdit(3, is_dropped=True), PairEdit(1, text="new", frame=9)]
    assert told(edits, ROWS) == ["0:02  “text 1” → “new”, frame 1 → 9", "0:06  left out"]


def test_a_correction_of_a_segment_that_is_gone_is_not_told():
    assert told([PairEdit(99, text="x")], ROWS) == []
