"""Uploads are kept by content under safe names: a video, captions, or pictures as a folder of frames."""

import io
import os
from pathlib import Path

import pytest

from services.context import Context
from services.errors import AnalysisError
from services.pictures import picture_files
from services.sources import open_video, source_of
from services.uploads import keep_upload, keep_video


class Dropped(io.BytesIO):
    """A file as Streamlit hands it over."""

    def __init__(self, path: Path, name: str = ""):
        super().__init__(path.read_bytes())
        self.name = name or path.name


def test_an_upload_is_kept_by_content_under_its_own_name(drawn_video: Path, tmp_path: Path, ctx: Context):
    data = io.BytesIO(drawn_video.read_bytes())
    data.seek(100)  # as a page leaves it after a look at the file
    uploads = tmp_path / "uploads"
    path = keep_upload("新闻.mp4", data, uploads)
    assert path.name == "新闻.mp4"
    assert path.read_bytes() == drawn_video.read_bytes()
    assert keep_upload("新闻.mp4", data, uploads) == path
    assert [p.name for p in uploads.iterdir()] == [path.parent.name]
    source = source_of(str(path))
    assert (source.title, source.digest) == ("新闻", path.parent.name)
    assert os.path.samefile(open_video(source, ctx).path, path)  # no second copy of what is ours


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a.mp4", "a.mp4"),
        ("..", "file"),
        ("", "file"),
        ("a\0b<script>.srt", "a_b_script_.srt"),
        (".hidden.vtt", "hidden.vtt"),
        ("x" * 300 + ".mp4", "x" * 60 + ".mp4"),
    ],
)
def test_an_upload_s_name_is_made_safe(tmp_path: Path, name: str, kept: str):
    path = keep_upload(name, io.BytesIO(b"data"), tmp_path / "uploads")
    assert path.name == kept
    assert path.is_relative_to(tmp_path / "uploads")


def test_an_empty_upload_is_told_and_leaves_nothing(tmp_path: Path):
    with pytest.raises(AnalysisError, match=r"a\.mp4: the file is empty"):
        keep_upload("a.mp4", io.BytesIO(), tmp_path / "uploads")
    assert list((tmp_path / "uploads").iterdir()) == []


def test_one_video_is_kept_as_a_file(drawn_video: Path, tmp_path: Path):
    path = keep_video([Dropped(drawn_video, "新闻 'a'.mp4")], tmp_path / "uploads")
    assert path.read_bytes() == drawn_video.read_bytes()
    assert path.name == "新闻 _a_.mp4"


def test_several_pictures_are_kept_as_a_folder_of_frames(picture_folder: Path, tmp_path: Path):
    files = [Dropped(path) for path in reversed(picture_files(picture_folder))]
    folder = keep_video(files, tmp_path / "uploads")
    assert folder.name == f"{len(files)} pictures"
    assert source_of(str(folder)).digest == source_of(str(picture_folder)).digest
    assert keep_video(files, tmp_path / "uploads") == folder
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == [folder.parent.name]


def test_pictures_of_the_same_name_are_all_kept(picture_folder: Path, tmp_path: Path):
    names = ("a.png", "a 2.png", "a.png", "a.png")
    files = [Dropped(path, name) for path, name in zip(picture_files(picture_folder), names, strict=False)]
    folder = keep_video(files, tmp_path / "uploads")
    assert {path.read_bytes() for path in picture_files(folder)} == {file.getvalue() for file in files}


def test_a_video_among_pictures_and_two_videos_are_told(
    drawn_video: Path, picture_folder: Path, tmp_path: Path
):
    video, picture = Dropped(drawn_video), Dropped(picture_files(picture_folder)[0])
    for files in ([video, picture], [video, video]):
        with pytest.raises(AnalysisError, match="2 files were added as one video"):
            keep_video(files, tmp_path / "uploads")


def test_an_empty_picture_is_told_and_leaves_nothing(picture_folder: Path, tmp_path: Path):
    nothing = tmp_path / "b.png"
    nothing.write_bytes(b"")
    with pytest.raises(AnalysisError, match=r"b\.png: the file is empty"):
        keep_video([Dropped(picture_files(picture_folder)[0]), Dropped(nothing)], tmp_path / "uploads")
    assert list((tmp_path / "uploads").iterdir()) == []
