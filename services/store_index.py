"""Small SQLite files of texts under text keys, through diskcache; nothing in them is ever unpickled."""

from pathlib import Path
from typing import Any

import diskcache


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


def open_index(folder: Path) -> Any:
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
