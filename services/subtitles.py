"""Reads the subtitles that are burnt into a video's pictures (RapidOCR), as a timed transcript (§4.2.2)."""

import logging
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.context import Context
from services.describe_labels import OCR_SETTINGS
from services.errors import AnalysisError, NeedsSource
from services.recipe import TranscriptChoice
from services.records import Transcript
from services.subtitle_lines import Line, Reading
from services.subtitle_segments import subtitles_of
from services.video_file import probe_video
from services.video_reader import sampled_pictures

log = logging.getLogger(__name__)

INTERVAL_S = 0.5
LOWER = 0.6  # share of the height above which nothing is read: subtitles stand in the lower third, or near it
MIN_SCORE = 0.7
SAME_STROKES = 0.92  # share of the strokes in common from which a picture shows what the one before showed
SAME_LINE = 0.8  # for one line, whose background may move behind it
STROKES_WIDTH_PX = 640
SOURCE = "burnt-in subtitles"


class NoSubtitles(NeedsSource):
    def __init__(self, name: str):
        super().__init__(
            f"{name}: no subtitles are found in its pictures. Choose captions, or speech recognition."
        )


def read_subtitles(path: Path, name: str, choice: TranscriptChoice, ctx: Context) -> Transcript:
    """The burnt-in subtitles of the video file, as segments with origin "subtitles".

    name: what messages call the video
    Raises AnalysisError: no subtitles are found, the video cannot be read, a package is missing.
    """
    began = time.monotonic()
    duration_s = probe_video(path).duration_s
    readings: list[Reading] = []
    for reading in _readings(path):
        readings.append(reading)
        done_s = reading.time_s
        ctx.progress(
            int(done_s), max(int(duration_s), int(done_s), 1), f"reading, {done_s:.0f} of {duration_s:.0f} s"
        )
    segments = subtitles_of(readings, INTERVAL_S, ctx.progress)
    log.info("subtitles: %.0f s of video in %.1f s", duration_s, time.monotonic() - began)
    if not segments:
        raise NoSubtitles(name)
    return Transcript(segments, choice.language, True, SOURCE)


def _readings(path: Path) -> Iterator[Reading]:
    """The lines in the lower part of the picture, twice a second; read only where strokes have changed."""
    before: NDArray[np.bool_] | None = None
    lines: tuple[Line, ...] = ()
    for picture in sampled_pictures(path, INTERVAL_S):
        found = strokes(picture.pixels)
        if before is None or likeness(before, found) < SAME_STROKES:
            lines = _read(picture.pixels, found, lines, before)
            before = found
        yield Reading(picture.time_s, lines)


def strokes(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where thin strokes are, as writing has them, in the lower part made STROKES_WIDTH_PX wide.

    pixels: (H, W, 3) BGR
    Returns (h, w, 2) bool: bright strokes and dark ones.
    """
    import cv2

    top_px = int(LOWER * pixels.shape[0])
    scale = STROKES_WIDTH_PX / pixels.shape[1]
    size = (STROKES_WIDTH_PX, max(1, round((pixels.shape[0] - top_px) * scale)))
    small = cv2.resize(cv2.cvtColor(pixels[top_px:], cv2.COLOR_BGR2GRAY), size, interpolation=cv2.INTER_AREA)
    thin = cv2.getStructuringElement(cv2.MORPH_RECT, (7, 7))
    kinds = [cv2.morphologyEx(small, kind, thin) for kind in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT)]
    return np.stack(kinds, axis=-1) > 60


def likeness(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Share of the strokes that two pictures have in common, 0 … 1; 1 where neither has any."""
    either = int(np.count_nonzero(first | second))
    return int(np.count_nonzero(first & second)) / either if either else 1.0


def _read(
    pixels: NDArray[np.uint8],
    found: NDArray[np.bool_],
    known: tuple[Line, ...],
    before: NDArray[np.bool_] | None,
) -> tuple[Line, ...]:
    """The lines in the lower part; one that stands as it stood is not read again.

    Lines are looked for in the whole picture: in a band cut from it they come apart.
    """
    boxes = _ocr()(pixels, use_det=True, use_cls=False, use_rec=False).boxes
    lines: list[Line] = []
    for box in [] if boxes is None else boxes:
        (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
        if (top + bottom) / 2 < LOWER * pixels.shape[0] or right - left < bottom - top:
            continue
        place = Line("", 0.0, float(left), float(top), float(right), float(bottom))
        same = before is not None and next(
            (k for k in known if _stands(k, place, found, before, pixels)), None
        )
        line = same or _read_line(pixels, place)
        if line.score >= MIN_SCORE:
            lines.append(line)
    return tuple(lines)


def _stands(
    known: Line,
    place: Line,
    found: NDArray[np.bool_],
    before: NDArray[np.bool_],
    pixels: NDArray[np.uint8],
) -> bool:
    near_px = 0.3 * known.height_px
    edges = ("left_px", "top_px", "right_px", "bottom_px")
    if any(abs(getattr(known, edge) - getattr(place, edge)) > near_px for edge in edges):
        return False
    scale = STROKES_WIDTH_PX / pixels.shape[1]
    above_px = int(LOWER * pixels.shape[0])
    rows = slice(
        max(0, int((known.top_px - above_px) * scale)), int((known.bottom_px - above_px) * scale) + 1
    )
    columns = slice(int(known.left_px * scale), int(known.right_px * scale) + 1)
    return likeness(before[rows, columns], found[rows, columns]) >= SAME_LINE


def _read_line(pixels: NDArray[np.uint8], place: Line) -> Line:
    crop = pixels[
        max(0, int(place.top_px)) : int(place.bottom_px) + 1,
        max(0, int(place.left_px)) : int(place.right_px) + 1,
    ]
    read = _ocr()(np.ascontiguousarray(crop), use_det=False, use_cls=False, use_rec=True)
    text = " ".join(str(read.txts[0]).split()) if read.txts else ""
    score = float(read.scores[0]) if text else 0.0
    return Line(text, score, place.left_px, place.top_px, place.right_px, place.bottom_px)


@cache
def _ocr() -> Any:
    """A reader of its own: what a call asks for, boxes or text, stays set in it."""
    try:
        from rapidocr import RapidOCR

        return RapidOCR(params=dict(OCR_SETTINGS))
    except ImportError as e:
        raise AnalysisError(
            f"Subtitles cannot be read because a package is missing ({e}). "
            "Run: pip install rapidocr onnxruntime"
        ) from e
