"""What each method of pairing would give, before one is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from services.align import corrected
from services.matching import end_s, match
from services.recipe import Alignment, PairEdit
from services.records import Frames, Method, Segment

METHODS: tuple[Method, ...] = get_args(Method)
N_SLICES = 120  # of the time line's picture


@dataclass(frozen=True, slots=True)
class MethodPreview:
    """What a method gives with the corrections on top.

    coverage: share of the video's seconds within a paired segment, 0 … 1
    slices:   for N_SLICES equal parts of the video, whether some of it is within a paired segment
    """

    method: Method
    n_pairs: int
    coverage: float
    n_frames_left: int  # in no pair
    n_segments_left: int
    slices: tuple[bool, ...]


def previews(
    frames: Frames, segments: Sequence[Segment], edits: Sequence[PairEdit], duration_s: float
) -> tuple[MethodPreview, ...]:
    """Every method's preview. duration_s: of the video; 0.0 for a folder, which ends with its last frame."""
    if not segments or not len(frames.times_s):
        return ()
    length_s = duration_s or end_s(frames.times_s)
    return tuple(_preview(frames, segments, edits, length_s, method) for method in METHODS)


def taken_method(frames: Frames, segments: Sequence[Segment], alignment: Alignment) -> Method:
    """The method that a setting stands for on these texts."""
    return match(frames, segments, alignment).method


def _preview(
    frames: Frames, segments: Sequence[Segment], edits: Sequence[PairEdit], length_s: float, method: Method
) -> MethodPreview:
    n_frames = len(frames.times_s)
    found = match(frames, segments, Alignment(method)).frames_of
    frames_of, _ = corrected(found, [one.id for one in segments], edits, n_frames)
    spans = [(segments[place].start_s, segments[place].end_s) for place in frames_of]
    slices = np.zeros(N_SLICES, dtype=bool)
    for start_s, stop_s in spans:
        first, last = (int(N_SLICES * at / length_s) for at in (start_s, np.nextafter(stop_s, 0)))
        slices[max(first, 0) : last + 1] = True
    return MethodPreview(
        method,
        sum(map(len, frames_of.values())),
        _covered_s(spans, length_s) / length_s,
        n_frames - len({frame for chosen in frames_of.values() for frame in chosen}),
        len(segments) - len(frames_of),
        tuple(slices.tolist()),
    )


def _covered_s(spans: Sequence[tuple[float, float]], length_s: float) -> float:
    """Seconds of the video within at least one span."""
    covered_s = reached_s = 0.0
    for start_s, stop_s in sorted(spans):
        stop_s = min(stop_s, length_s)
        covered_s += max(0.0, stop_s - max(start_s, reached_s))
        reached_s = max(reached_s, stop_s)
    return covered_s
