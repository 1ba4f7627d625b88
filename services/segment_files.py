"""The corrected segments as files to take along: SubRip, WebVTT, CSV."""

import html
from collections.abc import Iterable, Sequence

from services.captions import write_srt
from services.edits import PairRow
from services.export_tables import csv_bytes
from services.records import Segment

KINDS = ("srt", "vtt", "csv")


def segments_file(rows: Iterable[PairRow], kind: str) -> bytes:
    """The segments without the dropped ones, as UTF-8; kind: one of KINDS. CSV columns: docs/files.md."""
    kept = [row for row in rows if not row.is_dropped]
    segments = [row.segment for row in kept]
    if kind == "srt":
        return write_srt(segments).encode()
    if kind == "vtt":
        return write_vtt(segments).encode()
    return csv_bytes(("segment", "start_s", "end_s", "frame", "origin", "edited", "text"), map(_fields, kept))


def write_vtt(segments: Sequence[Segment]) -> str:
    """The segments as WebVTT text, by start."""
    cues = [f"{_stamp(one.start_s)} --> {_stamp(one.end_s)}\n{_cue_text(one)}\n" for one in segments]
    return "\n".join(("WEBVTT\n", *cues))


def player_cues(segments: Sequence[Segment]) -> list[tuple[float, float, str]]:
    """Start and end in seconds and the text as WebVTT for each segment, for a browser's player."""
    return [(one.start_s, one.end_s, _cue_text(one)) for one in segments]


def _cue_text(segment: Segment) -> str:
    return html.escape(" ".join(segment.text.split()), quote=False)


def _fields(row: PairRow) -> tuple[object, ...]:
    one = row.segment
    frame = row.frames[0] if row.frames else ""
    return (
        one.id,
        round(one.start_s, 3),
        round(one.end_s, 3),
        frame,
        one.origin,
        int(row.is_edited),
        one.text,
    )


def _stamp(time_s: float) -> str:
    ms = round(time_s * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"
