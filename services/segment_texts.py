"""Texts of segments: what may be one, how two become one, and where one is divided."""

from collections.abc import Iterable

from services.errors import AnalysisError
from services.labels import clock, is_wide

MAX_CHARS = 2000
# Signs that nobody sees: controls that are no spaces, marks of byte order and width, and those that turn the
# direction of writing round and so can make a text read as another.
UNSEEN = dict.fromkeys(
    [
        *(code for code in (*range(0x20), *range(0x7F, 0xA0)) if not chr(code).isspace()),
        *map(ord, "\ufeff\u200b\u2060\u061c\u200e\u200f"),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ]
)


def checked_text(text: str, start_s: float) -> str:
    """The text with single spaces and no unseen signs. Raises AnalysisError if it is empty or overlong."""
    flat = " ".join(text.translate(UNSEEN).split())
    if not flat:
        raise AnalysisError(
            f"The text at {clock(start_s)} would be empty, with nothing to learn from, so it stays "
            "as it was. Write the words that are spoken, or drop the segment to leave it out."
        )
    if len(flat) > MAX_CHARS:
        raise AnalysisError(
            f"The text at {clock(start_s)} would have {len(flat)} characters, and {MAX_CHARS} are the most. "
            "It stays as it was; split the segment first."
        )
    return flat


def joined(parts: Iterable[str]) -> str:
    """Texts one after the other: a space between words, none between Chinese characters."""
    whole = ""
    for part in filter(None, parts):
        has_space = whole and not (is_wide(whole[-1]) or is_wide(part[0]))
        whole += f" {part}" if has_space else part
    return whole


def middle(text: str) -> int:
    """Where to split a text near its middle: after a mark, else at a space, else between characters."""
    places = range(1, len(text))
    for breaks in ("。！？；.!?;，、,", " "):
        found = [at for at in places if text[at - 1] in breaks and len(text) / 4 <= at <= len(text) * 3 / 4]
        if found:
            return min(found, key=lambda at: abs(at - len(text) / 2))
    return len(text) // 2


def squeezed(text: str) -> str:
    """Without any space."""
    return "".join(text.split())


def length_with(text: str, n_characters: int) -> int:
    """Length of the beginning that holds so many characters beside spaces."""
    return next((at for at in range(len(text) + 1) if len(squeezed(text[:at])) >= n_characters), len(text))
