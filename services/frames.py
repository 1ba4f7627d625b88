"""Frames of a video at a steady interval (paper §4) or from its shots, and small ones for the model."""

import contextlib
import math
import shutil
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.errors import AnalysisError
from services.pictures import open_picture, picture_files
from services.records import Frames, Progress, VideoFile, quiet
from services.shots import shot_middles
from services.store import told_in_words
from services.video_container import VideoGone
from services.video_reader import VideoPicture, pictures_at, sampled_pictures

JPEG_QUALITY = 90
MAX_FRAMES = 20_000


def sample_frames(
    video: VideoFile,
    interval_s: float,
    folder: Path,
    *,
    max_frames: int = MAX_FRAMES,
    progress: Progress = quiet,
) -> Frames:
    """One frame every `interval_s` seconds, written to `folder` as 00000.jpg … at source size.

    A frame is the first at or after its time; where one picture stays on screen longer than the
    interval, that picture again. In a folder of pictures each one is a frame, `interval_s` apart.
    progress(done, total, note) hears of each frame; what it raises ends the sampling.
    Raises AnalysisError if the video is gone, unreadable, cut off or would give more than `max_frames`.
    """
    _empty(folder)
    if video.is_folder:
        return _convert_pictures(video.path, interval_s, folder, max_frames, progress)
    total = max(1, math.ceil(video.duration_s / interval_s))
    _check_number(total, max_frames, video.title)  # before hours of decoding

    def tell(done: int, time_s: float) -> None:
        _check_number(done, max_frames, video.title)  # a file may be longer than it says
        progress(done, max(done, total), f"{time_s:.0f} of {video.duration_s:.0f} s")

    return _write_frames(sampled_pictures(video.path, interval_s), folder, tell)


def sample_shots(
    video: VideoFile, folder: Path, *, max_frames: int = MAX_FRAMES, progress: Progress = quiet
) -> Frames:
    """The frame in the middle of each shot, written as sample_frames does.

    Raises AnalysisError as sample_frames does, and where no cut is found.
    """
    middles_s = shot_middles(video, progress)
    _check_number(len(middles_s), max_frames, video.title)
    _empty(folder)
    return _write_frames(
        pictures_at(video.path, middles_s),
        folder,
        lambda done, _: progress(done, len(middles_s), f"shot {done} of {len(middles_s)}"),
    )


def model_images(
    frames: Frames, frame_index: Sequence[int] | NDArray[np.int64], height_px: int = 120, width_px: int = 200
) -> NDArray[np.uint8]:
    """The frames at the model's size (paper §3.1.1).

    frame_index: (N,) into frames, repeats allowed
    Returns (N, 3, height_px, width_px) uint8 RGB.
    Raises AnalysisError if a frame's file is gone or damaged.
    """
    import cv2

    small: dict[int, NDArray[np.uint8]] = {}
    for frame in {int(frame) for frame in frame_index}:
        path = frames.path(frame)
        data = np.fromfile(path, np.uint8) if path.is_file() else np.empty(0, np.uint8)
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
        if pixels is None:
            raise AnalysisError(
                f"Frame {frame} of the stored frames is gone or damaged. Run the Frames step again."
            )
        resized = cv2.resize(pixels, (width_px, height_px), interpolation=cv2.INTER_AREA)
        small[frame] = np.asarray(resized[:, :, ::-1], np.uint8).transpose(2, 0, 1)
    images = np.empty((len(frame_index), 3, height_px, width_px), np.uint8)
    for row, frame in enumerate(frame_index):
        images[row] = small[int(frame)]
    return images


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # frames of a run that was stopped
    with told_in_words("The frames", folder):
        folder.mkdir(parents=True)


def _write_frames(
    pictures: Generator[VideoPicture], folder: Path, tell: Callable[[int, float], None]
) -> Frames:
    """tell: hears how many frames there are and the time of the last one, before that one is written"""
    times_s: list[float] = []
    height_px = width_px = 0
    with contextlib.closing(pictures):  # what `tell` raises ends the decoding at once
        for picture in pictures:
            tell(len(times_s) + 1, picture.time_s)
            height_px, width_px = picture.pixels.shape[:2]
            _write_jpeg(folder / f"{len(times_s):05d}.jpg", picture.pixels)
            times_s.append(picture.time_s)
    return Frames(np.array(times_s), folder, width_px, height_px)


def _convert_pictures(
    source: Path, interval_s: float, folder: Path, max_frames: int, progress: Progress
) -> Frames:
    if not source.is_dir():
        raise VideoGone(source)
    files = picture_files(source)
    _check_number(len(files), max_frames, source.name)
    sizes: list[tuple[int, int]] = []
    for number, file in enumerate(files):
        picture = open_picture(file)
        with told_in_words("The frames", folder):
            picture.save(folder / f"{number:05d}.jpg", "JPEG", quality=JPEG_QUALITY)
        sizes.append(picture.size)
        progress(number + 1, len(files), file.name)
    return Frames(np.arange(len(files), dtype=np.float64) * interval_s, folder, *sizes[0])


def _check_number(n_frames: int, max_frames: int, name: str) -> None:
    if n_frames > max_frames:
        raise AnalysisError(
            f"{name} gives more than {max_frames} frames. Choose a longer interval or a shorter video."
        )


def _write_jpeg(path: Path, pixels: NDArray[np.uint8]) -> None:
    import cv2

    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    with told_in_words("The frames", path.parent):
        path.write_bytes(data.tobytes())  # not cv2.imwrite: it is silent about a full disk
