"""Lines of text as they are seen in a video's pictures, and how long each was shown; no pictures here."""

import unicodedata
from collections import Counter
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


@dataclass(slots=True)
class Showing:
    """One line from the moment it appears to the moment it goes, with each reading of it."""

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
    """Whether two readings may be of one line: mostly the same characters, or one a part of the other."""
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


def _is_next(before: Line, line: Line) -> bool:
    return abs(before.middle_px - line.middle_px) <= 0.6 * max(
        before.height_px, line.height_px
    ) and are_alike(before.text, line.text)


def overlap_s(first: Showing, second: Showing) -> float:
    """Seconds for which both are shown; negative where they are apart."""
    return min(first.end_s, second.end_s) - max(first.start_s, second.start_s)
