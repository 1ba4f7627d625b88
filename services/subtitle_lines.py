"""Lines of text as they are seen in a video's pictures, and how long each was shown; no pictures here."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from statistics import median

ALIKE = 0.6  # likeness from which two readings are of the same line


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


@dataclass(frozen=True, slots=True, eq=False)
class Showing:
    """One line from the moment it appears to the moment it goes; places are medians of its readings."""

    start_s: float
    end_s: float
    lines: tuple[Line, ...]  # each reading of it
    text: str  # the reading with the highest sum of scores; the longest of several
    letters: str  # the text's, as bare() gives them
    left_px: float
    right_px: float
    top_px: float
    bottom_px: float
    middle_px: float
    height_px: float

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s


def showings_of(readings: Iterable[Reading], interval_s: float) -> list[Showing]:
    """Lines of consecutive readings that are alike and at the same height, as one showing each."""
    open_ones: list[_Open] = []
    found: list[_Open] = []
    for reading in readings:
        open_ones = [one for one in open_ones if reading.time_s - one.end_s <= 1.01 * interval_s]
        taken: list[_Open] = []
        for line in reading.lines:
            same = next((o for o in open_ones if o not in taken and _is_next(o.lines[-1], line)), None)
            if same is None:
                same = _Open(reading.time_s, reading.time_s)
                open_ones.append(same)
                found.append(same)
            same.lines.append(line)
            same.end_s = reading.time_s + interval_s
            taken.append(same)
    return [_showing(one) for one in found]


@dataclass(slots=True, eq=False)
class _Open:
    """A line that may still be read again."""

    start_s: float
    end_s: float
    lines: list[Line] = field(default_factory=list[Line])


def _showing(one: _Open) -> Showing:
    votes: dict[str, float] = {}
    for line in one.lines:
        votes[line.text] = votes.get(line.text, 0.0) + line.score
    text = max(votes, key=lambda text: (votes[text], len(text)))
    edges = ("left_px", "right_px", "top_px", "bottom_px", "middle_px", "height_px")
    places_px = [float(median(getattr(line, edge) for line in one.lines)) for edge in edges]
    return Showing(one.start_s, one.end_s, tuple(one.lines), text, bare(text), *places_px)


def are_alike(first: str, second: str) -> bool:
    """Whether two readings may be of one line: mostly the same characters, or one a part of the other."""
    return are_letters_alike(bare(first), bare(second))


def are_letters_alike(first: str, second: str) -> bool:
    """As are_alike, of what bare() gives."""
    if first == second:
        return True
    shorter, longer = sorted((first, second), key=len)
    if len(shorter) >= 2 and shorter in longer:
        return True
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= ALIKE


def bare(text: str) -> str:
    """Lower case letters, digits and characters alone, in half width."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).lower() if ch.isalnum())


def _is_next(before: Line, line: Line) -> bool:
    return abs(before.middle_px - line.middle_px) <= 0.6 * max(
        before.height_px, line.height_px
    ) and are_alike(before.text, line.text)


def overlap_s(first: Showing, second: Showing) -> float:
    """Seconds for which both are shown; negative where they are apart."""
    return min(first.end_s, second.end_s) - max(first.start_s, second.start_s)
