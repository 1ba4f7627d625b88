"""Artefact cache: a folder of files per result, indexed by diskcache with JSON text only.

Safe to delete. Nothing is evicted by itself, nothing is pickled (CVE-2025-69872), writes are atomic.
"""

import contextlib
import errno
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import diskcache
from filelock import FileLock, Timeout

from services import codec
from services.errors import AnalysisError, StageMissing
from services.records import Progress, quiet


class TextOnlyDisk(diskcache.Disk):
    """Stores text under text keys and refuses to unpickle anything."""

    def put(self, key: Any) -> Any:
        if not isinstance(key, str):
            raise TypeError(f"key {key!r} is not text")
        return super().put(key)

    def get(self, key: Any, raw: bool) -> Any:
        if not raw:
            raise ValueError("the index holds a pickled key; delete the cache folder")
        return super().get(key, raw)

    def store(self, value: Any, read: bool, key: Any = diskcache.UNKNOWN) -> Any:
        if not isinstance(value, str):
            raise TypeError(f"value of {key!r} is not text")
        return super().store(value, read, key=key)

    def fetch(self, mode: int, filename: Any, value: Any, read: bool) -> Any:
        if mode not in (diskcache.core.MODE_RAW, diskcache.core.MODE_TEXT):
            raise ValueError("the index holds something that is not text; delete the cache folder")
        return super().fetch(mode, filename, value, read)


@contextlib.contextmanager
def told_in_words(what: str, root: Path) -> Iterator[None]:
    """Turn a full disk or a missing permission while writing `what` into a sentence.

    Raises AnalysisError; any other error rises as it is.
    """
    try:
        yield
    except (OSError, sqlite3.OperationalError) as e:
        number = getattr(e, "errno", None)
        text = str(e)
        if number in (errno.ENOSPC, errno.EDQUOT) or "disk is full" in text:
            raise AnalysisError(
                f"{what} could not be saved: the disk that holds {root} is full. Free some space "
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


class Store:
    """Write-once results by key."""

    def __init__(self, root: Path):
        self.root = root
        self._objects = root / "objects"
        self._scratch = root / "scratch"
        self._locks = root / "locks"
        with told_in_words("The results folder", root):
            for folder in (root, self._objects, self._scratch, self._locks):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._index = _open_index(root / "index")
            self._memo = _open_index(root / "memo")

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
            shutil.rmtree(made / "work", ignore_errors=True)  # checkpoints, part downloads
            data = codec.encode(value, made)
            _write_text(made / "value.json", json.dumps(data, ensure_ascii=False))
            size = sum(p.stat().st_size for p in made.rglob("*") if p.is_file())
            final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if final.exists():  # left by a run that died before it reached the index
                shutil.rmtree(final)
            os.replace(made, final)
            self._index[key] = json.dumps({**meta, "bytes": size, "created": time.time()})

    def discard(self, key: str) -> int:
        """Delete a result; gives the bytes that were freed."""
        size = int(self.meta(key).get("bytes", 0))
        with contextlib.suppress(KeyError):
            del self._index[key]
        shutil.rmtree(self.folder(key), ignore_errors=True)
        shutil.rmtree(self._scratch / key, ignore_errors=True)
        return size

    def keys(self) -> list[str]:
        return [str(key) for key in self._index.iterkeys()]

    def scratch_keys(self) -> list[str]:
        return [path.name for path in self._scratch.iterdir()]

    @contextlib.contextmanager
    def lock(self, key: str, progress: Progress = quiet) -> Iterator[None]:
        """Hold the right to compute `key`; a lock of a killed process is free at once."""
        lock = FileLock(self._locks / f"{key}.lock")
        while True:
            try:
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


def _open_index(folder: Path) -> Any:
    """A diskcache that never drops anything and keeps all text inside its SQLite file."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return diskcache.Cache(
        str(folder),
        disk=TextOnlyDisk,
        eviction_policy="none",
        size_limit=2**60,
        cull_limit=0,
        disk_min_file_size=2**30,
        timeout=60,
    )


def _write_text(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
