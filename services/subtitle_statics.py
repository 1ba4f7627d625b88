"""Leaves out what stands in a video's pictures for long: logos, titles, a station's name."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.records import Progress
from services.subtitle_lines import ALIKE, Showing, are_letters_alike

LONGEST_S = 15.0  # what stands longer is a title or a logo
N_BINS = 64  # characters are counted in so many


def without_static(showings: Sequence[Showing], duration_s: float, progress: Progress) -> list[Showing]:
    """The showings without those whose text is at its place for long, at a stretch or again and again."""
    longest_s = max(min(LONGEST_S, 0.6 * duration_s), 0.1 * duration_s)
    places = _places(sorted(showings, key=lambda s: -s.seconds), progress)
    static = [sum(s.seconds for s in group) > longest_s for group in places]
    logos = {s.letters for group, stays in zip(places, static, strict=True) if stays for s in group}
    return [
        showing
        for group, stays in zip(places, static, strict=True)
        if not stays
        for showing in group
        if len(showing.letters) >= 2 and showing.letters not in logos
    ]


def _places(showings: Sequence[Showing], progress: Progress) -> list[list[Showing]]:
    """The showings in groups of one text at one place; the first of a group stands for it.

    Texts are compared only where the place and the number of characters in common allow it.
    """
    groups: list[list[Showing]] = []
    places_px = np.empty((len(showings), 4))  # of each group's first
    counts = np.empty((len(showings), N_BINS), np.uint8)
    lengths = np.empty(len(showings))
    for number, showing in enumerate(showings):
        if number % 100 == 0:
            progress(
                number, len(showings), f"telling subtitles from logos, {number} of {len(showings)} lines"
            )
        n, count, length = len(groups), _counts(showing.letters), len(showing.letters)
        left_px, right_px, middle_px, near_px = places_px[:n].T
        is_near = np.abs(middle_px - showing.middle_px) <= near_px
        is_near &= (np.abs(left_px - showing.left_px) <= near_px) | (
            np.abs(right_px - showing.right_px) <= near_px
        )
        near = np.flatnonzero(is_near)
        n_common = np.minimum(counts[near], count).sum(axis=1, dtype=np.int64)
        may_be = (2 * n_common >= ALIKE * (lengths[near] + length)) | (
            n_common >= np.minimum(lengths[near], length)
        )
        same = next(
            (g for g in near[may_be] if are_letters_alike(groups[g][0].letters, showing.letters)), None
        )
        if same is not None:
            groups[same].append(showing)
            continue
        groups.append([showing])
        places_px[n] = (showing.left_px, showing.right_px, showing.middle_px, 1.5 * showing.height_px)
        counts[n], lengths[n] = count, length
    return groups


def _counts(letters: str) -> NDArray[np.uint8]:
    """How often each character comes, those with the same remainder together: never less than in truth."""
    codes = np.frombuffer(letters.encode("utf-32-le"), np.uint32) % N_BINS
    return np.minimum(np.bincount(codes, minlength=N_BINS), 255).astype(np.uint8)
