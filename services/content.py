"""Names files by their content: 32 hex digits, the same wherever a file lies and whatever it is called."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from services.errors import AnalysisError
from services.records import Progress, quiet
from services.video_container import VideoGone

BLOCK_BYTES = 4 * 2**20


def blocks(path: Path) -> Iterator[bytes]:
    """The file's content, piece by piece. Raises AnalysisError if it is gone or may not be read."""
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                yield block
    except FileNotFoundError as e:
        raise VideoGone(path) from e
    except PermissionError as e:
        raise AnalysisError(f"{path} cannot be read. Give yourself the right to read it.") from e


def digest_of(pieces: Iterable[bytes]) -> str:
    found = hashlib.blake2b(digest_size=16)
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


def digest_of_all(files: list[Path], progress: Progress = quiet) -> str:
    """The digest of the files' contents in this order."""
    digests: list[bytes] = []
    for number, file in enumerate(files, start=1):
        digests.append(bytes.fromhex(digest_of(blocks(file))))
        progress(number, len(files), file.name)
    return digest_of(digests)
