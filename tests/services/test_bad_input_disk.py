"""Folders that cannot be written and disks that are full, through the real command line."""

import contextlib
import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from services.workspace import open_workspace
from tests.filled import filled_workspace
from tests.services.small_run import N_PAIRS, ROOT, Told, assert_one_sentence, run_with, told, written
from tests.services.test_export import FILES


def test_an_output_folder_that_is_a_file_is_told_before_anything_is_computed(
    good: dict[str, str], tmp_path: Path
):
    out = written(tmp_path / "out", b"mine")
    assert_one_sentence(run_with(good, out), str(out), "cannot be made", "Choose another folder")
    assert open_workspace().projects.all() == []
    assert out.read_bytes() == b"mine"


def test_a_workspace_that_is_a_file(good: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home = written(tmp_path / "home", b"")
    monkeypatch.setenv("DIPTYCH_HOME", str(home))
    assert_one_sentence(told("prune"), str(home), "cannot be made", "Set DIPTYCH_HOME")


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A small file system of its own at `folder`; skips the test where that is not allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "diptych-test", str(folder)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no right to mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder that may not be written, for root neither."""
    if os.geteuid() == 0:
        with mounted(folder, "ro,size=64k"):
            yield
        return
    folder.mkdir(mode=0o500)
    yield
    folder.chmod(0o700)


def test_an_output_folder_that_may_not_be_written(good: dict[str, str], tmp_path: Path):
    with read_only(tmp_path / "locked"):
        says = (str(tmp_path / "locked" / "out"), "cannot be written", "choose another folder")
        assert_one_sentence(run_with(good, tmp_path / "locked" / "out"), *says)


@pytest.mark.parametrize("below", ["", "home"])
def test_a_workspace_that_may_not_be_written(
    below: str, good: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home = tmp_path / "locked" / below
    monkeypatch.setenv("DIPTYCH_HOME", str(home))
    with read_only(tmp_path / "locked"):
        assert_one_sentence(run_with(good, tmp_path / "out"), str(home), "cannot be", "Set DIPTYCH_HOME")


@pytest.mark.parametrize("size_kb", [16, 300, 400, 460, 540])  # each is too small for another file
def test_a_full_disk_is_told_and_the_same_command_goes_on_when_there_is_room(
    size_kb: int, good: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    disk = tmp_path / "disk"
    monkeypatch.setenv("DIPTYCH_HOME", str(disk / "home"))
    with mounted(disk, f"size={size_kb}k"):
        # A K that is too large ends the run before the training, which this is not about.
        full = run_with(good, tmp_path / "out", k_left=99)
        assert_one_sentence(full, "could not be saved", "is full", "Free some space")
        subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
        goes_on = run_with(good, tmp_path / "out", k_left=99)
        assert_one_sentence(goes_on, "K is 99")
        assert not set(finished(full)) & set(goes_on.err.splitlines())


def finished(answer: Told) -> list[str]:
    """The steps that a run had done for the left video before it failed."""
    begun = [line for line in answer.err.splitlines() if line in ("Video", "Frames", "Transcript")]
    return begun[:-1] if len(begun) < 4 else []


def test_prune_makes_room_on_a_disk_that_is_full_to_the_last_byte(
    good: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    disk = tmp_path / "disk"
    monkeypatch.setenv("DIPTYCH_HOME", str(disk / "home"))
    with mounted(disk, "size=3m"):
        assert_one_sentence(run_with(good, tmp_path / "out", k_left=99), "K is 99")
        projects = open_workspace().projects
        projects.delete(projects.all()[0].project_id)
        gc.collect()  # closes the files of the results' list, as the end of a program does
        with contextlib.suppress(OSError), (disk / "others").open("wb", buffering=0) as file:
            while file.write(bytes(512)):
                pass
        assert_one_sentence(told("status", "any"), "is full", "python -m services prune")
        assert told("prune").out.startswith("Deleted 10 stored results")


def test_an_output_folder_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ws, project = filled_workspace(tmp_path)
    monkeypatch.setenv("DIPTYCH_HOME", str(ws.root))
    disk = tmp_path / "disk"
    with mounted(disk, "size=64k"):
        full = told("export", project.project_id, "--out", disk / "out")
        assert_one_sentence(full, str(disk / "out"), "its disk is full", "export again")
        subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
        assert told("export", project.project_id, "--out", disk / "out").code == 0
        assert {p.relative_to(disk / "out").as_posix() for p in disk.rglob("*") if p.is_file()} == FILES


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits")
def test_a_limit_on_the_size_of_files_is_told(good: dict[str, str], tmp_path: Path):
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, resource.RLIM_INFINITY)); "
        "from services.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    large = tmp_path / "large"
    large.mkdir()
    for number in range(N_PAIRS):
        Image.new("RGB", (700, 700), (number, 0, 0)).save(large / f"{number}.bmp")
    words = [word for pair in (good | {"--left": str(large)}).items() for word in pair]
    command = [sys.executable, "-c", limited, "run", *words, "--epochs", "1", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    answer = Told(done.returncode, done.stdout, done.stderr)
    assert_one_sentence(answer, "The pictures could not be saved", "ulimit -f")
