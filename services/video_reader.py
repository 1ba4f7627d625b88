"""Reads a video's pictures from start to end with exact times, on variable frame rates too."""

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.errors import AnalysisError
from services.pictures import MAX_PIXELS

_ROUNDING_S = 0.0005  # OpenCV gives times in floating-point milliseconds
# Beginnings of the containers that are read: (offset, bytes). Playlists (HLS, concat) are kept out on
# purpose: FFmpeg would open the addresses and files that they name.
_CONTAINERS = (
    (4, b"ftyp"),
    (4, b"moov"),
    (4, b"mdat"),
    (4, b"wide"),
    (4, b"free"),
    (4, b"skip"),
    (0, b"\x1aE\xdf\xa3"),  # Matroska, WebM
    (8, b"AVI "),
    (0, b"FLV"),
    (0, b"OggS"),
    (0, b"\x00\x00\x01\xba"),  # MPEG programme stream
    (0, b"\x00\x00\x01\xb3"),  # MPEG video
    (0, b"0&\xb2u"),  # Windows Media
)


class VideoGone(AnalysisError):
    def __init__(self, path: Path):
        super().__init__(
            f"{path} is no longer there: it was moved or deleted since the project was made. "
            "Put it back, or add it again on the Sources page."
        )


class UnreadableVideo(AnalysisError):
    def __init__(self, path: Path, what: str, next_step: str):
        super().__init__(f"{path.name}: {what} {next_step}")


@dataclass(frozen=True, slots=True)
class VideoFacts:
    width_px: int
    height_px: int
    duration_s: float  # as the file says; 0.0 if it does not


@dataclass(frozen=True, slots=True)
class VideoPicture:
    time_s: float
    pixels: NDArray[np.uint8]  # (H, W, 3) BGR


def probe_video(path: Path) -> VideoFacts:
    """Size and length of a video file, after one picture of it has been read. Raises AnalysisError."""
    import cv2

    capture = _open(path)
    try:
        if not capture.grab():
            raise _no_pictures(path, capture)
        width_px = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        height_px = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        return VideoFacts(width_px, height_px, _declared(capture)[1])
    finally:
        capture.release()


def sampled_pictures(path: Path, interval_s: float) -> Iterator[VideoPicture]:
    """A picture every `interval_s` seconds, in order: the first at or after its time.

    Where one picture stays on screen longer than the interval, that picture again.
    Raises AnalysisError if the file is gone, no video, cut off, or its pictures are too large.
    """
    capture, held = _open(path), _Rereader(path)  # in order: OpenCV's seeking is wrong on variable rates
    n_targets = n_grabbed = 0
    time_s = 0.0
    try:
        for time_s in _times_s(capture):
            while time_s >= (n_targets + 1) * interval_s - _ROUNDING_S and n_grabbed:
                # No frame in this interval: what is on screen is still the one before.
                yield VideoPicture(n_targets * interval_s, held.pixels(n_grabbed - 1))
                n_targets += 1
            if time_s >= n_targets * interval_s - _ROUNDING_S:
                yield VideoPicture(time_s, _retrieved(path, capture))
                n_targets += 1
            n_grabbed += 1
        if n_grabbed == 0:
            raise _no_pictures(path, capture)
        _check_end(path, capture, n_grabbed, time_s)
    finally:
        capture.release()
        held.close()


def pictures_at(path: Path, times_s: Sequence[float]) -> Iterator[VideoPicture]:
    """The first picture at or after each of these times, which ascend. Raises as sampled_pictures does."""
    capture = _open(path)
    n_found = 0
    try:
        for time_s in _times_s(capture):
            if n_found == len(times_s):
                return
            if time_s >= times_s[n_found] - _ROUNDING_S:
                yield VideoPicture(time_s, _retrieved(path, capture))
                n_found += 1
    finally:
        capture.release()


def small_pictures(path: Path, width_px: int) -> Iterator[VideoPicture]:
    """Every picture, at most so wide. Raises as sampled_pictures does."""
    import cv2

    capture = _open(path)
    n_read, time_s = 0, 0.0
    try:
        for time_s in _times_s(capture):
            pixels = _retrieved(path, capture)
            scale = min(1.0, width_px / pixels.shape[1])
            small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            yield VideoPicture(time_s, np.asarray(small, np.uint8))
            n_read += 1
        if n_read == 0:
            raise _no_pictures(path, capture)
        _check_end(path, capture, n_read, time_s)
    finally:
        capture.release()


