"""What analysts do wrong, through the real command line: exit code 2, one sentence, nothing lost."""

import os
import random
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from services import stages
from services.workspace import open_workspace
from tests import drawn
from tests.services.small_run import (
    CHINESE,
    ENGLISH,
    N_PAIRS,
    ROOT,
    assert_one_sentence,
    run_with,
    told,
    write_captions,
    written,
)

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x02\x00\x00\x00"


def silence(path: Path) -> Path:
    """A file with two seconds of sound and no picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16000)
        for n in range(32):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 16000, n * 1024, Fraction(1, 16000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def truncated(good: str, path: Path, share: float) -> Path:
    data = Path(good).read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def ten_hours_by_its_head(path: Path) -> Path:
    """A Matroska file of 20 s whose head tells of ten hours."""
    data = drawn.write_video(path, drawn.steady_times_ms(20, 5)).read_bytes()
    at = data.index(b"\x44\x89\x88") + 3  # the element "Duration", eight bytes long
    path.write_bytes(data[:at] + struct.pack(">d", 36_000_000.0) + data[at + 8 :])
    return path


def truncated_stream(path: Path) -> Path:
    """A Matroska file whose second half is missing: its head is whole and tells its length."""
    whole = drawn.write_video(path.with_name("whole.mkv"), drawn.steady_times_ms(20, 5))
    return truncated(str(whole), path, 0.5)


def folder_of(path: Path, name: str) -> Path:
    path.mkdir()
    (path / name).write_text("no picture")
    return path


VIDEOS: dict[str, tuple[Callable[[Path, str], object], tuple[str, ...]]] = {
    "text": (lambda at, _: written(at / "a.mp4", b"hello\n" * 99), ("a.mp4", "not a video", "Choose an mp4")),
    "PDF": (lambda at, _: written(at / "a.mp4", PDF), ("a.mp4", "not a video", "Choose an mp4")),
    "empty": (lambda at, _: written(at / "a.mp4", b""), ("a.mp4", "not a video", "Choose an mp4")),
    "no index": (lambda at, good: truncated(good, at / "a.mp4", 0.6), ("a.mp4", "cut off", "again")),
    "half": (lambda at, _: truncated_stream(at / "a.mkv"), ("a.mkv", "breaks off after", "again")),
    "ten hours": (
        lambda at, _: ten_hours_by_its_head(at / "a.mkv"),
        ("a.mkv", "breaks off after 20 s of 36000 s", "again"),
    ),
    "embedded playlist": (
        lambda at, _: "https://www.youtube.com/embed/videoseries?list=PL0123456789",
        ("videoseries", "not a link to one YouTube video", "Paste one like"),
    ),
    "sound": (lambda at, _: silence(at / "a.m4a"), ("a.m4a", "sound alone", "again")),
    "bare head": (lambda at, good: truncated(good, at / "a.mp4", 0.001), ("a.mp4", "cut off", "again")),
    "playlist file": (
        lambda at, _: written(at / "a.m3u8", b"#EXTM3U\nhttp://127.0.0.1/secret\n"),
        ("a.m3u8", "not a video", "Choose"),
    ),
    "no such path": (lambda at, _: at / "nowhere.mp4", ("nowhere.mp4", "neither", "Check the path")),
    "no pictures": (
        lambda at, _: folder_of(at / "f", "a.txt"),
        ("/f", "holds no pictures", "Choose one with"),
    ),
    "not a picture": (lambda at, _: folder_of(at / "f", "a.png"), ("a.png", "not a picture", "Take it out")),
    "device": (lambda at, _: "/dev/null", ("/dev/null", "neither", "Check the path")),
    "nothing": (lambda at, _: "  ", ("No video is given.", "Paste a YouTube link")),
    "other host": (lambda at, _: "https://vimeo.com/123", ("vimeo.com/123", "not a link to one", "Paste")),
    "playlist": (
        lambda at, _: "https://www.youtube.com/playlist?list=PL0123456789",
        ("playlist?list", "not a link to one YouTube video", "Paste one like"),
    ),
    "search": (
        lambda at, _: "https://www.youtube.com/results?search_query=moon",
        ("results?search_query", "not a link to one YouTube video", "Paste one like"),
    ),
    "channel": (lambda at, _: "https://www.youtube.com/@news", ("@news", "not a link to one", "Paste")),
    "javascript": (lambda at, _: "javascript:alert(1)", ("javascript:alert(1)", "neither", "paste the link")),
    "internal": (lambda at, _: "http://169.254.169.254/latest", ("169.254", "not a link to one", "Paste")),
    "posing": (lambda at, _: "https://youtube.com.evil.example/watch?v=doP5UacBlt0", ("evil", "not a link")),
    "file link": (lambda at, _: "file:///etc/passwd", ("file:///etc/passwd", "not a link to one", "Paste")),
}


@pytest.mark.parametrize("kind", VIDEOS)
def test_a_source_that_is_no_video(kind: str, good: dict[str, str], tmp_path: Path):
    make, says = VIDEOS[kind]
    assert_one_sentence(run_with(good, tmp_path / "out", left=make(tmp_path, good["--left"])), *says)


CAPTIONS: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "empty": (lambda at: written(at / "a.srt", b""), ("a.srt", "is empty", "Choose another one")),
    "blank": (lambda at: written(at / "a.srt", b"\xef\xbb\xbf \n\n"), ("a.srt", "Choose")),
    "header alone": (
        lambda at: written(at / "a.vtt", b"WEBVTT\n\n"),
        ("a.vtt", "any text", "Choose another"),
    ),
    "picture": (lambda at: written(at / "a.srt", PNG), ("a.srt", "not a caption file", "Choose an .srt")),
    "noise": (
        lambda at: written(at / "a.srt", random.Random(0).randbytes(4000)),
        ("a.srt", "caption file", "Choose an .srt"),
    ),
    "prose": (
        lambda at: written(at / "a.srt", b"Once upon a time.\n"),
        ("a.srt", "not a caption file", "Choose"),
    ),
    "web page": (lambda at: written(at / "a.srt", b"<!DOCTYPE html><p>x"), ("a.srt", "web page", "Download")),
    "bad times": (
        lambda at: written(at / "a.srt", b"1\n00:00:0x --> 00:00:02\nhi\n"),
        ("a.srt", "line 2", "Write them as"),
    ),
    "no such file": (lambda at: at / "none.srt", ("none.srt", "is not there", "Check the path")),
    "a folder": (lambda at: folder_of(at / "subs", "a.txt"), ("subs", "cannot be read", "Choose a file")),
    "of another video": (
        lambda at: write_captions(at / "late.srt", ENGLISH, first_s=5000),
        ("late.srt", "starts at 5000 s", "Choose the captions of this video"),
    ),
    "a million cues": (
        lambda at: written(at / "a.srt", b"1\n00:00:00,000 --> 00:00:01,000\na\n\n" * 1_000_000),
        ("a.srt", "larger than 20 MB", "Choose the caption file"),
    ),
    "half a million cues": (
        lambda at: written(at / "a.srt", b"0:01 --> 0:02\na\n\n" * 500_000),
        ("a.srt", "has 500,000 cues", "at most 100,000", "Choose the captions of one video"),
    ),
    "a million lines": (
        lambda at: written(at / "a.txt", b"a\n" * 900_000),
        ("a.txt", "has 900,000 cues", "at most 100,000", "Choose the captions of one video"),
    ),
    "video as text": (
        lambda at: drawn.write_video(at / "a.mp4", [0, 40]).rename(at / "a.txt"),
        ("a.txt", "not a caption file"),
    ),
    "web page as text": (lambda at: written(at / "a.txt", b"<html><p>x"), ("a.txt", "web page", "Download")),
    "too few": (
        lambda at: write_captions(at / "few.srt", ENGLISH, n=7),
        ("few.srt", "7 frame-and-text pairs", "at least 8 are needed", "Take a longer video"),
    ),
}


@pytest.mark.parametrize("kind", CAPTIONS)
def test_captions_that_are_none(kind: str, good: dict[str, str], tmp_path: Path):
    make, says = CAPTIONS[kind]
    assert_one_sentence(run_with(good, tmp_path / "out", left_captions=make(tmp_path)), *says)


MENDED: dict[str, Callable[[Path], Path]] = {
    "out of order": lambda at: mixed_up(at / "a.srt"),
    "end before start": lambda at: ends_first(at / "a.srt"),
    "spaces, Chinese and quotes": lambda at: write_captions(odd_folder(at) / "字幕 'a' \"b\".srt", ENGLISH),
    "plain text without times": lambda at: written(at / "a.txt", "\n".join(ENGLISH * 4).encode()),
    "UTF-16": lambda at: recoded(at / "a.srt", "utf-16"),
}


def mixed_up(path: Path) -> Path:
    blocks = write_captions(path, ENGLISH).read_text().split("\n\n")
    path.write_text("\n\n".join(reversed(blocks)))
    return path


def ends_first(path: Path) -> Path:
    text = write_captions(path, ENGLISH).read_text()
    path.write_text(re.sub(r"--> [\d:,]+", "--> 00:00:00,000", text))
    return path


def recoded(path: Path, encoding: str) -> Path:
    text = write_captions(path, ENGLISH).read_text()
    path.write_bytes(text.encode(encoding))
    return path


def odd_folder(at: Path) -> Path:
    folder = at / '新闻 it\'s "here" & $HOME'
    folder.mkdir()
    return folder


@pytest.mark.parametrize("kind", MENDED)
def test_captions_that_are_odd_but_whole_are_read(kind: str, good: dict[str, str], tmp_path: Path):
    # A K that is too large ends the run after the pairing, before the training.
    answer = run_with(good, tmp_path / "out", left_captions=MENDED[kind](tmp_path), k_left=99)
    assert (answer.code, "K is 99" in answer.sentences[-1]) == (2, True), answer


def test_a_video_at_an_odd_path_is_read(good: dict[str, str], tmp_path: Path):
    video = odd_folder(tmp_path) / "it's “新闻” 1.mp4"
    shutil.copyfile(good["--left"], video)
    assert_one_sentence(run_with(good, tmp_path / "out", left=video, k_left=99), "K is 99")


def test_captions_in_another_language_are_told_and_used(good: dict[str, str], tmp_path: Path):
    answer = run_with(good, tmp_path / "out", left_captions=good["--right-captions"], k_left=99)
    warning = answer.sentences[0]
    assert warning.startswith("Warning: English video: its text reads as Chinese (simplified)")
    assert "but English is chosen" in warning


def test_a_video_file_without_captions_sound_and_subtitles(good: dict[str, str], tmp_path: Path):
    without = {name: value for name, value in good.items() if name != "--right-captions"}
    says = (Path(good["--right"]).stem, "no subtitles are found", "Choose captions")
    assert_one_sentence(run_with(without, tmp_path / "out"), *says)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_k_above_the_number_of_pairs(side: str, good: dict[str, str], tmp_path: Path):
    says = (f"K is {N_PAIRS + 1}", f"only {N_PAIRS} pairs", f"--k-{side}")
    assert_one_sentence(run_with(good, tmp_path / "out", **{f"k_{side}": N_PAIRS + 1}), *says)


def test_a_backend_that_does_not_exist(good: dict[str, str], tmp_path: Path):
    assert_one_sentence(run_with(good, tmp_path / "out", backend="tags=nonsense"), "nonsense")


def test_nothing_is_lost_by_a_mistake(good: dict[str, str], tmp_path: Path):
    few = write_captions(tmp_path / "few.srt", CHINESE, n=7)
    wrong = run_with(good, tmp_path / "out", right_captions=few, k_left=99)
    goes_on = run_with(good, tmp_path / "out", k_left=99)
    assert wrong.err.splitlines()[:4] == ["Video", "Frames", "Transcript", "Segments"]
    assert goes_on.err.splitlines()[:-1] == ["Transcript", "Segments", "Pairs"]  # of the right video, anew
    assert "K is 99" in goes_on.sentences[0]


def test_a_file_that_changes_after_the_project_was_made(good: dict[str, str], tmp_path: Path):
    captions = write_captions(tmp_path / "own.srt", ENGLISH)
    told_first = run_with(good, tmp_path / "out", left_captions=captions, k_left=99)
    assert told_first.code == 2
    ws = open_workspace()
    (project,) = ws.projects.all()
    for stage in ("transcript", "segments", "pairs"):
        ws.store.discard(stages.key(project.left, stage))
    write_captions(captions, CHINESE)
    assert_one_sentence(
        told("build", project.project_id, "left", "pairs"), str(captions), "has changed", "Add it again"
    )


def test_a_terminal_without_chinese_does_not_end_the_command(workspace: object, tmp_path: Path):
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "services", "status", "月球"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("There is no project '??' in the workspace")
