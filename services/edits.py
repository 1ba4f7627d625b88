"""The segments of a video as rows of the Align page, and the analyst's choice of their frames."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.align import corrected
from services.matching import match
from services.recipe import Alignment, PairEdit
from services.records import Frames, Segment
from services.segment_edits import Texts, originals
from services.segment_ids import located


@dataclass(frozen=True, slots=True)
class PairRow:
    """One segment with its frames.

    frames:    indices into Frames, ascending; () where it has none
    original:  the text as it was got; None where neither text nor times were changed, "" for an inserted one
    is_paired_by_hand: its frame was chosen
    """

    segment: Segment
    frames: tuple[int, ...]
    original: str | None = None
    is_paired_by_hand: bool = False
    is_dropped: bool = False

    @property
    def is_edited(self) -> bool:
        return self.original is not None or self.is_paired_by_hand or self.is_dropped


def pair_rows(
    frames: Frames, texts: Texts, alignment: Alignment, edits: Sequence[PairEdit]
) -> tuple[PairRow, ...]:
    """One row for each segment as it is after all corrections; dropped ones stay and keep their frames."""
    segments = texts.segments
    if not segments:
        return ()
    ids = [segment.id for segment in segments]
    found = match(frames, segments, alignment).frames_of if len(frames.times_s) else {}
    shown = [dataclasses.replace(edit, is_dropped=False) for edit in edits]
    frames_of, _ = corrected(found, ids, shown, len(frames.times_s))
    changed = originals(texts)
    home = located([edit.segment for edit in edits], ids)
    edit_of = {home[edit.segment]: edit for edit in edits if edit.segment in home}
    return tuple(
        PairRow(
            segment,
            frames_of.get(place, ()),
            changed.get(segment.id),
            is_paired_by_hand=segment.id in edit_of and edit_of[segment.id].frame is not None,
            is_dropped=segment.id in edit_of and edit_of[segment.id].is_dropped,
        )
        for place, segment in enumerate(segments)
    )


def with_frame(
    edits: Sequence[PairEdit], ids: Sequence[int], segment_id: int, frame: int
) -> tuple[PairEdit, ...]:
    """The edits with this frame for the segment; ids are those of all segments."""
    return _with(edits, ids, segment_id, frame=frame)


def with_drop(
    edits: Sequence[PairEdit], ids: Sequence[int], segment_id: int, is_dropped: bool
) -> tuple[PairEdit, ...]:
    """The edits with the segment left out, or taken in again."""
    return _with(edits, ids, segment_id, is_dropped=is_dropped)


def still_meant(
    edits: Iterable[PairEdit], ids_before: Sequence[int], ids_after: Sequence[int]
) -> tuple[PairEdit, ...]:
    """The edits without those of segments that a correction of the texts took away."""
    kept = tuple(edits)
    home = located([edit.segment for edit in kept], ids_before)
    gone = set(ids_before) - set(ids_after)
    return tuple(edit for edit in kept if home.get(edit.segment) not in gone)


def _with(
    edits: Sequence[PairEdit], ids: Sequence[int], segment_id: int, **fields: int | bool
) -> tuple[PairEdit, ...]:
    home = located([edit.segment for edit in edits], ids)
    before = next((edit for edit in edits if home.get(edit.segment) == segment_id), PairEdit(segment_id))
    new = dataclasses.replace(before, segment=segment_id, **fields)
    others = [edit for edit in edits if edit is not before]
    if new != PairEdit(segment_id):
        others.append(new)
    return tuple(sorted(others, key=lambda edit: edit.segment))
