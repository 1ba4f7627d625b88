"""Subtitles as timed segments: from what was read in each picture to a transcript (paper §4.2.2)."""

import unicodedata
from collections.abc import Sequence

from services.records import Progress, Segment, quiet
from services.subtitle_lines import Reading, Showing, are_alike, overlap_s, showings_of
from services.subtitle_rows import subtitle_showings

GAP_S = 1.5  # a line that is lost for so long and comes back was there all the time


def subtitles_of(
    readings: Sequence[Reading], interval_s: float, progress: Progress = quiet
) -> tuple[Segment, ...]:
    """The subtitles as segments with origin "subtitles", by start; () if the video shows none.

    readings: at a steady interval_s, by time
    progress(done, total, note) hears of the lines; what it raises ends the work
    """
    if not readings:
        return ()
    duration_s = readings[-1].time_s - readings[0].time_s + interval_s
    kept = subtitle_showings(showings_of(readings, interval_s), readings, duration_s, progress)
    return _merged(_segments(kept))


def _segments(showings: Sequence[Showing]) -> list[Segment]:
    """Lines that are shown together become one segment, read from top to bottom and from left to right."""
    groups: list[list[Showing]] = []
    for showing in sorted(showings, key=lambda s: s.start_s):
        last = groups[-1] if groups else None
        if last and overlap_s(last[0], showing) >= 0.5 * min(last[0].seconds, showing.seconds):
            last.append(showing)
        else:
            groups.append([showing])
    segments: list[Segment] = []
    for group in groups:
        half_px = group[0].height_px / 2
        group.sort(key=lambda s: (round(s.middle_px / half_px / 2), s.left_px))
        text = joined_lines([s.text for s in group])
        segments.append(
            Segment(min(s.start_s for s in group), max(s.end_s for s in group), text, "subtitles")
        )
    return segments


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
