"""The zip of a selection holds a table and each frame once, under names that no text can shape."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from crvae.records import Clustering
from services import selection
from services.errors import AnalysisError
from services.records import AlignedPairs, Frames
from services.selection import selection_zip

TIMES_S = np.array([0.0, 2.0, 64.0, 3700.0])


@pytest.fixture
def frames(tmp_path: Path) -> Frames:
    made = Frames(TIMES_S, tmp_path, 320, 180)
    for frame in range(len(TIMES_S)):
        made.path(frame).write_bytes(b"jpeg %d" % frame)
    return made


def pairs() -> AlignedPairs:
    index = np.array([0, 1, 1, 2, 3])
    texts = ("one", '../../etc, "two"', "三", "four", "five")
    return AlignedPairs(index, np.arange(5), TIMES_S[index], texts, "nearest_start", "")


CLUSTERING = Clustering(2, np.array([0, 1, 1, -1, 0], np.int32), np.zeros((2, 1), np.float32), 0)


def opened(data: bytes) -> tuple[list[str], list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        table = archive.read("selection.csv").decode()
        return sorted(archive.namelist()), list(csv.DictReader(io.StringIO(table)))


def test_a_frame_of_two_pairs_is_there_once_and_the_table_names_it_twice(frames: Frames):
    names, rows = opened(selection_zip(frames, pairs(), CLUSTERING, (), [1, 2]))
    assert names == ["frames/00001-0-02.jpg", "selection.csv"]
    assert [row["file"] for row in rows] == ["frames/00001-0-02.jpg"] * 2


def test_the_table_tells_time_cluster_and_text_in_order_of_pairs(frames: Frames):
    _, rows = opened(selection_zip(frames, pairs(), CLUSTERING, ("Venues", "航天员"), [3, 2, 0]))
    assert [
        (row["pair"], row["time_s"], row["cluster"], row["cluster_name"], row["text"]) for row in rows
    ] == [
        ("0", "0.0", "0", "Venues", "one"),
        ("2", "2.0", "1", "航天员", "三"),
        ("3", "64.0", "-1", "", "four"),
    ]


def test_no_text_or_name_comes_into_a_path(frames: Frames):
    names, _ = opened(selection_zip(frames, pairs(), CLUSTERING, ("../a", "/b"), range(5)))
    assert names == [
        "frames/00000-0-00.jpg",
        "frames/00001-0-02.jpg",
        "frames/00002-1-04.jpg",
        "frames/00003-1-01-40.jpg",
        "selection.csv",
    ]


def test_the_frames_are_those_of_the_video(frames: Frames):
    with zipfile.ZipFile(io.BytesIO(selection_zip(frames, pairs(), CLUSTERING, (), [4]))) as archive:
        assert archive.read("frames/00003-1-01-40.jpg") == b"jpeg 3"


def test_a_frame_that_is_gone_is_told(frames: Frames):
    frames.path(2).unlink()
    with pytest.raises(AnalysisError, match="Frame 2 of the stored frames is gone"):
        selection_zip(frames, pairs(), CLUSTERING, (), [3])


def test_more_frames_than_a_zip_takes_are_refused(frames: Frames, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(selection, "FRAMES_MAX", 2)
    with pytest.raises(AnalysisError, match="4 frames are selected, and a zip takes 2"):
        selection_zip(frames, pairs(), CLUSTERING, (), range(5))
