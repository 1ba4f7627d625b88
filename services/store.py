"""Artefact cache: a folder of files per result, indexed by diskcache with JSON text only.

Safe to delete. Nothing is evicted by itself, nothing is pickled (CVE-2025-69872), writes are atomic.
"""

import contextlib
import errno
import json
import logging
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from services import codec
from services.errors import AnalysisError, StageMissing
from services.records import Progress, quiet
from services.store_index import open_index

log = logging.getLogger(__name__)

DISK_IS = {
    errno.ENOSPC: "is full",
    errno.EDQUOT: "is full as far as you may use it",
    errno.EFBIG: "takes no file of that size (a limit is shown by: ulimit -f)",
    errno.EIO: "reports an error, as it does when it is damaged or a quota is reached",
}


@contextlib.contextmanager
def told_in_words(what: str, root: Path) -> Iterator[None]:
    """Turn a full disk or a missing permission while writing `what` into a sentence.

    Raises AnalysisError; any other error rises as it is.
    """
    try:
        yield
    except (OSError, sqlite3.OperationalError) as e:
        text, number = str(e), _number(e, root)
        if number in DISK_IS:
            raise AnalysisError(
                f"{what} could not be saved: the disk that holds {root} {DISK_IS[number]}. Free some space "
                "(python -m services prune deletes results that no project uses) and start the step again; "
                "finished steps are kept."
            ) from e
        if (
            number in (errno.EACCES, errno.EPERM, errno.EROFS)
            or "readonly" in text
            or "unable to open" in text
        ):
            raise AnalysisError(
                f"{what} could not be saved: {root} cannot be written. "
                "Give yourself the right to write there, or set DIPTYCH_HOME to another folder."
            ) from e
        raise


def _number(error: OSError | sqlite3.OperationalError, root: Path) -> int | None:
    """The system's error number; SQLite keeps it to itself and does not always know a full disk."""
    if isinstance(error, OSError):
        return error.errno
    if "disk is full" in str(error):
        return errno.ENOSPC
    if "disk I/O error" in str(error):
        return errno.ENOSPC if shutil.disk_usage(root).free < 2**20 else errno.EIO
    return None


class Store:
    """Write-once results by key."""

    def __init__(self, root: Path):
        self.root = root
        self._objects = root / "objects"
        self._scratch = root / "scratch"
        self._thumbs = root / "thumbs"  # filled by services.web
        self._locks = root / "locks"
        with told_in_words("The results folder", root):
            for folder in (root, self._objects, self._scratch, self._locks):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._index = open_index(root / "index")
            self._memo = open_index(root / "memo")

    def folder(self, key: str) -> Path:
        return self._objects / key[:2] / key

    def scratch(self, key: str) -> Path:
        """A folder for unfinished work on `key`; what a killed run left is found there again."""
        folder = self._scratch / key
        with told_in_words("Unfinished work", self.root):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def __contains__(self, key: str) -> bool:
        return key in self._index and self.folder(key).is_dir()

    def get(self, key: str, kind: Any) -> Any:
        """The record of type `kind` stored under `key`. Raises StageMissing if it is not whole."""
        folder = self.folder(key)
        try:
            data = json.loads((folder / "value.json").read_text("utf-8"))
            return codec.decode(kind, data, folder)
        except (FileNotFoundError, NotADirectoryError) as e:
            with contextlib.suppress(KeyError):
                del self._index[key]
            raise StageMissing(key) from e

    def meta(self, key: str) -> dict[str, Any]:
        """What made the result: stage, settings, seconds, versions, backend, bytes."""
        text = self._index.get(key)
        return json.loads(text) if isinstance(text, str) else {}

    def put(self, key: str, value: object, meta: dict[str, Any]) -> None:
        """Store a record whose files lie in scratch(key); that folder, less its work/, becomes the result.

        Raises AnalysisError when the disk is full or not writable; the scratch folder then stays.
        """
        made, final = self.scratch(key), self.folder(key)
        with told_in_words(f"The result of '{meta.get('stage', key)}'", self.root):
            data = codec.encode(value, made)
            _write_text(made / "value.json", json.dumps(data, ensure_ascii=False))
            if final.exists():  # left by a run that died before it reached the index
                shutil.rmtree(final)
            final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            size = _size(made) - _size(made / "work")
            note = json.dumps({**meta, "bytes": size, "created": time.time()})
            self._index[key] = note
            # From here on a full disk stops nothing: checkpoints had to stay until now.
            shutil.rmtree(made / "work", ignore_errors=True)
            os.replace(made, final)
            if key not in self._index:  # somebody looked for the folder a moment too early
                self._index[key] = note

    def discard(self, key: str) -> int:
        """Delete a result, its thumbnails and unfinished work on it; gives the bytes that were freed.

        Nothing happens while somebody computes it.
        """
        lock = FileLock(self._locks / f"{key}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return 0
        except OSError:  # no space for a lock; then nobody else has one
            log.debug("discarding %s without a lock", key)
        try:
            folders = (self._scratch / key, self.folder(key), self._thumbs / key[:2] / key)
            size = sum(delete_folder(folder) for folder in folders)
            # After the files: on a full disk the index can only be written once they are gone.
            with contextlib.suppress(KeyError), told_in_words("The list of results", self.root):
                del self._index[key]
        finally:
            lock.release()
        return size

    def keys(self) -> list[str]:
        """The keys of all that can be discarded: results, unfinished work, thumbnails, what a crash left."""
        paths = (*self._objects.glob("*/*"), *self._scratch.iterdir(), *self._thumbs.glob("*/*"))
        return sorted({*map(str, self._index.iterkeys()), *(path.name for path in paths)})

    @contextlib.contextmanager
    def lock(self, key: str, progress: Progress = quiet) -> Iterator[None]:
        """Hold the right to compute `key`; a lock of a killed process is free at once."""
        lock = FileLock(self._locks / f"{key}.lock")
        while True:
            try:
                with told_in_words("The lock of this step", self.root):
                    lock.acquire(timeout=0.5)
                break
            except Timeout:
                progress(0, 1, "another run is computing this step; waiting for it")
        try:
            yield
        finally:
            lock.release()

    def remember(self, name: str, compute: Callable[[], Any]) -> Any:
        """The JSON value kept under `name`, computed at the first call.

        name: must say everything that shapes the value (backend, revision, digest of the input)
        """
        text = self._memo.get(name)
        if isinstance(text, str):
            return json.loads(text)
        value = compute()
        with told_in_words("An intermediate result", self.root):
            self._memo[name] = json.dumps(value, ensure_ascii=False)
        return value


def delete_folder(folder: Path) -> int:
    """Delete a folder if it is there; gives the bytes that were freed."""
    size = _size(folder, max_names=1)
    shutil.rmtree(folder, ignore_errors=True)
    return size


def _size(folder: Path, max_names: int | None = None) -> int:
    """Bytes of the files below it; without those that have more than `max_names` names on the disk."""
    files = [path.lstat() for path in folder.rglob("*") if path.is_file()]
    return sum(file.st_size for file in files if max_names is None or file.st_nlink <= max_names)


def _write_text(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
