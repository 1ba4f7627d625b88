"""Which of the lines seen in a video are its subtitles: by where they stand and how they come and go."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from statistics import median

from services.subtitle_lines import Reading, Showing, are_alike, bare, overlap_s

LONGEST_S = 15.0  # what stands longer is a title or a logo
SAME_MOMENT_S = 0.6
OTHER_STYLE = 5  # lines that make a row subtitles of their own
SECOND_ROW = 0.2  # share of the main row's lines from which another row belongs to the subtitles


def subtitle_showings(
    showings: Sequence[Showing], readings: Sequence[Reading], duration_s: float
) -> list[Showing]:
    """The showings that are subtitles, in no order; [] if the video has none.

    readings: those that the showings come from
    Lines that never change, scroll, or stand in no row where lines come and go are left out.
    """
    rows = _rows(_without_static(showings, duration_s))
    return _subtitle_rows([row for row in rows if not is_ticker(row, readings)])


def is_ticker(row: Sequence[Showing], readings: Sequence[Reading]) -> bool:
    """Whether the text in this row moves sideways: most of its steps shift it the same way."""
    top_px = min(s.at("top_px") for s in row)
    bottom_px = max(s.at("bottom_px") for s in row)
    steps = [0, 0, 0]  # leftwards, not at all, rightwards
    before = ""
    for reading in readings:
        here = [line for line in reading.lines if top_px <= line.middle_px <= bottom_px]
        text = bare(max(here, key=lambda line: line.right_px - line.left_px).text) if here else ""
        if text and before:
            steps[_shift(before, text) + 1] += 1
        before = text
    return max(steps[0], steps[2]) >= 3 and max(steps[0], steps[2]) > 0.5 * sum(steps)


def _shift(before: str, text: str) -> int:
    """-1 if the text has moved on to the left, 1 to the right, 0 if it stands or is another."""
    match = SequenceMatcher(None, before, text, autojunk=False).find_longest_match()
    if match.size < 3 or match.a == match.b or match.size < 0.4 * min(len(before), len(text)):
        return 0
    return -1 if match.a > match.b else 1


def _without_static(showings: Sequence[Showing], duration_s: float) -> list[Showing]:
    """The showings without those whose text is at its place for long, at a stretch or again and again."""
    longest_s = max(min(LONGEST_S, 0.6 * duration_s), 0.1 * duration_s)
    places: list[list[Showing]] = []
    for showing in sorted(showings, key=lambda s: -s.seconds):
        group = next((g for g in places if _is_same_place(g[0], showing)), None)
        if group is None:
            places.append([showing])
        else:
            group.append(showing)
    static = [group for group in places if sum(s.seconds for s in group) > longest_s]
    logos = {bare(showing.text) for group in static for showing in group}
    return [
        showing
        for group in places
        if group not in static
        for showing in group
        if len(bare(showing.text)) >= 2 and bare(showing.text) not in logos
    ]


def _is_same_place(first: Showing, second: Showing) -> bool:
    near_px = 1.5 * first.at("height_px")
    return (
        abs(first.at("middle_px") - second.at("middle_px")) <= near_px
        and min(abs(first.at(edge) - second.at(edge)) for edge in ("left_px", "right_px")) <= near_px
        and are_alike(first.text, second.text)
    )


def _rows(showings: Sequence[Showing]) -> list[list[Showing]]:
    """The showings by height on the screen, the fullest row first."""
    rows: list[list[Showing]] = []
    left = list(showings)
    while left:
        row = max((_level_with(showing, left) for showing in left), key=len)
        rows.append(row)
        left = [showing for showing in left if showing not in row]
    return rows


def _level_with(showing: Showing, others: Sequence[Showing]) -> list[Showing]:
    """Those at its height on the screen, and about as tall."""
    height_px, middle_px = showing.at("height_px"), showing.at("middle_px")
    return [
        s
        for s in others
        if abs(s.at("middle_px") - middle_px) <= 0.35 * height_px
        and 0.7 <= s.at("height_px") / height_px <= 1.4
    ]


def _subtitle_rows(rows: Sequence[Sequence[Showing]]) -> list[Showing]:
    """The showings of the row where most lines come and go, and of rows beside it that keep time with it."""
    if not rows:
        return []
    counted = [(len({bare(s.text) for s in row}), number) for number, row in enumerate(rows)]
    n_lines, main = max(counted)
    if n_lines < 2:
        return []
    chosen = _aligned(rows[main])
    height_px = median(s.at("height_px") for s in chosen)
    middle_px = median(s.at("middle_px") for s in chosen)
    beside: list[Showing] = []
    for number, row in enumerate(rows):
        away_px = abs(median(s.at("middle_px") for s in row) - middle_px)
        is_alike = 0.7 <= median(s.at("height_px") for s in row) / height_px <= 1.4
        if number != main and away_px <= 1.8 * height_px and is_alike:
            in_time = [s for s in _aligned(row) if _keeps_time(s, chosen)]
            if len(in_time) > 0.5 * len(row) and len(in_time) >= SECOND_ROW * n_lines:
                beside += in_time
    chosen += beside
    return chosen + [s for number, row in enumerate(rows) if number != main for s in _elsewhere(row, chosen)]


def _elsewhere(row: Sequence[Showing], chosen: Sequence[Showing]) -> list[Showing]:
    """The lines of a row that has subtitles while the main row has none: an opening in another style."""
    alone = [s for s in _aligned(row) if all(overlap_s(s, other) <= 0 for other in chosen)]
    is_subtitles = len({bare(s.text) for s in alone}) >= OTHER_STYLE and len(alone) >= 0.6 * len(row)
    return alone if is_subtitles and median(len(bare(s.text)) for s in alone) >= 4 else []


def _keeps_time(showing: Showing, main: Sequence[Showing]) -> bool:
    """Whether it comes and goes with a line of the main row; a speaker's name stays for several."""
    return any(
        abs(showing.start_s - s.start_s) <= SAME_MOMENT_S and abs(showing.end_s - s.end_s) <= SAME_MOMENT_S
        for s in main
    )


def _aligned(row: Sequence[Showing]) -> list[Showing]:
    """Those that share the row's left edge, or its centre, whichever more do."""
    near_px = 1.2 * median(s.at("height_px") for s in row)
    lefts = {id(s): s.at("left_px") for s in row}
    centres = {id(s): (s.at("left_px") + s.at("right_px")) / 2 for s in row}
    fits: list[list[Showing]] = []
    for places in (lefts, centres):
        usual_px = median(places.values())
        fits.append([s for s in row if abs(places[id(s)] - usual_px) <= near_px])
    return max(fits, key=len)
