"""Opens video files that may be anything, and tells in a sentence what cannot be read."""

import contextlib
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.cores import n_threads
from services.pictures import MAX_PIXELS
from services.video_container import UnreadableVideo, require_container

_MAX_HOLES = 4096
_QUARTER_TURNS = {90: 1, 180: 2, -180: 2, -90: 3, 270: 3}  # degrees against the clock


class Undecodable(Exception):
    """A packet that is damaged, after others that were not."""


@dataclass(frozen=True, slots=True)
class VideoFacts:
    width_px: int
    height_px: int
    duration_s: float  # as the file says; 0.0 if it does not


@dataclass(frozen=True, slots=True)
class VideoHead:
    """What is known once the first picture is decoded."""

    path: Path
    facts: VideoFacts
    n_declared: float  # pictures, as the file says; 0.0 if it does not
    step_s: float  # from picture to picture, where stamps are missing
    tick_s: float  # unit of the stamps
    first_stamp: int  # of the first picture; times count from it
    has_stamps: bool  # whether packets tell when they are shown: AVI's only tell when they are decoded

    def stamp_of(self, frame: Any) -> int | None:
        """When the frame is shown, in the stream's unit; None if that is not known."""
        return frame.pts if self.has_stamps and frame.pts is not None else frame.dts

    def time_s(self, stamp: int) -> float:
        return (stamp - self.first_stamp) * self.tick_s


def probe_video(path: Path) -> VideoFacts:
    """Size and length of a video file, after one picture of it has been read. Raises AnalysisError."""
    return read_head(path).facts


def read_head(path: Path) -> VideoHead:
    """The beginning of a video file. Raises AnalysisError if it is gone, no video, or cannot be decoded."""
    with opened(path, threads=1) as stream:
        frame = next(decoded(stream.codec_context, packets_of(stream)), None)
        if frame is None:
            raise _no_pictures(path, stream)
        height_px, width_px = upright(path, frame).shape[:2]
        n_declared, duration_s = _declared(stream)
        has_stamps = stream.container.format.name != "avi" and frame.pts is not None
        return VideoHead(
            path,
            VideoFacts(width_px, height_px, duration_s),
            n_declared,
            step_s=1 / _rate(stream) if 1 <= _rate(stream) <= 1000 else 1 / 25,
            tick_s=float(stream.time_base),
            first_stamp=(frame.pts if has_stamps else frame.dts) or 0,
            has_stamps=has_stamps,
        )


@contextlib.contextmanager
def opened(path: Path, *, threads: int | None = None) -> Iterator[Any]:
    """The file's first stream of pictures (PyAV), ready to be demuxed and decoded; closed at the end.

    threads: that its decoder may start; as many as the machine lends if None
    Raises VideoGone or UnreadableVideo.
    """
    import av
    import av.error

    require_container(path)
    damaged = UnreadableVideo(
        path, "it cannot be opened: it is damaged, cut off, or sound alone.", "Download or copy it again."
    )
    try:
        container = av.open(
            str(path.absolute()), metadata_errors="replace", options={"protocol_whitelist": "file"}
        )
    except (av.error.FFmpegError, OSError, ValueError) as e:
        raise damaged from e
    with container:
        stream = _pictures(container)
        if stream is None:
            raise damaged
        context = stream.codec_context
        if context is None:
            raise _no_pictures(path, stream)
        _check_size(path, context.width, context.height)
        context.thread_type = "AUTO"
        context.thread_count = n_threads() if threads is None else threads
        yield stream


def packets_of(stream: Any) -> Iterator[Any]:
    """The stream's packets in the file's order, up to where the file ends or cannot be read on."""
    import av.error

    for _ in range(_MAX_HOLES):
        try:
            for packet in stream.container.demux(stream):
                if packet.size:  # the last one is empty
                    yield packet
            return
        except av.error.BlockingIOError:  # a hole in a transport stream; there is more behind it
            continue
        except av.error.FFmpegError:
            return


