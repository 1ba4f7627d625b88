"""What the browser uploads, kept on disk under the digest of its content."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from services.captions import MAX_BYTES
from services.content import BLOCK_BYTES, digest_of_all
from services.errors import AnalysisError
from services.pictures import SUFFIXES
from services.store import told_in_words

VIDEO_TYPES = ("mp4", "m4v", "mov", "mkv", "webm", "avi")
PICTURE_TYPES = tuple(suffix.removeprefix(".") for suffix in SUFFIXES)
CAPTION_TYPES = ("srt", "vtt", "ass", "ssa", "json", "json3", "txt")  # what services.captions reads
VIDEO_MB, CAPTIONS_MB = 2048, MAX_BYTES // 2**20


class Upload(Protocol):
    """A file as a page gets it, open at any place."""

    @property
    def name(self) -> str: ...
    def read(self, size: int = -1, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def seekable(self) -> bool: ...


def keep_video(files: Sequence[Upload], uploads: Path) -> Path:
    """One video as a file, or several pictures as a folder of frames, below `uploads`.

    Raises AnalysisError if they are neither, one is empty, or the disk is full.
    """
    are_pictures = [file.name.lower().endswith(SUFFIXES) for file in files]
    if all(are_pictures) and files:
        return _keep_pictures(files, uploads)
    if len(files) != 1:
        raise AnalysisError(
            f"{len(files)} files were added as one video. Add one video file, or pictures alone: each is "
            "then a frame, in the order of their names."
        )
    return keep_upload(files[0].name, files[0], uploads)


def keep_upload(name: str, data: "Upload | BinaryIO", uploads: Path) -> Path:
    """The uploaded file as uploads/<digest>/<its name made safe>; the same content is kept once per name.

    name: as the browser gave it
    data: read from its start, in blocks
    Raises AnalysisError if the disk is full or the file is empty.
    """
    if data.seekable():
        data.seek(0)
    digest = hashlib.blake2b(digest_size=16)
    with told_in_words("The upload", uploads):
        uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=uploads, prefix="part-")
        try:
            with os.fdopen(handle, "wb") as file:
                while block := data.read(BLOCK_BYTES):
                    digest.update(block)
                    file.write(block)
            if os.path.getsize(part) == 0:
                raise AnalysisError(f"{name}: the file is empty. Choose another one.")
            final = uploads / digest.hexdigest() / safe_name(name)
            final.parent.mkdir(mode=0o700, exist_ok=True)
            os.replace(part, final)
        finally:
            Path(part).unlink(missing_ok=True)
    return final


def _keep_pictures(files: Sequence[Upload], uploads: Path) -> Path:
    """uploads/<digest of the pictures>/<n pictures>/, each under its own name made safe."""
    with told_in_words("The upload", uploads):
        uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=uploads, prefix="part-"))
        try:
            kept = [_keep_picture(file, part, number) for number, file in enumerate(files)]
            final = uploads / digest_of_all(sorted(kept)) / f"{len(files)} pictures"
            final.parent.mkdir(mode=0o700, exist_ok=True)
            if not final.exists():
                os.replace(part, final)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return final


def _keep_picture(file: Upload, folder: Path, number: int) -> Path:
    path = folder / safe_name(file.name)
    while path.exists():  # two folders' pictures may have the same name
        path = path.with_stem(f"{path.stem} {number}")
    file.seek(0)
    path.write_bytes(file.read())
    if path.stat().st_size == 0:
        raise AnalysisError(f"{file.name}: the file is empty. Leave it out.")
    return path


def safe_name(name: str) -> str:
    """The name without folders and without what a shell, a browser or a file system may take amiss."""
    last = re.split(r"[/\\]", name)[-1]
    stem, dot, suffix = re.sub(r"[^\w.\- ]", "_", last).strip(" .").rpartition(".")
    return f"{stem[:60]}{dot}{suffix[:8]}" if stem else f"{suffix[:60] or 'file'}"
