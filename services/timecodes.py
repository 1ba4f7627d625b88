"""Times as people read and write them in a table of subtitles."""

import re

from services.errors import AnalysisError

_TIME = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,3}):)?(\d{1,9}(?:[.,]\d+)?)")


def timecode(time_s: float) -> str:
    """Seconds as m:ss.mmm, or h:mm:ss.mmm from one hour on."""
    ms = round(time_s * 1000)
    hours, rest = f"{ms // 3_600_000}:", f"{ms // 60_000 % 60:02d}"
    head = f"{hours}{rest}" if ms >= 3_600_000 else str(ms // 60_000)
    return f"{head}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def seconds_of(text: str) -> float:
    """The time that is written as seconds, m:ss or h:mm:ss, each with a fraction or without, in ms steps.

    Raises AnalysisError for anything else.
    """
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise AnalysisError(
            f"“{text[:40]}” is no time, so nothing was changed. Write minutes and seconds, as in 1:23.5, "
            "or seconds alone."
        )
    hours, minutes, seconds = found.groups()
    return round(int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds.replace(",", ".")), 3)
