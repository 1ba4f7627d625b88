"""The analyst's corrections of pairs as a table: rows out, the differences back (paper §4.1.2, §4.2.2)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.align import align
from services.errors import AnalysisError
from services.labels import clock
from services.recipe import Alignment, PairEdit
from services.records import AlignedPairs, Frames, Transcript


@dataclass(frozen=True, slots=True)
class PairRow:
    segment: int
    time_s: float  # the segment's start
    frame: int
    text: str
    is_dropped: bool = False
    is_changed: bool = False


def original_rows(frames: Frames, transcript: Transcript, alignment: Alignment) -> tuple[PairRow, ...]:
    """One row for each segment as the method alone pairs it, before any correction."""
    return _rows(align(frames, transcript, alignment, ()), transcript)


def edited_rows(original: Sequence[PairRow], edits: Iterable[PairEdit]) -> tuple[PairRow, ...]:
    """The rows with the corrections in them; dropped rows stay, and are marked."""
    by_segment = {edit.segment: edit for edit in edits}
    return tuple(_with_edit(row, by_segment.get(row.segment)) for row in original)


def edits_from(
    original: Sequence[PairRow], edited: Sequence[Mapping[str, Any]], n_frames: int
) -> tuple[PairEdit, ...]:
    """What the edited table changes in the original rows.

    edited: as many mappings with "frame", "text" and "drop", in the order of `original`
    Raises AnalysisError for an empty text and for a frame that does not exist.
    """
    edits: list[PairEdit] = []
    for row, new in zip(original, edited, strict=True):
        text, frame = _text(new["text"]), _frame(row, new["frame"], n_frames)
        is_dropped = bool(new["drop"])
        if not text and not is_dropped:
            raise AnalysisError(
                f"The text at {clock(row.time_s)} is empty, so there is nothing to learn from it. "
                "Write the words that are spoken, or tick 'drop' to leave the pair out."
            )
        edit = PairEdit(
            segment=row.segment,
            text=None if text in (row.text.strip(), "") else text,
            frame=None if frame == row.frame else frame,
            is_dropped=is_dropped,
        )
        if edit != PairEdit(row.segment):
            edits.append(edit)
    return tuple(edits)


def told(edits: Iterable[PairEdit], original: Sequence[PairRow]) -> list[str]:
    """Each correction as one line for people, in order of time."""
    rows = {row.segment: row for row in original}
    lines: list[str] = []
    for edit in sorted(edits, key=lambda edit: edit.segment):
        row = rows.get(edit.segment)
        if row is None:
            continue
        parts: list[str] = []
        if edit.is_dropped:
            parts.append("left out")
        if edit.text is not None:
            parts.append(f"“{row.text}” → “{edit.text}”")
        if edit.frame is not None:
            parts.append(f"frame {row.frame} → {edit.frame}")
        lines.append(f"{clock(row.time_s)}  {', '.join(parts)}")
    return lines


def _rows(pairs: AlignedPairs, transcript: Transcript) -> tuple[PairRow, ...]:
    return tuple(
        PairRow(int(segment), transcript.segments[int(segment)].start_s, int(frame), text)
        for segment, frame, text in zip(pairs.segment_index, pairs.frame_index, pairs.texts, strict=True)
    )


def _with_edit(row: PairRow, edit: PairEdit | None) -> PairRow:
    if edit is None:
        return row
    text = row.text if edit.text is None else edit.text
    frame = row.frame if edit.frame is None else edit.frame
    return PairRow(row.segment, row.time_s, frame, text, edit.is_dropped, is_changed=True)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""  # an emptied cell comes back as None or NaN


def _frame(row: PairRow, value: Any, n_frames: int) -> int:
    is_number = isinstance(value, int | float) and not (isinstance(value, float) and math.isnan(value))
    if is_number and float(value).is_integer() and 0 <= value < n_frames:
        return int(value)
    raise AnalysisError(
        f"The frame at {clock(row.time_s)} is {value}, but the frames are numbered 0 to {n_frames - 1}. "
        "Type a number from that range."
    )
