"""Which of the lines seen in a video are its subtitles: by where they stand and how they come and go."""

from bisect import bisect_left
from collections.abc import Sequence
from difflib import SequenceMatcher
from statistics import median

import numpy as np
from numpy.typing import NDArray

from services.records import Progress, quiet
from services.subtitle_lines import Reading, Showing, bare
from services.subtitle_statics import without_static

Values = NDArray[np.float64]

SAME_MOMENT_S = 0.6
OTHER_STYLE = 5  # lines that make a row subtitles of their own
SECOND_ROW = 0.2  # share of the main row's lines from which another row belongs to the subtitles


def subtitle_showings(
    showings: Sequence[Showing],
    readings: Sequence[Reading],
    duration_s: float,
    progress: Progress = quiet,
) -> list[Showing]:
    """The showings that are subtitles, in no order; [] if the video has none.

    readings: those that the showings come from, by time
    Lines that never change, scroll, or stand in no row where lines come and go are left out.
    """
    rows = _rows(without_static(showings, duration_s, progress), progress)
    return _subtitle_rows([row for row in rows if not is_ticker(row, readings)])


def is_ticker(row: Sequence[Showing], readings: Sequence[Reading]) -> bool:
    """Whether the text in this row moves sideways: most of its steps shift it the same way."""
    top_px = min(s.top_px for s in row)
    bottom_px = max(s.bottom_px for s in row)
    steps = [0, 0, 0]  # leftwards, not at all, rightwards
    before = ""
    first, last = (
        bisect_left(readings, time_s, key=lambda reading: reading.time_s)
        for time_s in (min(s.start_s for s in row), max(s.end_s for s in row))
    )
    for reading in readings[first:last]:
        here = [line for line in reading.lines if top_px <= line.middle_px <= bottom_px]
        text = bare(max(here, key=lambda line: line.right_px - line.left_px).text) if here else ""
        if text and before:
            steps[_shift(before, text) + 1] += 1
        before = text
    return max(steps[0], steps[2]) >= 3 and max(steps[0], steps[2]) > 0.5 * sum(steps)


def _shift(before: str, text: str) -> int:
    """-1 if the text has moved on to the left, 1 to the right, 0 if it stands or is another."""
    if before == text:
        return 0
    match = SequenceMatcher(None, before, text, autojunk=False).find_longest_match()
    if match.size < 3 or match.a == match.b or match.size < 0.4 * min(len(before), len(text)):
        return 0
    return -1 if match.a > match.b else 1


def _rows(showings: Sequence[Showing], progress: Progress) -> list[list[Showing]]:
    """The showings by height on the screen, the fullest row first."""
    middles_px = np.array([s.middle_px for s in showings])
    heights_px = np.array([s.height_px for s in showings])
    is_left = np.ones(len(showings), bool)
    n_level = np.zeros(len(showings), np.int64)  # how many of those left are level with each
    for number in range(len(showings)):
        n_level += _has_level(middles_px, heights_px, number)
    rows: list[list[Showing]] = []
    while is_left.any():
        progress(int((~is_left).sum()), len(showings), "telling subtitles from titles")
        fullest = int(np.argmax(np.where(is_left, n_level, -1)))
        is_row = is_left & _is_level(middles_px, heights_px, fullest)
        row: list[int] = np.flatnonzero(is_row).tolist()
        rows.append([showings[number] for number in row])
        is_left &= ~is_row
        for number in row:
            n_level -= _has_level(middles_px, heights_px, number)
    return rows


def _is_level(middles_px: Values, heights_px: Values, number: int) -> NDArray[np.bool_]:
    """Which showings stand at the height of this one on the screen, and are about as tall."""
    away_px, height_px = np.abs(middles_px - middles_px[number]), heights_px[number]
    return (away_px <= 0.35 * height_px) & (0.7 * height_px <= heights_px) & (heights_px <= 1.4 * height_px)


def _has_level(middles_px: Values, heights_px: Values, number: int) -> NDArray[np.bool_]:
    """For which showings this one is level with them."""
    away_px, height_px = np.abs(middles_px - middles_px[number]), heights_px[number]
    return (away_px <= 0.35 * heights_px) & (0.7 * heights_px <= height_px) & (height_px <= 1.4 * heights_px)


def _subtitle_rows(rows: Sequence[Sequence[Showing]]) -> list[Showing]:
    """The showings of the row where most lines come and go, and of rows beside it that keep time with it."""
    if not rows:
        return []
    counted = [(len({s.letters for s in row}), number) for number, row in enumerate(rows)]
    n_lines, main = max(counted)
    if n_lines < 2:
        return []
    chosen = _aligned(rows[main])
    height_px = median(s.height_px for s in chosen)
    middle_px = median(s.middle_px for s in chosen)
    times_s = _times_s(chosen)
    beside: list[Showing] = []
    for number, row in enumerate(rows):
        away_px = abs(median(s.middle_px for s in row) - middle_px)
        is_alike = 0.7 <= median(s.height_px for s in row) / height_px <= 1.4
        if number != main and away_px <= 1.8 * height_px and is_alike:
            in_time = [s for s in _aligned(row) if _keeps_time(s, *times_s)]
            if len(in_time) > 0.5 * len(row) and len(in_time) >= SECOND_ROW * n_lines:
                beside += in_time
    chosen += beside
    return chosen + [s for number, row in enumerate(rows) if number != main for s in _elsewhere(row, chosen)]


def _elsewhere(row: Sequence[Showing], chosen: Sequence[Showing]) -> list[Showing]:
    """The lines of a row that has subtitles while the main row has none: an opening in another style."""
    starts_s, ends_s = _times_s(chosen)
    alone = [
        s for s in _aligned(row) if (np.minimum(ends_s, s.end_s) <= np.maximum(starts_s, s.start_s)).all()
    ]
    is_subtitles = len({s.letters for s in alone}) >= OTHER_STYLE and len(alone) >= 0.6 * len(row)
    return alone if is_subtitles and median(len(s.letters) for s in alone) >= 4 else []


def _times_s(showings: Sequence[Showing]) -> tuple[Values, Values]:
    """Starts and ends."""
    return np.array([s.start_s for s in showings]), np.array([s.end_s for s in showings])


def _keeps_time(showing: Showing, starts_s: Values, ends_s: Values) -> bool:
    """Whether it comes and goes with a line of the main row; a speaker's name stays for several."""
    comes = np.abs(starts_s - showing.start_s) <= SAME_MOMENT_S
    return bool((comes & (np.abs(ends_s - showing.end_s) <= SAME_MOMENT_S)).any())


def _aligned(row: Sequence[Showing]) -> list[Showing]:
    """Those that share the row's left edge, or its centre, whichever more do."""
    near_px = 1.2 * median(s.height_px for s in row)
    lefts = {id(s): s.left_px for s in row}
    centres = {id(s): (s.left_px + s.right_px) / 2 for s in row}
    fits: list[list[Showing]] = []
    for places in (lefts, centres):
        usual_px = median(places.values())
        fits.append([s for s in row if abs(places[id(s)] - usual_px) <= near_px])
    return max(fits, key=len)
