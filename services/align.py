"""Pairs of a frame and a segment: as a method matches them, with the analyst's choices on top (paper §4)."""

from collections.abc import Mapping, Sequence

import numpy as np

from services.errors import AnalysisError
from services.matching import end_s, match
from services.recipe import Alignment, PairEdit
from services.records import AlignedPairs, Frames, Transcript
from services.segment_ids import located

MIN_PAIRS = 8  # fewer can be neither trained nor clustered


class TooFewPairs(AnalysisError):
    def __init__(self, n_pairs: int, name: str):
        super().__init__(
            f"Only {n_pairs} frame-and-text pairs are left{_of(name)}, and at least {MIN_PAIRS} are needed. "
            "Take a longer video, captions with more segments or a shorter sampling interval, "
            "or bring dropped pairs back."
        )
        self.n_pairs = n_pairs


class NothingMatches(AnalysisError):
    def __init__(self, first_start_s: float, video_end_s: float, name: str):
        super().__init__(
            f"No segment{_of(name)} matches the video: the first one starts at {first_start_s:.0f} s and the "
            f"video ends at {video_end_s:.0f} s. Choose the captions of this video, or the uniform method if "
            "the text is right and only its times are wrong."
        )


def _of(name: str) -> str:
    return f" of {name}" if name else ""


def align(
    frames: Frames, transcript: Transcript, alignment: Alignment, edits: Sequence[PairEdit] = ()
) -> AlignedPairs:
    """Pairs of the segments that fall into the video, by segment and frame, with the analyst's edits on top.

    Edits of segments or frames that do not exist are left out, and the reason says so.
    Raises NothingMatches if no segment meets a frame, TooFewPairs below MIN_PAIRS.
    """
    segments = transcript.segments
    if len(frames.times_s) == 0 or not segments:
        raise TooFewPairs(0, transcript.source)
    matching = match(frames, segments, alignment)
    if not matching.frames_of:
        raise NothingMatches(segments[0].start_s, end_s(frames.times_s), transcript.source)
    ids = [segment.id for segment in segments]
    frames_of, n_ignored = corrected(matching.frames_of, ids, edits, len(frames.times_s))
    pairs = [(row, frame) for row in sorted(frames_of) for frame in frames_of[row]]
    if len(pairs) < MIN_PAIRS:
        raise TooFewPairs(len(pairs), transcript.source)
    segment_index, frame_index = np.array(pairs, dtype=np.int64).T
    ignored = f" Edits left out because their frame or segment is not there: {n_ignored}."
    return AlignedPairs(
        frame_index,
        segment_index,
        frames.times_s[frame_index],
        tuple(segments[row].text for row, _ in pairs),
        matching.method,
        matching.reason + (ignored if n_ignored else ""),
    )


def corrected(
    frames_of: Mapping[int, tuple[int, ...]], ids: Sequence[int], edits: Sequence[PairEdit], n_frames: int
) -> tuple[dict[int, tuple[int, ...]], int]:
    """Place of a segment -> frames after the edits, and the number of edits left out.

    ids: of the segments, by place; a frame chosen by hand is the segment's only one
    """
    place_of = {segment_id: place for place, segment_id in enumerate(ids)}
    home = located([edit.segment for edit in edits], ids)
    changed = dict(frames_of)
    n_ignored = 0
    for edit in edits:
        if edit.segment not in home or not (edit.frame is None or 0 <= edit.frame < n_frames):
            n_ignored += 1
            continue
        place = place_of[home[edit.segment]]
        if edit.is_dropped:
            changed.pop(place, None)
        elif edit.frame is not None:
            changed[place] = (edit.frame,)
    return changed, n_ignored
