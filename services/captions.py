"""Reads caption files into a transcript, and writes .srt."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.cues import (
    Cue,
    NotCaptions,
    UnreadableCaptions,
    cues_of_rows,
    is_marked_up,
    parse_cues,
    plain,
)
from services.detect import detect_language
from services.errors import AnalysisError
from services.languages import legacy_encodings
from services.plain_text import cues_of_text
from services.records import Segment, Transcript

MAX_BYTES = 20 * 2**20
_GUESSED_LENGTH_S = 2.0  # for a cue without an end, when no later cue follows
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),  # before UTF-16, whose mark it begins with
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def read_captions(path: str | Path, language: str, *, duration_s: float = 0.0) -> Transcript:
    """The segments of a caption file, by start; overlaps stay, an end before its start is mended.

    path:       .srt, .vtt, .ass, JSON (a list of {text, start, duration}, or YouTube's json3), plain .txt
    language:   BCP 47; also helps to tell old encodings apart
    duration_s: the video's; a .txt without times is spread over it. 0.0 if it is not known
    Raises AnalysisError if the file cannot be read or holds no text.
    """
    file = Path(path)
    found = require_captions(file, language, duration_s=duration_s)
    return _transcript(found.segments, language, file.name, is_spread=found.is_spread)


@dataclass(frozen=True, slots=True)
class Found:
    segments: tuple[Segment, ...]
    is_spread: bool


def require_captions(file: Path, language: str, *, duration_s: float = 0.0) -> Found:
    """As read_captions, without a look at the language of the text."""
    text = _decode(_bytes_of(file), language, file.name)
    is_spread = False
    if file.suffix.lower() == ".txt" and not is_marked_up(text):
        plain_text = cues_of_text(text, file.name, duration_s)
        cues, is_spread = plain_text.cues, plain_text.is_spread
    else:
        cues = parse_cues(text, file.name)
    segments = _segments(cues)
    if not segments:
        raise UnreadableCaptions(file.name, "none of its cues has any text.", "Choose another caption file.")
    return Found(segments, is_spread)


def transcript_of_rows(rows: Sequence[Any], language: str, name: str, *, is_generated: bool) -> Transcript:
    """The transcript of {text, start, duration} rows in seconds. Raises AnalysisError if none has text."""
    segments = _segments(cues_of_rows(rows, name))
    if not segments:
        raise UnreadableCaptions(name, "the captions hold no text.", "Choose another caption language.")
    return _transcript(segments, language, name, is_generated=is_generated)


def _transcript(segments: tuple[Segment, ...], language: str, source: str, **told: bool) -> Transcript:
    detected = detect_language(segment.text for segment in segments)
    return Transcript(segments, language, source=source, detected=detected, **told)


def write_srt(segments: Iterable[Segment]) -> str:
    """The segments as SubRip text."""
    blocks = [
        f"{number}\n{_srt_stamp(s.start_s)} --> {_srt_stamp(s.end_s)}\n{s.text}\n"
        for number, s in enumerate(segments, start=1)
    ]
    return "\n".join(blocks)


def _srt_stamp(time_s: float) -> str:
    ms = round(time_s * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d},{ms % 1000:03d}"


def _bytes_of(file: Path) -> bytes:
    try:
        if file.is_file() and file.stat().st_size > MAX_BYTES:
            raise UnreadableCaptions(
                file.name, "it is larger than 20 MB, too large for captions.", "Choose the caption file."
            )
        data = file.read_bytes()
    except FileNotFoundError as e:
        raise AnalysisError(
            f"The caption file {file} is not there. Check the path, or choose it again."
        ) from e
    except (OSError, ValueError) as e:  # a folder, no permission, a zero byte in the path
        raise AnalysisError(
            f"The caption file {file} cannot be read. Choose a file that you may read."
        ) from e
    if not data.strip():
        raise UnreadableCaptions(file.name, "the caption file is empty.", "Choose another one.")
    return data


def _decode(data: bytes, language: str, name: str) -> str:
    """The file's text: by its byte order mark, else UTF-8, else what the bytes look like."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\x00" in data:
        return _decode_unmarked_utf16(data, name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(data, language, name)


def _decode_unmarked_utf16(data: bytes, name: str) -> str:
    """UTF-16 has a zero byte in every digit of a time; so have pictures and archives, but no cues."""
    is_little = data[1::2].count(0) > data[::2].count(0)
    text = data.decode("utf-16-le" if is_little else "utf-16-be", errors="replace")
    if not any(sign in text for sign in ("-->", '"start"', '"events"', "[Script Info]")):
        raise NotCaptions(name)
    return text


def _decode_legacy(data: bytes, language: str, name: str) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=list(legacy_encodings(language)) or None).best()
    if best is None:
        raise UnreadableCaptions(
            name, "its text encoding is not recognised.", "Save it as UTF-8 and choose it again."
        )
    return str(best)


def _segments(cues: Sequence[Cue]) -> tuple[Segment, ...]:
    """Cues that have text as segments, by start; one that ends before it starts ends with the next start."""
    read = [(cue, " ".join(filter(None, map(plain, cue.lines)))) for cue in cues]
    with_text = sorted(((cue, text) for cue, text in read if text), key=lambda item: item[0].start_s)
    starts_s = [cue.start_s for cue, _ in with_text]
    segments: list[Segment] = []
    for cue, text in with_text:
        end_s = cue.end_s
        if end_s is None or end_s <= cue.start_s:
            later = bisect_right(starts_s, cue.start_s)
            end_s = starts_s[later] if later < len(starts_s) else cue.start_s + _GUESSED_LENGTH_S
        segments.append(Segment(cue.start_s, end_s, text))
    return tuple(segments)