class _Rereader:
    """Gives earlier frames again, in ascending order, by a second pass that starts when it is needed."""

    def __init__(self, path: Path):
        self._path = path
        self._capture: Any = None
        self._frame = -1
        self._pixels: NDArray[np.uint8] | None = None

    def pixels(self, frame: int) -> NDArray[np.uint8]:
        if self._capture is None:
            self._capture = _open(self._path)
        if self._pixels is None or self._frame != frame:
            while self._frame < frame:
                self._capture.grab()
                self._frame += 1
            self._pixels = _retrieved(self._path, self._capture)
        return self._pixels

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()


def _times_s(capture: Any) -> Iterator[float]:
    """Seconds from the first picture of each picture that is grabbed, ascending."""
    import cv2

    fps = capture.get(cv2.CAP_PROP_FPS)
    step_s = 1 / fps if 1 <= fps <= 1000 else 1 / 25
    first_s = last_s = None
    while capture.grab():
        stamp_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        first_s = stamp_s if first_s is None else first_s
        time_s = stamp_s - first_s
        if last_s is not None and time_s <= last_s:  # AVI leaves stamps out
            time_s = last_s + step_s
        last_s = time_s
        yield time_s


def _retrieved(path: Path, capture: Any) -> NDArray[np.uint8]:
    is_read, pixels = capture.retrieve()
    if not is_read:
        raise UnreadableVideo(path, "a picture in it cannot be decoded.", "Get the video again.")
    return pixels


def _open(path: Path) -> Any:
    """An OpenCV capture of the file; only FFmpeg's reader, which takes the path as it is."""
    import cv2

    if not path.is_file():
        raise VideoGone(path)
    if not _is_container(path):
        raise UnreadableVideo(
            path, "this is not a video that can be read.", "Choose an mp4, mov, mkv, webm or avi file."
        )
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # its talk about damaged files; ours is enough
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    if not capture.isOpened():
        capture.release()
        raise UnreadableVideo(
            path, "it cannot be opened: it is damaged, cut off, or sound alone.", "Download or copy it again."
        )
    if capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT) > MAX_PIXELS:
        capture.release()
        raise UnreadableVideo(
            path, "its pictures are too large to work with.", "Convert it to 1080p or less."
        )
    return capture


def _is_container(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(400)
    except OSError as e:
        raise UnreadableVideo(
            path, f"it cannot be read ({e.strerror}).", "Give yourself the right to read it."
        ) from e
    is_transport_stream = any(
        head[start : start + 377 : step][:2] == b"GG" for start, step in ((0, 188), (4, 192))
    )
    return is_transport_stream or any(head.startswith(sign, offset) for offset, sign in _CONTAINERS)


def _no_pictures(path: Path, capture: Any) -> UnreadableVideo:
    import cv2

    code = int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little", signed=True)
    codec = code.decode("ascii").upper() if code.isalnum() else "unknown"
    return UnreadableVideo(
        path,
        f"no picture in it can be decoded (video codec {codec}).",
        "Convert it to H.264, or check that it is whole and not sound alone.",
    )


def _declared(capture: Any) -> tuple[float, float]:
    """The number of pictures and the seconds that the file says it has; (0, 0) if it does not."""
    import cv2

    n_pictures, fps = capture.get(cv2.CAP_PROP_FRAME_COUNT), capture.get(cv2.CAP_PROP_FPS)
    is_told = n_pictures > 0 and fps > 0 and math.isfinite(n_pictures / fps)
    return (n_pictures, n_pictures / fps) if is_told else (0.0, 0.0)


def _check_end(path: Path, capture: Any, n_read: int, last_s: float) -> None:
    """Raises UnreadableVideo if much is missing by count and by time; one alone may be a rough header."""
    import cv2

    n_declared, duration_s = _declared(capture)
    if not duration_s:
        return
    # Matroska's length counts from zero, also where the first picture's stamp is late.
    stamp_s = capture.get(cv2.CAP_PROP_PTS) / capture.get(cv2.CAP_PROP_FPS)
    if n_read < 0.9 * n_declared and max(last_s, stamp_s) < 0.9 * duration_s - 0.5:
        raise UnreadableVideo(
            path,
            f"it breaks off after {last_s:.0f} s of {duration_s:.0f} s, so it is cut off or damaged.",
            "Download or copy it again.",
        )
