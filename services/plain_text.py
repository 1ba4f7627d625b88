"""A transcript as plain text: with a time before each piece, or with none, to be spread over the video."""

import re
import unicodedata
from dataclasses import dataclass

from services.cues import Cue, NotCaptions, require_bearable

LINE_MAX = 120  # characters; longer lines without times are cut at the ends of their sentences
READ_PER_S = {True: 4.5, False: 14.0}  # characters a newsreader says in a second: Chinese, alphabets
_STAMP = r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:[.,](\d{1,3}))?"
_TIMED = re.compile(rf"\s*[\[(]?{_STAMP}(?:\s*[-–—]\s*{_STAMP})?[\])]?(?=\W|$)[\s:–—-]*(.*)")
_SENTENCE_END = re.compile(r"(?<=[。！？；])|(?<=[.!?;])\s+")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class TextCues:
    cues: list[Cue]
    is_spread: bool  # the text has no times; these come from its length


def cues_of_text(text: str, name: str, duration_s: float) -> TextCues:
    """The pieces of a plain text with their times.

    name:       of the file, for messages
    duration_s: the video's, over which a text without times is spread by the length of its pieces; 0.0 if it
                is not known, and then they follow each other as fast as news is read
    Raises NotCaptions if this is no text for people, UnreadableCaptions if it has too many pieces.
    """
    _require_text(text, name)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    require_bearable(len(lines), name)
    if lines and _TIMED.match(lines[0]) and (len(lines) == 1 or sum(map(bool, map(_TIMED.match, lines))) > 1):
        return TextCues(_timed(lines), is_spread=False)
    pieces = [piece for line in lines for piece in _pieces(line)]
    require_bearable(len(pieces), name)
    return TextCues(_spread(pieces, duration_s), is_spread=True)


def _timed(lines: list[str]) -> list[Cue]:
    """A cue for each time, which stands before its text or alone on the line above it."""
    times_s: list[tuple[float, float | None]] = []
    lines_of: list[list[str]] = []
    for line in lines:
        found = _TIMED.match(line)
        if found:
            has_end = found.group(6) is not None
            end_s = _seconds(found.groups()[4:8]) if has_end else None
            times_s.append((_seconds(found.groups()[:4]), end_s))
            lines_of.append([found.group(9)] if found.group(9) else [])
        else:
            lines_of[-1].append(line)
    return [Cue(*times, tuple(of)) for times, of in zip(times_s, lines_of, strict=True)]


def _seconds(groups: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = (group or "0" for group in groups)
    return int(hours) * 3600 + int(minutes) * 60 + float(f"{seconds}.{fraction}")


def _spread(pieces: list[str], duration_s: float) -> list[Cue]:
    lengths = [len(piece) for piece in pieces]
    if not duration_s:
        is_chinese = len(_HAN.findall("".join(pieces))) > sum(lengths) / 4
        duration_s = sum(lengths) / READ_PER_S[is_chinese]
    cues: list[Cue] = []
    n_before, total = 0, max(sum(lengths), 1)
    for piece, length in zip(pieces, lengths, strict=True):
        times_s = (n_before / total * duration_s, (n_before + length) / total * duration_s)
        cues.append(Cue(*times_s, (piece,)))
        n_before += length
    return cues


def _pieces(line: str) -> list[str]:
    if len(line) <= LINE_MAX:
        return [line]
    return [sentence.strip() for sentence in _SENTENCE_END.split(line) if sentence.strip()]


def _require_text(text: str, name: str) -> None:
    """Raises NotCaptions where signs that no text has are more than a slip."""
    strange = sum(unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs") and c not in "\n\r\t\f" for c in text)
    if strange + text.count("\ufffd") > len(text) / 100:
        raise NotCaptions(name)
