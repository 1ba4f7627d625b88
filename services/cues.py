"""Caption formats (.srt, .vtt, .ass, YouTube's two kinds of JSON) read into cues.

pysubs2 reads .ass. SubRip and WebVTT are read here, because pysubs2 1.8 gets real files wrong: a number that
is spoken last is lost, and so are cues whose times lack the hour; notes and identifiers are told as speech,
and YouTube's word times are taken for cues. tests/services/test_cues_pysubs2.py shows each case.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Any, TypeGuard

from services.errors import NeedsSource
from services.segment_texts import UNSEEN

_STAMP = r"(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,6}))?"
_TIMING = re.compile(rf"\s*{_STAMP}\s*-->\s*{_STAMP}(?:\s|$)")
_LOOKS_LIKE_TIMING = re.compile(r"\d[^-]{0,30}-->.*\d")
_INLINE_STAMP = re.compile(r"<(?:\d{1,4}:)?\d{2}:\d{2}\.\d{3}>")  # <00:00:01.920>, YouTube's word times
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|\{\\[^{}]*\}")  # <i>, <c.colour>, <v Name>, {\an8}
_WEB_PAGE = ("<!doctype html", "<html")
_MAX_S = 1_000_000.0
MAX_CUES = 100_000  # a day of speech has some 40,000; what has more is no transcript, and would take minutes


class UnreadableCaptions(NeedsSource):
    def __init__(self, name: str, what: str, next_step: str):
        super().__init__(f"{name}: {what} {next_step}")
        self.name = name


class NotCaptions(UnreadableCaptions):
    def __init__(self, name: str):
        super().__init__(
            name,
            "this is not a caption file.",
            "Choose an .srt, .vtt or .ass file, YouTube's captions as JSON, or a plain .txt.",
        )


@dataclass(frozen=True, slots=True)
class Cue:
    start_s: float
    end_s: float | None  # None where the file does not say
    lines: tuple[str, ...]  # as in the file, with markup


def parse_cues(text: str, name: str) -> list[Cue]:
    """The cues of a caption file's text in the file's order; the format is told by the text itself.

    name: of the file, for messages
    Raises UnreadableCaptions.
    """
    head = _head(text)
    require_bearable(max(text.count("-->"), text.count("\nDialogue:")), name)
    if head.startswith(_WEB_PAGE):
        raise UnreadableCaptions(
            name, "this is a web page, not a caption file.", "Download the captions themselves."
        )
    if "[script info]" in head:
        return _cues_of_ass(text, name)
    if head.startswith(("[", "{")):
        return _cues_of_json(text, name)
    if "-->" in text or head.startswith("webvtt"):
        cues = _cues_of_timed_text(text, name)
        return _unrolled(cues) if _INLINE_STAMP.search(text) else cues
    raise NotCaptions(name)


def is_marked_up(text: str) -> bool:
    """Whether the text is in one of the caption formats, or a web page, rather than plain."""
    head = _head(text)
    is_json = re.match(r"\{\s*\"|\[\s*[\[{\"]", head) is not None
    return is_json or "-->" in text or "[script info]" in head or head.startswith((*_WEB_PAGE, "webvtt"))


def _head(text: str) -> str:
    return text[:1000].translate(UNSEEN).lstrip()[:300].lower()


def require_bearable(n_cues: int, name: str) -> None:
    """Raises UnreadableCaptions for more than MAX_CUES."""
    if n_cues > MAX_CUES:
        raise UnreadableCaptions(
            name,
            f"it has {n_cues:,} cues, and at most {MAX_CUES:,} are read.",
            "Choose the captions of one video.",
        )


def cues_of_rows(rows: Sequence[Any], name: str) -> list[Cue]:
    """The cues of {text, start, duration} rows in seconds. Raises UnreadableCaptions."""
    require_bearable(len(rows), name)
    cues: list[Cue] = []
    for number, row in enumerate(rows, start=1):
        text = row.get("text") if isinstance(row, dict) else None
        start_s = row.get("start") if isinstance(row, dict) else None
        if not isinstance(text, str) or not _is_time(start_s):
            raise UnreadableCaptions(
                name,
                f"entry {number} lacks a text or a start in seconds.",
                "Each entry needs text, start and duration.",
            )
        duration_s = row.get("duration")
        end_s = start_s + duration_s if _is_time(duration_s) else None
        cues.append(Cue(float(start_s), end_s, tuple(text.splitlines())))
    return cues


def plain(line: str) -> str:
    """A cue's line as people read it: no markup, no entities, single spaces."""
    text = unescape(_MARKUP.sub("", _INLINE_STAMP.sub("", line)))
    return " ".join(text.translate(UNSEEN).split())


