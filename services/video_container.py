"""Which files are taken for videos, by their first bytes, and what is said of the others."""

from pathlib import Path

from services.errors import AnalysisError, NeedsSource

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


class UnreadableVideo(NeedsSource):
    def __init__(self, path: Path, what: str, next_step: str):
        super().__init__(f"{path.name}: {what} {next_step}")


def require_container(path: Path) -> None:
    """Raises VideoGone or UnreadableVideo if there is no file that begins as videos do."""
    if not path.is_file():
        raise VideoGone(path)
    if not _is_container(path):
        raise UnreadableVideo(
            path, "this is not a video that can be read.", "Choose an mp4, mov, mkv, webm or avi file."
        )


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
