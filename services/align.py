"""Pairs frames with segments: by the segment's start (paper §4.1.2) or uniformly (§4.2.2), then edits."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.errors import AnalysisError
from services.recipe import Alignment, PairEdit
from services.records import AlignedPairs, Frames, Method, Transcript

MIN_PAIRS = 8  # fewer can be neither trained nor clustered
_SPARSE = 3.0  # frames per segment from which a transcript may be spread uniformly; the paper's is 4.2


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


@dataclass(frozen=True, slots=True)
class _Matching:
    frame_of: dict[int, int]  # segment -> frame
    method: Method
    reason: str


def nearest_frames(
    frame_times_s: NDArray[np.float64], segment_starts_s: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Index of the frame closest in time to each segment's start (paper §4.1.2).

    frame_times_s:    (N,) seconds from the video's start, ascending
    segment_starts_s: (M,) seconds
    Returns (M,) int64; on a tie the earlier frame wins.
    Raises ValueError if there is no frame.
    """
    if len(frame_times_s) == 0:
        raise ValueError("there is no frame to pair with")
    after = np.searchsorted(frame_times_s, segment_starts_s).clip(0, len(frame_times_s) - 1)
    before = (after - 1).clip(0)
    is_before = segment_starts_s - frame_times_s[before] <= frame_times_s[after] - segment_starts_s
    nearest = np.where(is_before, before, after)
    return np.searchsorted(frame_times_s, frame_times_s[nearest]).astype(np.int64)  # first of equal times


def uniform_frames(n_frames: int, n_segments: int) -> NDArray[np.int64]:
    """Index of one frame for each segment, drawn evenly over the video (paper §4.2.2).

    Of 21 frames 5 segments take +0, +4, +8, +12 and +16, and so in each block of 21.
    Returns (n_segments,) int64, ascending; with fewer frames than segments a frame serves several.
    Raises ValueError if there is no frame.
    """
    if n_frames < 1:
        raise ValueError("there is no frame to pair with")
    return np.arange(n_segments, dtype=np.int64) * n_frames // max(n_segments, 1)


def align(
    frames: Frames, transcript: Transcript, alignment: Alignment, edits: Sequence[PairEdit] = ()
) -> AlignedPairs:
    """One pair for each segment that falls into the video, by segment, with the analyst's edits on top.

    Edits of segments or frames that do not exist are left out, and the reason says so.
    Raises NothingMatches if all segments start after the video's end, TooFewPairs below MIN_PAIRS.
    """
    if len(frames.times_s) == 0 or not transcript.segments:
        raise TooFewPairs(0, transcript.source)
    starts_s = np.array([segment.start_s for segment in transcript.segments])
    matching = _match(frames.times_s, starts_s, alignment)
    if not matching.frame_of:
        raise NothingMatches(float(starts_s.min()), _end_s(frames.times_s), transcript.source)
    texts = {index: segment.text for index, segment in enumerate(transcript.segments)}
    frame_of, n_ignored = _edited(matching.frame_of, texts, edits, len(frames.times_s))
    if len(frame_of) < MIN_PAIRS:
        raise TooFewPairs(len(frame_of), transcript.source)
    segment_index = np.array(sorted(frame_of), dtype=np.int64)
    frame_index = np.array([frame_of[int(segment)] for segment in segment_index], dtype=np.int64)
    ignored = f" Edits left out because their frame or segment is not there: {n_ignored}."
    return AlignedPairs(
        frame_index,
        segment_index,
        frames.times_s[frame_index],
        tuple(texts[int(segment)] for segment in segment_index),
        matching.method,
        matching.reason + (ignored if n_ignored else ""),
    )


def _match(times_s: NDArray[np.float64], starts_s: NDArray[np.float64], alignment: Alignment) -> _Matching:
    n_frames, n_segments = len(times_s), len(starts_s)
    density = f"{n_frames / n_segments:.1f} frames per segment ({n_frames} for {n_segments})"
    cause = "as chosen" if alignment.method == "uniform" else ""
    if alignment.method == "auto":
        cause = _cause_to_spread(times_s, starts_s)
    if cause:
        drawn = uniform_frames(n_frames, n_segments)
        reason = f"{density}, so frames are drawn uniformly ({_ratio(n_segments, n_frames)}); {cause}."
        return _Matching(dict(enumerate(drawn.tolist())), "uniform", reason)
    return _match_by_start(times_s, starts_s, density)


def _match_by_start(times_s: NDArray[np.float64], starts_s: NDArray[np.float64], density: str) -> _Matching:
    end_s = _end_s(times_s)
    # One step of grace: the last segment of the paper's English video starts after its last frame's turn.
    is_inside = starts_s < end_s + _step_s(times_s)
    nearest = nearest_frames(times_s, starts_s)
    frame_of = {int(segment): int(nearest[segment]) for segment in np.flatnonzero(is_inside)}
    reason = f"{density}; each segment takes the frame nearest to its start."
    n_outside = len(starts_s) - len(frame_of)
    if n_outside:
        reason += f" Left out for starting after the video's end ({end_s:.0f} s): {n_outside}."
    return _Matching(frame_of, "nearest_start", reason)


def _step_s(times_s: NDArray[np.float64]) -> float:
    """Seconds from one frame to the next."""
    return float(np.median(np.diff(times_s))) if len(times_s) > 1 else math.inf


def _end_s(times_s: NDArray[np.float64]) -> float:
    """Seconds at which the last frame's turn is over."""
    return float(times_s[-1]) + _step_s(times_s)


def _cause_to_spread(times_s: NDArray[np.float64], starts_s: NDArray[np.float64]) -> str:
    """Why segments are to be spread evenly over the frames; "" if their own starts know better.

    A sparse transcript whose starts lie where even spreading puts them, within a segment's length, was
    stamped by a clock (the paper's: every 10 s, §4.2.2). Starts that differ from it were measured.
    """
    n_frames, n_segments = len(times_s), len(starts_s)
    if n_segments > 1 and len(np.unique(starts_s)) <= n_segments / 2:
        return "most segments share their start with another"
    if n_frames < _SPARSE * n_segments:
        return ""
    length_s = _end_s(times_s) / n_segments
    is_even = np.abs(starts_s - np.arange(n_segments) * length_s).max() <= length_s
    return f"the segments start evenly, every {length_s:.0f} s" if is_even else ""


def _edited(
    frame_of: dict[int, int], texts: dict[int, str], edits: Sequence[PairEdit], n_frames: int
) -> tuple[dict[int, int], int]:
    """segment -> frame after the edits, and the number of edits left out; `texts` gets the new texts."""
    edited = dict(frame_of)
    n_ignored = 0
    for edit in edits:
        is_there = edit.segment in texts and (edit.frame is None or 0 <= edit.frame < n_frames)
        if not is_there:
            n_ignored += 1
            continue
        if edit.text is not None:
            texts[edit.segment] = " ".join(edit.text.split())
        if edit.is_dropped:
            edited.pop(edit.segment, None)
        elif edit.frame is not None:
            edited[edit.segment] = edit.frame
    return {segment: frame for segment, frame in edited.items() if texts[segment]}, n_ignored


def _ratio(n_segments: int, n_frames: int) -> str:
    common = math.gcd(n_segments, n_frames)
    if common > 1 and n_frames // common <= 60:
        return f"{n_segments // common} of every {n_frames // common}"
    return f"{n_segments} of {n_frames}"
