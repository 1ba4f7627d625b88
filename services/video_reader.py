"""Reads a video's pictures with exact times, on variable frame rates too, decoding no more than it must."""

import contextlib
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.cores import n_threads
from services.video_file import (
    Undecodable,
    VideoHead,
    check_end,
    decoded,
    opened,
    packets_of,
    read_head,
    upright,
)
from services.video_plan import Choice, Plan, Stretch, Timed, plan_reading

_ROUNDING_S = 0.0005  # Matroska's times are whole milliseconds
_MAX_THREADS = 4  # each holds the pictures of a stretch


@dataclass(frozen=True, slots=True)
class VideoPicture:
    time_s: float
    pixels: NDArray[np.uint8]  # (H, W, 3) BGR


def sampled_pictures(path: Path, interval_s: float) -> Generator[VideoPicture]:
    """A picture every `interval_s` seconds, in order: the first at or after its time.

    Where one picture stays on screen longer than the interval, that picture again. Other threads decode
    ahead; close the iterator to end them before it is exhausted.
    Raises AnalysisError if the file is gone, no video, cut off, or its pictures are too large.
    """
    reading = _Reading.of_some(path, lambda timed: _every(timed, interval_s))
    yield from reading.pictures()
    reading.check_end()


def pictures_at(path: Path, times_s: Sequence[float]) -> Generator[VideoPicture]:
    """The first picture at or after each of these times, which ascend. Reads and raises as sampled_pictures.

    Where that is the picture of the time before, the next one.
    """
    yield from _Reading.of_some(path, lambda timed: _at(timed, times_s)).pictures()


