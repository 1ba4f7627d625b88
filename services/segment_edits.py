"""The analyst's corrections of a transcript: groups of segments replaced by others (docs/decisions/008).

Each correction gives back the edits as they are after it; nothing here changes what it is given.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.errors import AnalysisError
from services.labels import clock
from services.recipe import Piece, TextEdit
from services.records import Segment
from services.segment_ids import located, unused
from services.segment_texts import checked_text, joined

_INSERTED_S = 2.0  # length of an inserted segment
_SHORTEST_S = 0.3  # a gap shorter than this is no room for one


class SegmentGone(AnalysisError):
    def __init__(self) -> None:
        super().__init__(
            "This segment is no longer there: it was changed in another tab or program. "
            "Nothing was saved; the table shows the segments as they are now."
        )


@dataclass(frozen=True, slots=True)
class Texts:
    """A transcript as it was got, with ids, and what the analyst made of it."""

    original: tuple[Segment, ...]
    edits: tuple[TextEdit, ...] = ()

    @property
    def segments(self) -> tuple[Segment, ...]:
        return apply(self.original, self.edits)

    def get(self, segment_id: int) -> Segment:
        """The segment as it is now. Raises SegmentGone."""
        for segment in self.segments:
            if segment.id == segment_id:
                return segment
        raise SegmentGone


@dataclass(frozen=True, slots=True)
class _Group:
    edit: TextEdit | None
    replaced: tuple[Segment, ...]  # of the transcript as it is now
    segments: tuple[Segment, ...]  # that stand in their place


def apply(original: Sequence[Segment], edits: Sequence[TextEdit]) -> tuple[Segment, ...]:
    """The corrected segments by start; the original ones carry their ids (services.segment_ids)."""
    groups = _groups(original, edits)
    gone = {segment.id for group in groups for segment in group.replaced}
    kept = [segment for segment in original if segment.id not in gone]
    made = [segment for group in groups for segment in group.segments]
    return tuple(sorted((*kept, *made), key=_order))


def originals(texts: Texts) -> dict[int, str]:
    """Id of each changed segment -> the original text in whose place it stands; "" for an inserted one."""
    return {
        segment.id: joined([one.text for one in group.replaced])
        for group in _groups(texts.original, texts.edits)
        for segment in group.segments
    }


def replaced_ids(texts: Texts) -> set[int]:
    """Ids of the original segments in whose place others stand."""
    return {one.id for group in _groups(texts.original, texts.edits) for one in group.replaced}


def with_text(texts: Texts, segment_id: int, text: str) -> tuple[TextEdit, ...]:
    """Raises AnalysisError for an empty or overlong text."""
    return with_texts(texts, {texts.get(segment_id).id: text})


def with_texts(texts: Texts, new: Mapping[int, str]) -> tuple[TextEdit, ...]:
    """Id -> new text, for many segments at once. Raises AnalysisError for an empty or overlong text."""
    groups = _groups(texts.original, texts.edits)
    in_groups = {one.id for group in groups for one in group.segments}
    groups += tuple(
        _Group(None, (one,), (one,)) for one in texts.original if one.id in new and one.id not in in_groups
    )
    edits: list[TextEdit | None] = []
    for group in groups:
        made = [
            dataclasses.replace(one, text=checked_text(new[one.id], one.start_s)) if one.id in new else one
            for one in group.segments
        ]
        edits.append(group.edit if made == list(group.segments) else _edit(group.replaced, made))
    return _in_order(edits)


def with_times(
    texts: Texts, segment_id: int, *, start_s: float | None = None, end_s: float | None = None
) -> tuple[TextEdit, ...]:
    """Another start or end in seconds; None keeps it. Raises AnalysisError for an end before its start."""
    segment = texts.get(segment_id)
    start_s = segment.start_s if start_s is None else start_s
    end_s = segment.end_s if end_s is None else end_s
    if not 0 <= start_s < end_s:
        raise AnalysisError(
            f"The segment at {clock(segment.start_s)} would start at {start_s:.3f} s and end at "
            f"{end_s:.3f} s. It has to end after it starts; nothing was changed. "
            "To move it later, change its end first."
        )
    return _changed(texts, [segment_id], [dataclasses.replace(segment, start_s=start_s, end_s=end_s)])


def split(texts: Texts, segment_id: int, at: int, at_s: float | None = None) -> tuple[TextEdit, ...]:
    """Two segments in the place of one.

    at:   number of characters in the first one
    at_s: when the second one starts; None divides the time as the characters
    Raises AnalysisError if one of them would be empty, or have no time.
    """
    segment = texts.get(segment_id)
    first, second = segment.text[:at].rstrip(), segment.text[at:].lstrip()
    if at_s is None:
        share = at / max(1, len(segment.text))
        at_s = round(segment.start_s + (segment.end_s - segment.start_s) * share, 3)
    if not first or not second or not segment.start_s < at_s < segment.end_s:
        raise AnalysisError(
            f"The segment at {clock(segment.start_s)} cannot be split there: both parts need words and time."
        )
    taken = {one.id for one in (*texts.original, *texts.segments)}
    return _changed(
        texts,
        [segment_id],
        [
            dataclasses.replace(segment, end_s=at_s, text=first),
            dataclasses.replace(segment, start_s=at_s, text=second, id=unused(round(at_s * 1000), taken)),
        ],
    )


def merged(texts: Texts, segment_id: int) -> tuple[TextEdit, ...]:
    """The segment and the next one by start as one. Raises AnalysisError for the last one."""
    segments = texts.segments
    segment = texts.get(segment_id)
    place = segments.index(segment)
    if place + 1 == len(segments):
        raise AnalysisError("This is the last segment, so there is none to merge it with.")
    following = segments[place + 1]
    text = _rejoined(texts, segment.text, following.text)
    whole = dataclasses.replace(
        segment, end_s=max(segment.end_s, following.end_s), text=checked_text(text, segment.start_s)
    )
    return _changed(texts, [segment.id, following.id], [whole])


def inserted(texts: Texts, after_id: int, text: str) -> tuple[TextEdit, ...]:
    """A segment with this text after another one: in the gap that follows, or 2 s long if there is none."""
    before = texts.get(after_id)
    start_s = before.end_s
    gap_s = min(
        (one.start_s - start_s for one in texts.segments if one.start_s > start_s), default=_INSERTED_S
    )
    end_s = start_s + (min(gap_s, _INSERTED_S) if gap_s >= _SHORTEST_S else _INSERTED_S)
    taken = {one.id for one in (*texts.original, *texts.segments)}
    new = unused(round(start_s * 1000), taken)
    return _changed(texts, [], [Segment(start_s, end_s, checked_text(text, start_s), "edited", new)])


def restored(texts: Texts, segment_id: int) -> tuple[TextEdit, ...]:
    """Without the change that made this segment: what it replaced comes back."""
    texts.get(segment_id)
    groups = _groups(texts.original, texts.edits)
    return _in_order(g.edit for g in groups if all(one.id != segment_id for one in g.segments))


def _rejoined(texts: Texts, first: str, second: str) -> str:
    """As the original has them together, else as two texts are joined."""
    for whole in (first + second, f"{first} {second}"):
        if any(whole in segment.text for segment in texts.original):
            return whole
    return joined([first, second])


def _changed(texts: Texts, ids: Sequence[int], by: Sequence[Segment]) -> tuple[TextEdit, ...]:
    """The edits once `by` is in the place of the segments with these ids; groups it touches become one."""
    groups = _groups(texts.original, texts.edits)
    touched = [g for g in groups if any(one.id in ids for one in g.segments)]
    in_groups = {one.id for g in touched for one in g.segments}
    replaced = [one for g in touched for one in g.replaced]
    replaced += [one for one in texts.segments if one.id in ids and one.id not in in_groups]
    stay = [one for g in touched for one in g.segments if one.id not in ids]
    return _in_order([*(g.edit for g in groups if g not in touched), _edit(replaced, [*stay, *by])])


def _edit(replaced: Sequence[Segment], by: Sequence[Segment]) -> TextEdit | None:
    """None where nothing would change."""
    new = sorted(by, key=_order)
    if sorted(replaced, key=_order) == new:
        return None
    pieces = tuple(Piece(one.id, one.start_s, one.end_s, one.text) for one in new)
    return TextEdit(tuple(sorted(one.id for one in replaced)), pieces)


def _in_order(edits: Iterable[TextEdit | None]) -> tuple[TextEdit, ...]:
    """One order for the same edits, so that they name the same results."""
    return tuple(sorted(filter(None, edits), key=lambda edit: edit.replaces or (edit.by[0].id,)))


def _groups(original: Sequence[Segment], edits: Sequence[TextEdit]) -> tuple[_Group, ...]:
    """Each edit with what it replaces now; no original segment is replaced twice."""
    claims = _claims(original, edits)
    used = {one.id for one in original} - {one.id for claim in claims for one in claim}
    groups: list[_Group] = []
    for edit, claim in zip(edits, claims, strict=True):
        origin = claim[0].origin if claim else "edited"
        made = tuple(
            Segment(piece.start_s, piece.end_s, piece.text, origin, unused(piece.id, used))
            for piece in edit.by
        )
        groups.append(_Group(edit, claim, made))
    return tuple(groups)


def _claims(original: Sequence[Segment], edits: Sequence[TextEdit]) -> list[tuple[Segment, ...]]:
    """What each edit replaces: by id, else by the nearest start, else what its segments overlap by half."""
    home = located((one for edit in edits for one in edit.replaces), [one.id for one in original])
    free = {one.id: one for one in original}
    claims = [[free.pop(home[one]) for one in edit.replaces if home.get(one) in free] for edit in edits]
    for edit, claim in zip(edits, claims, strict=True):
        if len(claim) < len(edit.replaces):
            over = [one for one in free.values() if _overlap_s(one, edit.by) >= (one.end_s - one.start_s) / 2]
            claim += [free.pop(one.id) for one in over]
    return [tuple(sorted(claim, key=_order)) for claim in claims]


def _overlap_s(segment: Segment, pieces: Sequence[Piece]) -> float:
    """Seconds that they share; below zero for none, so that a segment without length is not taken."""
    shared = [min(segment.end_s, one.end_s) - max(segment.start_s, one.start_s) for one in pieces]
    return sum(one for one in shared if one > 0) or -1.0


def _order(segment: Segment) -> tuple[float, int]:
    return segment.start_s, segment.id
