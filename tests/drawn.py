"""Small videos and pictures drawn for tests; each frame carries its number for people and for programs."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH_PX, HEIGHT_PX = 320, 180
N_BITS = 10
SCENES = ((40, 90, 160), (150, 60, 50), (60, 140, 70), (150, 130, 50))  # RGB, 50 frames each


def picture(number: int) -> NDArray[np.uint8]:
    """RGB picture of a frame: its scene's colour, its number in digits, and its bits as a row of squares."""
    image = np.full((HEIGHT_PX, WIDTH_PX, 3), SCENES[number // 50 % len(SCENES)], np.uint8)
    cv2.putText(image, str(number), (90, 80), cv2.FONT_HERSHEY_SIMPLEX, 2, (255, 255, 255), 4)
    cv2.circle(image, (20 + number * 3 % 280, 110), 12, (230, 230, 230), -1)
    for bit in range(N_BITS):
        shade = 255 if number >> bit & 1 else 0
        cv2.rectangle(image, (bit * 32, 140), (bit * 32 + 31, 179), (shade, shade, shade), -1)
    return image


def number_of(image: NDArray[np.uint8]) -> int:
    """The number that `picture` drew, read from its squares."""
    return sum(1 << bit for bit in range(N_BITS) if image[150:170, bit * 32 + 8 : bit * 32 + 24].mean() > 127)


def write_video(
    path: Path, times_ms: Sequence[int], codec: str = "libx264", options: dict[str, str] | None = None
) -> Path:
    """A video whose frame n is shown from times_ms[n] on; the container is told by the suffix.

    options: of the encoder; a key frame every 40 frames if None
    """
    clock = Fraction(1, 1000)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=30, options=options or {"g": "40"})
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        stream.codec_context.time_base = stream.time_base = clock
        for number, time_ms in enumerate(times_ms):
            frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
            frame.pts, frame.time_base = time_ms, clock
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def tone(seconds: float, rate: int = 16_000) -> NDArray[np.int16]:
    """(n,) a low note."""
    times_s = np.arange(int(seconds * rate)) / rate
    return (8000 * np.sin(2 * np.pi * 220 * times_s)).astype(np.int16)


def write_video_with_sound(
    path: Path, samples: NDArray[np.int16], *, rate: int = 16_000, sound_start_s: float = 0.0
) -> Path:
    """A drawn video as long as its sound, at 10 frames a second; the sound begins at sound_start_s."""
    n_pictures = int((len(samples) / rate + sound_start_s) * 10)
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("libx264", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        sound = container.add_stream("aac", rate=rate, layout="mono")
        for number in range(n_pictures):
            frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
            container.mux(pictures.encode(frame))
        container.mux(pictures.encode())
        for start in range(0, len(samples), 1024):
            heard = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], "s16", "mono")
            heard.sample_rate, heard.time_base = rate, Fraction(1, rate)
            heard.pts = start + int(sound_start_s * rate)
            container.mux(sound.encode(heard))
        container.mux(sound.encode())
    return path


def steady_times_ms(seconds: int, fps: int) -> list[int]:
    return [n * 1000 // fps for n in range(seconds * fps)]


def uneven_times_ms() -> list[int]:
    """30, then 15, then 10 frames a second, 4 s each."""
    return [
        *(n * 1000 // 30 for n in range(120)),
        *(4000 + n * 1000 // 15 for n in range(60)),
        *(8000 + n * 100 for n in range(40)),
    ]


def write_sound(path: Path, seconds: float = 2.0) -> Path:
    """A quiet tone and no picture; AAC in .m4a and .mp4, Opus in .webm."""
    codec, rate = ("libopus", 48000) if path.suffix == ".webm" else ("aac", 16000)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        for first in range(0, int(seconds * rate), 960):
            wave = 0.1 * np.sin(np.arange(first, first + 960) * 440 * 2 * np.pi / rate, dtype=np.float32)
            frame = av.AudioFrame.from_ndarray(wave[None].astype(np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
