"""The results of a bundle: each checked by name, digest, kind and fit before it is stored."""

import contextlib
import hashlib
import json
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services import codec
from services.bundle import OBJECTS, result_kinds
from services.bundle_checks import misfit
from services.errors import AnalysisError
from services.recipe import Project
from services.records import Progress
from services.store import Store

MAX_JSON_BYTES, PIECE_BYTES = 64 * 2**20, 2**20
_KEY = re.compile(r"[0-9a-f]{32}")
_FILE = re.compile(r"[\w.]{1,120}\.(?:json|npy)", re.ASCII)
# What a damaged or forged zip or JSON may raise while it is read.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    ArithmeticError,
    MemoryError,  # an array that says it is larger than any memory
)


class BadBundle(AnalysisError):
    def __init__(self, what: str):
        super().__init__(
            f"This bundle cannot be opened: {what}. Nothing was changed. Ask for the bundle again; it is the "
            "zip that the Library page or 'python -m services bundle' writes."
        )


def read_entry(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The entry in pieces, of which one is in memory at a time.

    archive: its entries stored or deflated, for of the others Python unpacks more than is asked for
    Raises BadBundle if the entry is not there, damaged, or of another size than it says.
    """
    try:
        with archive.open(name) as file:
            while piece := file.read(PIECE_BYTES):  # without a number, all that lies there is unpacked
                yield piece
    except KeyError as e:
        raise BadBundle(f"it lacks the file {name.split('/')[-1]}") from e
    except DAMAGE as e:
        raise BadBundle(f"the file {name.split('/')[-1]} in it is damaged") from e


def take_results(
    store: Store, archive: zipfile.ZipFile, manifest: dict[str, Any], project: Project, progress: Progress
) -> tuple[int, int]:
    """How many results were taken over, and how many are of another version. All are checked first."""
    kinds = result_kinds(project)
    results: Any = manifest.get("results")
    if not isinstance(results, list):
        raise BadBundle("its list of results cannot be read")
    n_skipped = 0
    checked: dict[str, tuple[str, dict[str, Any], Any]] = {}
    with tempfile.TemporaryDirectory(dir=store.root) as folder:
        for done, entry in enumerate(results):
            progress(done, len(results), "Opening: results")
            name, k, files = _entry(entry)
            if kinds.get(name, ("",))[0] != k:
                n_skipped += 1
                continue
            if name in checked:
                raise BadBundle(f"it lists its result '{name}' twice")
            unpacked = Path(folder) / name.replace("/", "-")
            _unpack(archive, k, files, unpacked)
            checked[name] = (k, entry, _decoded(name, kinds[name][1], unpacked))
        wrong = misfit({name: value for name, (_, _, value) in checked.items()})
        if wrong:
            raise BadBundle(f"its result '{wrong}' does not fit the others")
        for k, entry, value in checked.values():
            with store.lock(k):
                if k not in store:
                    store.put(
                        k, value, {**_meta(entry), "stage": entry["name"].split("/")[-1], "is_imported": True}
                    )
    return len(checked), n_skipped


def _entry(entry: Any) -> tuple[str, str, dict[str, str]]:
    """Name, key and files (name -> sha256) of a result, after each was found harmless."""
    if not isinstance(entry, dict):
        raise BadBundle("its list of results cannot be read")
    name, k, files = entry.get("name"), entry.get("key"), entry.get("files")
    if not isinstance(name, str) or not isinstance(k, str) or not _KEY.fullmatch(k):
        raise BadBundle("its list of results cannot be read")
    if not isinstance(files, dict) or not all(_FILE.fullmatch(str(file)) for file in files):
        raise BadBundle(f"a file of '{name[:80]}' has a name that no result has")
    return name, k, {str(file): str(digest) for file, digest in files.items()}


def _unpack(archive: zipfile.ZipFile, k: str, files: dict[str, str], folder: Path) -> None:
    folder.mkdir()
    for file, digest in files.items():
        sha256 = hashlib.sha256()
        with (folder / file).open("wb") as unpacked:
            for piece in read_entry(archive, f"{OBJECTS}/{k}/{file}"):
                sha256.update(piece)
                unpacked.write(piece)
        if sha256.hexdigest() != digest:
            raise BadBundle(f"the file {file} of a result was changed or damaged")


def _decoded(name: str, kind: type, folder: Path) -> Any:
    try:
        if (folder / "value.json").stat().st_size > MAX_JSON_BYTES:
            raise BadBundle(f"its result '{name}' is larger than a result gets")
        return codec.decode(kind, json.loads((folder / "value.json").read_text("utf-8")), folder)
    except DAMAGE as e:
        raise BadBundle(f"its result '{name}' is not what it should be") from e


def _meta(entry: dict[str, Any]) -> dict[str, Any]:
    """Of what made a result only what is shown: seconds, backend, versions."""
    meta = entry.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    seconds, backend, versions = meta.get("seconds"), meta.get("backend"), meta.get("versions")
    spent = 0.0
    with contextlib.suppress(OverflowError):
        spent = float(seconds) if isinstance(seconds, int | float) else 0.0
    return {
        "seconds": spent,
        "backend": str(backend or "")[:200],
        "versions": {
            str(name)[:80]: str(version)[:80]
            for name, version in list(versions.items() if isinstance(versions, dict) else ())[:40]
        },
    }
