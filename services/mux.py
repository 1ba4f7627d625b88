"""Pictures and sound that come as two files, packed into one without decoding either."""

import heapq
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from services.errors import AnalysisError
from services.records import Progress, quiet
from services.store import told_in_words

if TYPE_CHECKING:
    from av import Packet
    from av.container import InputContainer

_PACKETS_PER_REPORT = 500


def join_sound(pictures: Path, sound: Path, joined: Path, progress: Progress = quiet) -> None:
    """Write `joined` with the first picture stream of one file and the first sound stream of the other.

    joined:   its suffix names the container; .mkv takes every codec
    progress: hears of bytes
    Raises AnalysisError if one of the files cannot be read or the container does not take its codec.
    """
    import av
    from av.error import FFmpegError

    size = pictures.stat().st_size + sound.stat().st_size
    try:
        with (
            av.open(str(pictures)) as shown,
            av.open(str(sound)) as heard,
            told_in_words("The video", joined),
            av.open(str(joined), "w") as both,
        ):
            streams = [
                both.add_stream_from_template(shown.streams.video[0]),
                both.add_stream_from_template(heard.streams.audio[0]),
            ]
            done = 0
            for number, (_, which, packet) in enumerate(_in_order(shown, heard)):
                done += packet.size
                packet.stream = streams[which]
                both.mux(packet)
                if number % _PACKETS_PER_REPORT == 0:
                    progress(min(done, size), size, "joining pictures and sound")
    except (FFmpegError, IndexError, ValueError) as e:
        joined.unlink(missing_ok=True)
        raise AnalysisError(
            f"{pictures.name}: its pictures and its sound cannot be joined ({e}). "
            "Start again, or upload the video file."
        ) from e


def _in_order(shown: "InputContainer", heard: "InputContainer") -> Iterator[tuple[float, int, "Packet"]]:
    """Both files' packets by time: a container is read from start to end, so both must lie side by side."""

    def timed(container: "InputContainer", which: int) -> Iterator[tuple[float, int, "Packet"]]:
        stream = container.streams.audio[0] if which else container.streams.video[0]
        for packet in container.demux(stream):
            if packet.dts is not None:  # the last one is empty
                yield float(packet.dts * packet.time_base), which, packet

    return heapq.merge(timed(shown, 0), timed(heard, 1), key=lambda item: item[0])