def small_pictures(path: Path, width_px: int) -> Generator[VideoPicture]:
    """Every picture, at most so wide. Raises as sampled_pictures does."""
    import cv2

    reading = _Reading(read_head(path), None, iter)
    with contextlib.closing(reading.pictures()) as pictures:
        for picture in pictures:
            scale = min(1.0, width_px / picture.pixels.shape[1])
            small = cv2.resize(picture.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            yield VideoPicture(picture.time_s, np.asarray(small, np.uint8))
    reading.check_end()


class _Reading:
    """One pass over a video, which remembers how far it came."""

    def __init__(self, head: VideoHead, plan: Plan | None, choose: Choice):
        self._head, self._plan, self._choose = head, plan, choose
        self._n_read = 0
        self._last_s = 0.0
        self._last_stamp = head.first_stamp

    @classmethod
    def of_some(cls, path: Path, choose: Choice) -> "_Reading":
        head = read_head(path)
        with opened(path) as stream:
            return cls(head, plan_reading(stream, head, choose), choose)

    def pictures(self) -> Generator[VideoPicture]:
        with contextlib.closing(self._timed()) as timed:
            for time_s, frame in self._choose(timed):
                yield VideoPicture(time_s, upright(self._head.path, frame))

    def check_end(self) -> None:
        """Raises UnreadableVideo if the file ended long before it should."""
        n_read, last_stamp, last_s = self._n_read, self._last_stamp, self._last_s
        if self._plan:  # what was passed over counts as read
            stamps = self._plan.stamps
            is_whole = last_stamp >= max(self._plan.wanted)
            last_stamp = int(stamps[-1]) if is_whole else last_stamp
            n_read, last_s = int(np.searchsorted(stamps, last_stamp, "right")), self._head.time_s(last_stamp)
        check_end(self._head, n_read, last_stamp, last_s)

    def _frames(self) -> Generator[Any]:
        if self._plan and self._plan.stretches:
            return _side_by_side(self._head.path, self._plan)
        return _in_order(self._head.path, self._plan)

    def _timed(self) -> Generator[Timed]:
        """Frames with the times at which they are shown, ascending."""
        with (
            contextlib.closing(self._frames()) as shown,
            contextlib.suppress(Undecodable),
        ):
            for frame in shown:
                stamp = self._head.stamp_of(frame)
                time_s = self._last_s if stamp is None else self._head.time_s(stamp)
                if self._n_read and time_s <= self._last_s:  # AVI leaves stamps out
                    time_s = self._last_s + self._head.step_s
                self._n_read += 1
                self._last_s = time_s
                self._last_stamp = self._last_stamp if stamp is None else stamp
                yield time_s, frame


def _every(timed: Iterable[Timed], interval_s: float) -> Iterator[Timed]:
    """What sampled_pictures takes; it only looks at what it takes, so the rest may be missing."""
    n_taken = 0
    shown = None
    for time_s, frame in timed:
        while shown is not None and time_s >= (n_taken + 1) * interval_s - _ROUNDING_S:
            # Nothing new in this interval: what is on screen is still the one before.
            yield n_taken * interval_s, shown
            n_taken += 1
        if time_s >= n_taken * interval_s - _ROUNDING_S:
            yield time_s, frame
            n_taken += 1
        shown = frame


def _at(timed: Iterable[Timed], times_s: Sequence[float]) -> Iterator[Timed]:
    wanted = deque(times_s)
    for time_s, frame in timed:
        if not wanted:
            return
        if time_s >= wanted[0] - _ROUNDING_S:
            yield time_s, frame
            wanted.popleft()


def _in_order(path: Path, plan: Plan | None) -> Generator[Any]:
    """The frames from start to end, at least those that are wanted."""
    with opened(path) as stream:
        wanted = plan.wanted if plan and plan.is_thinned else None
        yield from decoded(stream.codec_context, packets_of(stream), wanted)


def _side_by_side(path: Path, plan: Plan) -> Generator[Any]:
    """The frames that are wanted, in order; several stretches are decoded at the same time."""
    n_decoders = min(n_threads(), _MAX_THREADS)
    decoders: SimpleQueue[Any] = SimpleQueue()
    stop = threading.Event()

    def decode(stretch: Stretch, packets: list[Any]) -> _Part:
        decoder = decoders.get()
        try:
            going_on = takewhile(lambda _: not stop.is_set(), packets)
            return _Part.of(stretch, decoder, going_on, is_thinned=plan.is_thinned)
        finally:
            decoders.put(decoder)

    with contextlib.ExitStack() as stack:
        stream = stack.enter_context(opened(path))
        for _ in range(n_decoders):
            decoders.put(stack.enter_context(opened(path, threads=1)).codec_context)
        pool = stack.enter_context(ThreadPoolExecutor(n_decoders, "pictures"))
        stack.callback(stop.set)
        ahead: deque[Future[_Part]] = deque()
        for number, packets in enumerate(_cut(packets_of(stream), plan.stretches)):
            ahead.append(pool.submit(decode, plan.stretches[number], packets))
            if len(ahead) > n_decoders:
                yield from ahead.popleft().result()
        while ahead:
            yield from ahead.popleft().result()


@dataclass(frozen=True, slots=True)
class _Part:
    """The wanted frames of a stretch."""

    frames: list[Any]
    is_whole: bool

    @classmethod
    def of(cls, stretch: Stretch, decoder: Any, packets: Iterable[Any], *, is_thinned: bool) -> "_Part":
        wanted = stretch.wanted if is_thinned else None
        frames: list[Any] = []
        try:
            for frame in decoded(decoder, packets, wanted, is_start=stretch.first == 0):
                if frame.pts in stretch.wanted:
                    frames.append(frame)
        except Undecodable:
            return cls(frames, is_whole=False)
        return cls(frames, is_whole=True)

    def __iter__(self) -> Iterator[Any]:
        yield from self.frames
        if not self.is_whole:
            raise Undecodable


def _cut(packets: Iterable[Any], stretches: Sequence[Stretch]) -> Iterator[list[Any]]:
    """The packets of each stretch."""
    left = deque(stretches)
    held: list[Any] = []
    for number, packet in enumerate(packets):
        if left and left[0].first <= number:
            held.append(packet)
            if number == left[0].last:
                yield held
                left.popleft()
                held = []
