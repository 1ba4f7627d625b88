"""Which of the lines seen in a video are its subtitles, and when each was shown; no pictures are read here.

A showing is one line from the moment it appears to the moment it goes.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from statistics import median

from services.records import Segment

ALIKE = 0.6  # likeness from which two readings are of the same line
LONGEST_S = 15.0  # what stands longer is a title or a logo
GAP_S = 1.5  # a line that is lost for so long and comes back was there all the time
SAME_MOMENT_S = 0.6
OTHER_STYLE = 5  # lines that make a row subtitles of their own
SECOND_ROW = 0.2  # share of the main row's lines from which another row belongs to the subtitles


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as it was read once; score in [0, 1]."""

    text: str
    score: float
    left_px: float
    top_px: float
    right_px: float
    bottom_px: float

    @property
    def middle_px(self) -> float:
        return (self.top_px + self.bottom_px) / 2

    @property
    def height_px(self) -> float:
        return self.bottom_px - self.top_px


@dataclass(frozen=True, slots=True)
class Reading:
    time_s: float
    lines: tuple[Line, ...]


@dataclass(slots=True)
class Showing:
    start_s: float
    end_s: float
    lines: list[Line] = field(default_factory=list[Line])

    @property
    def text(self) -> str:
        """The reading with the highest sum of scores; the longest of several."""
        votes: Counter[str] = Counter()
        for line in self.lines:
            votes[line.text] += line.score  # pyright: ignore[reportArgumentType]
        return max(votes, key=lambda text: (votes[text], len(text)))

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s

    def at(self, edge: str) -> float:
        """Median of an edge of its lines, in pixels."""
        return float(median(getattr(line, edge) for line in self.lines))


def subtitles_of(readings: Sequence[Reading], interval_s: float) -> tuple[Segment, ...]:
    """The subtitles as segments with origin "subtitles", by start; () if the video shows none.

    readings: at a steady interval_s, by time
    Lines that never change, scroll, or stand in no row where lines come and go are left out.
    """
    if not readings:
        return ()
    duration_s = readings[-1].time_s - readings[0].time_s + interval_s
    changing = _without_static(showings_of(readings, interval_s), duration_s)
    rows = [row for row in _rows(changing) if not is_ticker(row, readings)]
    kept = _subtitle_rows(rows)
    return _merged(_segments(kept))


def showings_of(readings: Iterable[Reading], interval_s: float) -> list[Showing]:
    """Lines of consecutive readings that are alike and at the same height, as one showing each."""
    open_showings: list[Showing] = []
    found: list[Showing] = []
    for reading in readings:
        open_showings = [s for s in open_showings if reading.time_s - s.end_s <= 1.01 * interval_s]
        taken: list[Showing] = []
        for line in reading.lines:
            same = next((s for s in open_showings if s not in taken and _is_next(s.lines[-1], line)), None)
            if same is None:
                same = Showing(reading.time_s, reading.time_s)
                open_showings.append(same)
                found.append(same)
            same.lines.append(line)
            same.end_s = reading.time_s + interval_s
            taken.append(same)
    return found


def are_alike(first: str, second: str) -> bool:
    """Whether two readings may be of the same line: mostly the same characters, or one a part of the other."""
    a, b = bare(first), bare(second)
    if a == b:
        return True
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) >= 2 and shorter in longer:
        return True
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE


def bare(text: str) -> str:
    """Lower case letters, digits and characters alone, in half width."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).lower() if ch.isalnum())


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


def _is_next(before: Line, line: Line) -> bool:
    return abs(before.middle_px - line.middle_px) <= 0.6 * max(
        before.height_px, line.height_px
    ) and are_alike(before.text, line.text)


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
    alone = [s for s in _aligned(row) if all(_overlap_s(s, other) <= 0 for other in chosen)]
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


def _segments(showings: Sequence[Showing]) -> list[Segment]:
    """Lines that are shown together become one segment, read from top to bottom and from left to right."""
    groups: list[list[Showing]] = []
    for showing in sorted(showings, key=lambda s: s.start_s):
        last = groups[-1] if groups else None
        if last and _overlap_s(last[0], showing) >= 0.5 * min(last[0].seconds, showing.seconds):
            last.append(showing)
        else:
            groups.append([showing])
    segments: list[Segment] = []
    for group in groups:
        half_px = group[0].at("height_px") / 2
        group.sort(key=lambda s: (round(s.at("middle_px") / half_px / 2), s.at("left_px")))
        text = joined_lines([s.text for s in group])
        segments.append(
            Segment(min(s.start_s for s in group), max(s.end_s for s in group), text, "subtitles")
        )
    return segments


def _overlap_s(first: Showing, second: Showing) -> float:
    return min(first.end_s, second.end_s) - max(first.start_s, second.start_s)


def _merged(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Without overlaps; a text that was lost for a moment goes on, in its longer reading."""
    merged: list[Segment] = []
    for segment in segments:
        last = merged[-1] if merged else None
        if last and segment.start_s - last.end_s <= GAP_S and are_alike(last.text, segment.text):
            text = max(last.text, segment.text, key=len)
            merged[-1] = Segment(last.start_s, max(last.end_s, segment.end_s), text, "subtitles")
            continue
        if last and last.end_s > segment.start_s > last.start_s:
            merged[-1] = Segment(last.start_s, segment.start_s, last.text, "subtitles")
        merged.append(segment)
    return tuple(merged)


def joined_lines(lines: Sequence[str]) -> str:
    """The lines as one; between Chinese characters or signs without a space."""
    text = ""
    for line in filter(None, (line.strip() for line in lines)):
        is_wide = text and all(unicodedata.east_asian_width(ch) in "WF" for ch in (text[-1], line[0]))
        text += line if not text or is_wide else f" {line}"
    return text