def _cues_of_timed_text(text: str, name: str) -> list[Cue]:
    """Cues of SubRip or WebVTT text, which differ in what ends a cue."""
    is_vtt = text.translate(UNSEEN).lstrip().startswith("WEBVTT")
    timings: list[tuple[float, float]] = []
    lines_of: list[list[str]] = []
    is_in_cue = False
    for number, line in enumerate(text.splitlines(), start=1):
        timing = _TIMING.match(line)
        if timing:
            timings.append((_seconds(timing.groups()[:4]), _seconds(timing.groups()[4:])))
            lines_of.append([])
            is_in_cue = True
        elif _LOOKS_LIKE_TIMING.search(line):
            raise UnreadableCaptions(
                name,
                f"the times in line {number} cannot be read: {line.strip()[:60]!r}.",
                "Write them as 00:01:02,500 --> 00:01:04,000.",
            )
        elif is_vtt and not line:
            # What follows is a comment, a style or an identifier. YouTube has lines of one space inside cues.
            is_in_cue = False
        elif is_in_cue:
            lines_of[-1].append(line.strip())
    if not is_vtt:
        lines_of = [_without_number(lines) for lines in lines_of]
    return [Cue(*times_s, tuple(lines)) for times_s, lines in zip(timings, lines_of, strict=True)]


def _without_number(lines: list[str]) -> list[str]:
    """The lines of a SubRip cue without the number of the cue that follows."""
    is_numbered = len(lines) > 1 and lines[-1].isdigit() and not lines[-2]
    return lines[:-1] if is_numbered else lines


def _seconds(groups: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = (group or "0" for group in groups)
    return int(hours) * 3600 + int(minutes) * 60 + float(f"{seconds}.{fraction}")


def _cues_of_ass(text: str, name: str) -> list[Cue]:
    import pysubs2

    try:
        events = pysubs2.SSAFile.from_string(text, format_="ass").events
    except (pysubs2.exceptions.Pysubs2Error, ValueError, LookupError) as e:
        raise NotCaptions(name) from e
    return [
        Cue(event.start / 1000, event.end / 1000, tuple(event.plaintext.splitlines()))
        for event in events
        if not event.is_comment and not event.is_drawing
    ]


def _cues_of_json(text: str, name: str) -> list[Cue]:
    try:
        data = json.loads(text.translate(UNSEEN))
    except (ValueError, RecursionError) as e:
        raise UnreadableCaptions(
            name, "this JSON file is damaged.", "Download it again, or choose an .srt or .vtt file."
        ) from e
    if isinstance(data, list):
        return cues_of_rows(data, name)
    if isinstance(data, dict) and isinstance(data.get("events"), list):
        return cues_of_rows([row for row in map(_row_of_event, data["events"]) if row], name)
    raise NotCaptions(name)


def _row_of_event(event: Any) -> dict[str, Any] | None:
    """{text, start, duration} of a json3 event; None for events that only open a window or break a line."""
    pieces = event.get("segs") if isinstance(event, dict) else None
    if not isinstance(pieces, list) or event.get("aAppend"):
        return None
    return {
        "text": "".join(str(piece.get("utf8", "")) for piece in pieces if isinstance(piece, dict)),
        "start": _seconds_of_ms(event.get("tStartMs")),
        "duration": _seconds_of_ms(event.get("dDurationMs")),
    }


def _seconds_of_ms(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value / 1000 if is_number and 0 <= value < _MAX_S * 1000 else None


def _is_time(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _MAX_S


def _unrolled(cues: list[Cue]) -> list[Cue]:
    """The cues without the lines that YouTube's rolling captions repeat from the cue before."""
    kept: list[Cue] = []
    shown: list[str] = []
    for cue in cues:
        lines = [line for line in map(plain, cue.lines) if line]
        repeated = next(n for n in range(len(lines), -1, -1) if n == 0 or lines[:n] == shown[-n:])
        kept.append(replace(cue, lines=tuple(lines[repeated:])))
        shown = lines or shown
    return kept
