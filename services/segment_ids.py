"""Ids of segments that hold when texts are corrected or fetched again: the original start in ms."""

import dataclasses
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from services.records import Segment

REACH_MS = 500  # a start that moved further is another segment's


def numbered(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """The segments with their ids: the start in ms, one more where an earlier segment has it already."""
    used: set[int] = set()
    return tuple(
        dataclasses.replace(segment, id=unused(round(segment.start_s * 1000), used)) for segment in segments
    )


def unused(wanted: int, used: set[int]) -> int:
    """The first free id from `wanted` on; `used` gets it, too."""
    while wanted in used:
        wanted += 1
    used.add(wanted)
    return wanted


def located(wanted: Iterable[int], ids: Sequence[int]) -> dict[int, int]:
    """Wanted id -> the id that it means now: the same, or the nearest within half a second.

    No id is given twice; a wanted one that finds no place is left out.
    """
    asked, present = sorted(set(wanted)), set(ids)
    found = {one: one for one in asked if one in present}
    free = sorted(present - set(found))
    near = sorted(
        (abs(other - one), one, other)
        for one in asked
        if one not in found
        for other in free[bisect_left(free, one - REACH_MS) : bisect_right(free, one + REACH_MS)]
    )
    taken: set[int] = set()
    for _, one, other in near:
        if one not in found and other not in taken:
            found[one] = other
            taken.add(other)
    return found
