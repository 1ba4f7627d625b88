"""What a zip says of its sizes is not believed while it is unpacked."""

import io
import resource
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from services.bundle import MANIFEST, bundle_bytes
from services.bundle_read import open_bundle
from services.bundle_results import PIECE_BYTES, BadBundle, read_entry
from services.projects import Projects
from services.store import Store
from services.workspace import Workspace
from tests.filled import filled_workspace
from tests.services.spoilt_bundle import Spoil, put, spoilt

ZEROS = bytes(2**20)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path, Store(tmp_path / "cache"), Projects(tmp_path / "projects.sqlite"))


def lying(compression: int, megabytes: int) -> io.BytesIO:
    """A zip whose manifest is zeros for so many megabytes, and says that it has 1,000 bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive, archive.open(MANIFEST, "w") as file:
        for _ in range(megabytes):
            file.write(ZEROS)
    data = bytearray(out.getvalue())
    size = struct.pack("<L", megabytes * len(ZEROS))
    told = data.rindex(size)  # in the list of contents at the end, which is what is read
    data[told : told + 4] = struct.pack("<L", 1000)
    return io.BytesIO(bytes(data))


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_packed_in_another_way_is_refused_before_it_is_unpacked(elsewhere: Workspace, compression: int):
    with pytest.raises(BadBundle, match="packed in a way that Diptych does not use"):
        open_bundle(elsewhere, lying(compression, 1))


def test_an_entry_that_is_larger_than_it_says_is_damaged_and_takes_no_memory(elsewhere: Workspace):
    bomb = lying(zipfile.ZIP_DEFLATED, 600)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadBundle, match="damaged"):
        open_bundle(elsewhere, bomb)
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kb < 100_000  # of 600 MB


def test_an_entry_comes_in_pieces():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", bytes(2 * PIECE_BYTES + 5))
    with zipfile.ZipFile(out) as archive:
        assert [len(piece) for piece in read_entry(archive, "a.npy")] == [PIECE_BYTES, PIECE_BYTES, 5]


def _of_eight_terabytes() -> Spoil:
    """The first map says in its header that it has 10^12 rows."""
    header = io.BytesIO()
    told = {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    np.lib.format.write_array_header_1_0(header, told)  # pyright: ignore[reportArgumentType]

    def spoil(files: dict[str, bytes]) -> None:
        put(files, next(name for name in files if name.endswith("/xy.npy")), header.getvalue())

    return spoil


def test_an_array_that_says_it_is_larger_than_any_memory_is_refused(tmp_path: Path, elsewhere: Workspace):
    packed = bundle_bytes(*filled_workspace(tmp_path / "packed"))
    with pytest.raises(BadBundle, match="is not what it should be"):
        open_bundle(elsewhere, spoilt(packed, _of_eight_terabytes()))
