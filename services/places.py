"""Every place of a cluster where a tag may be found: pictures, lines on screen, segments (paper §5.3.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.material import Material
from services.records import Place
from services.script import simplified
from services.tag_candidates import candidates
from services.tokens import is_han, tokenize

REPEATS = 0.7  # share of a line's letter pairs in one segment from which the line is its subtitle
MIN_PAIRS = 3


@dataclass(frozen=True, slots=True)
class Spot:
    """A text of a frame or a segment."""

    place: Place
    index: int  # of the frame, or of the segment
    text: str
    plain: str  # as plain() makes it
    rows: tuple[int, ...]  # of the text and of the phrases in it, among all different texts
    is_seen: bool  # a line that repeats what is said is not, although it stands in the picture


@dataclass(frozen=True, slots=True)
class Spots:
    """The spots of one cluster."""

    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    plain: str
    rows: tuple[int, ...]
    repeats: bool  # what is said


def spots_of(materials: Sequence[Material]) -> tuple[tuple[Spots, ...], list[str]]:
    """The spots of each cluster, and the different texts that their rows count."""
    rows: dict[str, int] = {}
    said = [_pairs(plain(text)) for material in materials for text in material.segments]
    known: dict[str, _Known] = {}  # a label or a line stands on many frames

    def spot(place: Place, index: int, text: str) -> Spot:
        if text not in known:
            shown = plain(text)
            known[text] = _Known(shown, _rows(text, rows), _repeats(shown, said))
        told = known[text]
        is_seen = place == "picture" or (place == "screen" and not told.repeats)
        return Spot(place, index, text, told.plain, told.rows, is_seen)

    found = tuple(Spots(tuple(spot(*place) for place in _texts(material))) for material in materials)
    return found, list(rows)


def plain(text: str) -> str:
    """Words in lower case without plural "s", between spaces; Chinese simplified, without spaces."""
    words = map(simplified, tokenize(text))
    joined = "".join(word if is_han(word) else f" {_singular(word)} " for word in words)
    return joined.replace("  ", " ")


def _texts(material: Material) -> Iterable[tuple[Place, int, str]]:
    indices = material.indices or tuple(range(len(material.segments)))
    for index, text in zip(indices, material.segments, strict=True):
        if text.strip():
            yield "speech", index, text
    for frame in material.frames:
        for text in (frame.sentence, *frame.labels):
            if text:
                yield "picture", frame.frame, text
        for line in frame.on_screen:
            yield "screen", frame.frame, line


def _rows(text: str, rows: dict[str, int]) -> tuple[int, ...]:
    """Rows of the text and its phrases: a short tag is best compared with something as short."""
    parts = dict.fromkeys((text, *(candidate.text for candidate in candidates(text))))
    return tuple(rows.setdefault(part, len(rows)) for part in parts)


def _repeats(line: str, said: Sequence[frozenset[str]]) -> bool:
    """Whether one segment says nearly all of the line: burnt-in subtitles, with what was misread in them."""
    pairs = _pairs(line)
    return len(pairs) >= MIN_PAIRS and any(len(pairs & one) >= REPEATS * len(pairs) for one in said)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word
