"""A bundle with something in it changed, as somebody might who means harm."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

from services.bundle import MANIFEST, OBJECTS

Spoil = Callable[[dict[str, bytes]], None]


def spoilt(packed: bytes, spoil: Spoil) -> io.BytesIO:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    spoil(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out


def in_manifest(change: Callable[[dict[str, Any]], None]) -> Spoil:
    def spoil(files: dict[str, bytes]) -> None:
        manifest = json.loads(files[MANIFEST])
        change(manifest)
        files[MANIFEST] = json.dumps(manifest).encode()

    return spoil


def with_array(end: str, array: Any) -> Spoil:
    """The first array whose file ends so is another one, and its digest follows."""

    def spoil(files: dict[str, bytes]) -> None:
        name = next(name for name in files if name.endswith(end))
        out = io.BytesIO()
        np.save(out, array)
        put(files, name, out.getvalue())

    return spoil


def in_result(result: str, change: Callable[[dict[str, Any]], None]) -> Spoil:
    """The value of the result of this name is changed, and its digest follows."""

    def spoil(files: dict[str, bytes]) -> None:
        entries = json.loads(files[MANIFEST])["results"]
        k = next(entry["key"] for entry in entries if entry["name"] == result)
        name = f"{OBJECTS}/{k}/value.json"
        value = json.loads(files[name])
        change(value)
        put(files, name, json.dumps(value).encode())

    return spoil


def put(files: dict[str, bytes], name: str, data: bytes) -> None:
    """The file of a result has these bytes, and the manifest their digest."""
    _, k, file = name.split("/")
    manifest = json.loads(files[MANIFEST])
    for entry in manifest["results"]:
        if entry["key"] == k:
            entry["files"][file] = hashlib.sha256(data).hexdigest()
    files[name], files[MANIFEST] = data, json.dumps(manifest).encode()
