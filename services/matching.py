"""Which frames go with which segment: by start (paper §4.1.2), evenly (§4.2.2), or all that it spans."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.recipe import Alignment
from services.records import Frames, Method, Segment

_SPARSE = 3.0  # frames per segment from which a transcript may be spread uniformly; the paper's is 4.2
_ROUNDING_S = 1e-6  # frame times are sums of steps


@dataclass(frozen=True, slots=True)
class Matching:
    """What a method alone pairs, before any correction.

    frames_of: place of a segment -> its frames, ascending; segments without one are left out
    """

    frames_of: dict[int, tuple[int, ...]]
    method: Method
    reason: str  # why this method, in sentences for the page


def match(frames: Frames, segments: Sequence[Segment], alignment: Alignment) -> Matching:
    """Frames for the segments, which are in order of their start. Raises ValueError without a frame."""
    starts_s = np.array([segment.start_s for segment in segments])
    if alignment.method == "all_frames":
        return _match_all(frames.times_s, starts_s, np.array([segment.end_s for segment in segments]))
    return _match_each(frames.times_s, starts_s, alignment)


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


def spoken_segments(
    frame_times_s: NDArray[np.float64], starts_s: NDArray[np.float64], ends_s: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Index of the segment spoken at the time of each frame, -1 where there is none.

    frame_times_s: (N,) seconds; starts_s, ends_s: (M,) seconds, by start, M > 0
    Returns (N,) int64; of segments that overlap the one that began last.
    """
    moments_s = frame_times_s + _ROUNDING_S
    found = np.searchsorted(starts_s, moments_s, side="right").astype(np.int64) - 1
    found[np.maximum.accumulate(ends_s)[found] <= moments_s] = -1  # whatever has begun is over
    while (is_over := (found >= 0) & (ends_s[found] <= moments_s)).any():
        found[is_over] -= 1  # an earlier one goes on under those that are over
    return found


def end_s(times_s: NDArray[np.float64]) -> float:
    """Seconds at which the last frame's turn is over."""
    return float(times_s[-1]) + _step_s(times_s)


def _match_all(
    times_s: NDArray[np.float64], starts_s: NDArray[np.float64], ends_s: NDArray[np.float64]
) -> Matching:
    spoken = spoken_segments(times_s, starts_s, ends_s)
    frames_of = {
        int(row): tuple(np.flatnonzero(spoken == row).tolist()) for row in np.unique(spoken[spoken >= 0])
    }
    reason = "Each frame takes the segment that is spoken at its time."
    n_silent = int((spoken < 0).sum())
    if n_silent:
        reason += f" Frames at whose time nothing is spoken: {n_silent} of {len(times_s)}."
    return Matching(frames_of, "all_frames", reason)


def _match_each(
    times_s: NDArray[np.float64], starts_s: NDArray[np.float64], alignment: Alignment
) -> Matching:
    n_frames, n_segments = len(times_s), len(starts_s)
    density = f"{n_frames / n_segments:.1f} frames per segment ({n_frames} for {n_segments})"
    cause = "as chosen" if alignment.method == "uniform" else ""
    if alignment.method == "auto":
        cause = _cause_to_spread(times_s, starts_s)
    if cause:
        drawn = uniform_frames(n_frames, n_segments)
        reason = f"{density}, so frames are drawn uniformly ({_ratio(n_segments, n_frames)}); {cause}."
        return Matching({row: (frame,) for row, frame in enumerate(drawn.tolist())}, "uniform", reason)
    return _match_by_start(times_s, starts_s, density)


def _match_by_start(times_s: NDArray[np.float64], starts_s: NDArray[np.float64], density: str) -> Matching:
    video_end_s = end_s(times_s)
    # One step of grace: the last segment of the paper's English video starts after its last frame's turn.
    is_inside = starts_s < video_end_s + _step_s(times_s)
    nearest = nearest_frames(times_s, starts_s)
    frames_of = {int(row): (int(nearest[row]),) for row in np.flatnonzero(is_inside)}
    reason = f"{density}; each segment takes the frame nearest to its start."
    n_outside = len(starts_s) - len(frames_of)
    if n_outside:
        reason += f" Left out for starting after the video's end ({video_end_s:.0f} s): {n_outside}."
    return Matching(frames_of, "nearest_start", reason)


def _step_s(times_s: NDArray[np.float64]) -> float:
    """Seconds from one frame to the next."""
    return float(np.median(np.diff(times_s))) if len(times_s) > 1 else math.inf


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
    length_s = end_s(times_s) / n_segments
    is_even = np.abs(starts_s - np.arange(n_segments) * length_s).max() <= length_s
    return f"the segments start evenly, every {length_s:.0f} s" if is_even else ""


def _ratio(n_segments: int, n_frames: int) -> str:
    common = math.gcd(n_segments, n_frames)
    if common > 1 and n_frames // common <= 60:
        return f"{n_segments // common} of every {n_frames // common}"
    return f"{n_segments} of {n_frames}"
