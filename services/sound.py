"""The sound track of a video as the recognizer hears it: one channel, 16,000 samples a second (§4.2.2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.errors import AnalysisError, NeedsSource
from services.records import Progress, quiet

RATE = 16_000


class NoSound(NeedsSource):
    def __init__(self, path: Path):
        super().__init__(
            f"{path.name} has no sound track, so there is no speech to recognize. "
            "Choose captions, or read its burnt-in subtitles."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    samples: NDArray[np.int16]  # (n,) at RATE
    start_s: float  # of the first sample, from the video's first picture

    @property
    def duration_s(self) -> float:
        return len(self.samples) / RATE


def has_sound(path: Path) -> bool:
    """Whether the file has a sound track. Raises AnalysisError if it cannot be opened."""
    with _opened(path) as container:
        return bool(container.streams.audio)


def read_sound(path: Path, progress: Progress = quiet) -> Sound:
    """The whole sound track; damaged packets are left out.

    progress: hears of seconds; what it raises ends the reading
    Raises NoSound if there is none, AnalysisError if the file cannot be opened.
    """
    with _opened(path) as container:
        if not container.streams.audio:
            raise NoSound(path)
        total_s = (container.duration or 0) / 1e6
        parts: list[NDArray[np.int16]] = []
        n_samples = 0
        for part in _resampled(container):
            parts.append(part)
            n_samples += len(part)
            done_s = n_samples / RATE
            progress(
                int(done_s), max(int(total_s), int(done_s), 1), f"sound, {done_s:.0f} of {total_s:.0f} s"
            )
        start_s = _start_s(container.streams.audio[0]) - _start_s(next(iter(container.streams.video), None))
    return Sound(np.concatenate(parts) if parts else np.empty(0, np.int16), start_s)


def _opened(path: Path) -> Any:
    import av
    import av.error

    try:
        return av.open(str(path.absolute()), metadata_errors="ignore")
    except (av.error.FFmpegError, OSError) as e:
        raise AnalysisError(
            f"{path.name}: its sound cannot be read, because the file is damaged, cut off or gone. "
            "Download or copy it again."
        ) from e


def _resampled(container: Any) -> Iterator[NDArray[np.int16]]:
    """Blocks of about ten seconds."""
    import av

    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    block: list[NDArray[np.int16]] = []
    n_samples = 0
    for frame in _frames(container):
        for heard in resampler.resample(frame):
            block.append(heard.to_ndarray()[0])
            n_samples += len(block[-1])
        if n_samples >= 10 * RATE:
            yield np.concatenate(block)
            block, n_samples = [], 0
    if block:
        yield np.concatenate(block)


def _frames(container: Any) -> Iterator[Any]:
    """Frames of the first sound track, then None, which makes a resampler give its rest."""
    import av.error

    for packet in container.demux(audio=0):
        try:
            for frame in packet.decode():
                frame.pts = None  # stamps with gaps confuse the resampler
                yield frame
        except av.error.InvalidDataError:
            continue
    yield None


def _start_s(stream: Any) -> float:
    if stream is None or stream.start_time is None:
        return 0.0
    return float(stream.start_time * stream.time_base)