def decoded(
    context: Any, packets: Iterable[Any], wanted: frozenset[int] | None = None, *, is_start: bool = True
) -> Iterator[Any]:
    """The frames of these packets in the order of showing; the decoder is as new afterwards.

    wanted:   stamps of packets; pictures beside them that no other picture is made from are not decoded
    is_start: whether the file may begin here in the middle of something, which is then left out
    Raises Undecodable where it ends before the last packet.
    """
    import av.error

    n_frames = 0
    try:
        for packet in itertools.chain(packets, [None]):  # None makes the decoder give what it holds back
            if wanted is not None:
                is_wanted = packet is None or packet.pts in wanted
                context.skip_frame = "DEFAULT" if is_wanted else "NONREF"
            try:
                frames = context.decode(packet)
            except av.error.FFmpegError as e:
                if is_start and not n_frames:
                    continue
                raise Undecodable from e
            n_frames += len(frames)
            yield from frames
    finally:
        if context.is_open:
            context.flush_buffers()


def upright(path: Path, frame: Any) -> NDArray[np.uint8]:
    """The frame's pixels (H, W, 3) BGR, turned as the file asks for. Raises UnreadableVideo."""
    import av.error

    _check_size(path, frame.width, frame.height)
    try:
        pixels = frame.reformat(format="bgr24", interpolation="BICUBIC").to_ndarray()
    except (av.error.FFmpegError, ValueError) as e:
        raise UnreadableVideo(path, "a picture in it cannot be decoded.", "Get the video again.") from e
    turned = np.rot90(pixels, _QUARTER_TURNS.get(frame.rotation, 0))
    return np.ascontiguousarray(turned, np.uint8)


def check_end(head: VideoHead, n_read: int, last_stamp: int, last_s: float) -> None:
    """Raises UnreadableVideo if much is missing by count and by time; one alone may be a rough header."""
    duration_s = head.facts.duration_s
    # Matroska's length counts from zero, also where the first picture's stamp is late.
    reached_s = max(last_s, last_stamp * head.tick_s)
    if duration_s and n_read < 0.9 * head.n_declared and reached_s < 0.9 * duration_s - 0.5:
        raise UnreadableVideo(
            head.path,
            f"it breaks off after {last_s:.0f} s of {duration_s:.0f} s, so it is cut off or damaged.",
            "Download or copy it again.",
        )


def _pictures(container: Any) -> Any:
    """The first stream of pictures that is no cover of the file; None if there is none."""
    import av.stream

    covers = (av.stream.Disposition.attached_pic, av.stream.Disposition.timed_thumbnails)
    moving = [s for s in container.streams.video if not any(s.disposition & cover for cover in covers)]
    return moving[0] if moving else None


def _check_size(path: Path, width_px: int, height_px: int) -> None:
    if width_px * height_px > MAX_PIXELS:
        raise UnreadableVideo(
            path, "its pictures are too large to work with.", "Convert it to 1080p or less."
        )


def _no_pictures(path: Path, stream: Any) -> UnreadableVideo:
    # A codec that FFmpeg does not know has no context, and then no tag.
    tag = str(stream.codec_context.codec_tag) if stream.codec_context else ""
    codec = tag.upper() if tag.isascii() and tag.isalnum() else "unknown"
    return UnreadableVideo(
        path,
        f"no picture in it can be decoded (video codec {codec}).",
        "Convert it to H.264, or check that it is whole and not sound alone.",
    )


def _rate(stream: Any) -> float:
    return float(stream.average_rate or stream.guessed_rate or 0)


def _declared(stream: Any) -> tuple[float, float]:
    """The number of pictures and the seconds that the file says it has; (0, 0) if it does not."""
    rate = _rate(stream)
    if not rate > 0:
        return 0.0, 0.0
    length_s = (stream.container.duration or 0) / 1e6
    if length_s <= 0 and stream.duration:
        length_s = float(stream.duration * stream.time_base)
    n_pictures = float(stream.frames or math.floor(length_s * rate + 0.5))
    is_told = n_pictures > 0 and math.isfinite(n_pictures / rate)
    return (n_pictures, n_pictures / rate) if is_told else (0.0, 0.0)
