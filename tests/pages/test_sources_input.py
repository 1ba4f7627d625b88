"""What is uploaded and pasted on Sources: what is wrong is told in a sentence, and nothing is stored."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from services import jobs
from services.recipe import SIDES, Project
from services.records import Transcript, VideoFile
from services.stages import load
from services.workspace import Workspace
from tests import drawn
from tests.filled import put
from tests.pages.conftest import buttons, open_page, words

SRT = b"1\n00:00:00,000 --> 00:00:02,000\nblue sky over the harbour\n"
LINKS = ("https://youtu.be/doP5UacBlt0", "https://www.youtube.com/watch?v=doP5UacBlt1&t=3")


@pytest.fixture(autouse=True)
def sentences() -> Iterator[None]:
    """Lets a test read the sentence that app.report draws; without the server it comes as an exception."""
    before = st.get_option("client.showErrorDetails")
    st.set_option("client.showErrorDetails", "full")
    yield
    st.set_option("client.showErrorDetails", before)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("page") / "news.mp4"
    return drawn.write_video(path, drawn.steady_times_ms(4, 5)).read_bytes()


def opened(way: str) -> AppTest:
    at = open_page("sources")
    at.button(key=f"sources_way_{way}").click().run()
    at.text_input(key=f"sources_topic_{way}").input("Harbour").run()
    return at


def uploaded(videos: list[tuple[str, bytes]], captions: tuple[str, bytes]) -> AppTest:
    """The form with these files on the left, and good ones on the right, after Create."""
    at = opened("upload")
    for side, files, text in (("left", videos, captions), ("right", videos[-1:], ("b.srt", SRT))):
        at.file_uploader(key=f"sources_video_{side}").set_value([(*file, "") for file in files])
        at.file_uploader(key=f"sources_captions_{side}").set_value((*text, ""))
    at.run()
    return at.button(key="sources_create_upload").click().run()


BAD: dict[str, tuple[Callable[[bytes], tuple[str, bytes]], tuple[str, bytes], tuple[str, ...]]] = {
    "truncated": (lambda good: ("a.mp4", good[:3000]), ("a.srt", SRT), ("a.mp4", "cut off")),
    "empty video": (lambda good: ("a.mp4", b""), ("a.srt", SRT), ("a.mp4", "file is empty")),
    "no video": (lambda good: ("新闻 'a'.mp4", b"hello" * 99), ("a.srt", SRT), ("not a video",)),
    "empty captions": (lambda good: ("a.mp4", good), ("a.srt", b""), ("a.srt", "file is empty")),
    "binary captions": (
        lambda good: ("a.mp4", good),
        ("a.srt", b"PK\x03\x04\x00\x00"),
        ("not a caption file",),
    ),
    "web page": (lambda good: ("a.mp4", good), ("a.srt", b"<!DOCTYPE html><p>"), ("web page",)),
    "too many cues": (
        lambda good: ("a.mp4", good),
        ("a.srt", b"0:1 --> 0:2\na\n" * 200_000),
        ("at most 100,000",),
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_upload_is_told_and_stores_no_project(kind: str, empty: Workspace, video: bytes):
    make, captions, says = BAD[kind]
    at = uploaded([make(video)], captions)
    (error,) = at.exception
    assert all(part in error.message for part in says)
    assert empty.projects.all() == []
    assert not open_page("sources").exception


def test_two_videos_in_one_place_are_told(empty: Workspace, video: bytes):
    at = uploaded([("a.mp4", video), ("b.mp4", video)], ("a.srt", SRT))
    assert "Add one video file, or pictures alone" in at.exception[0].message


def test_pictures_dropped_together_become_a_folder_of_frames(
    empty: Workspace, picture_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    submitted: list[str] = []
    monkeypatch.setattr(jobs, "submit", lambda ws, project, side, stage: submitted.append(side))
    pictures = [(path.name, path.read_bytes()) for path in sorted(picture_folder.iterdir())]
    uploaded(pictures, ("a.srt", SRT))
    (project,) = empty.projects.all()
    assert (project.left.source.kind, project.left.source.title) == ("frames", f"{len(pictures)} pictures")
    assert submitted == list(SIDES)


def test_each_uploader_says_its_own_limit(empty: Workspace):
    at = opened("upload")
    limits = {each.label: each.proto.max_upload_size_mb for each in at.file_uploader}
    assert limits == {"First video": 2048, "Second video": 2048, "Its captions": 20}


@pytest.mark.parametrize(
    "link",
    [
        "https://www.youtube.com/playlist?list=PL0123456789",
        "https://www.youtube.com/@news",
        "https://www.youtube.com/results?search_query=moon",
        "http://127.0.0.1:8501/watch?v=doP5UacBlt0",
        "https://vimeo.com/123",
    ],
)
def test_a_link_that_is_no_video_s_is_told_and_stores_no_project(link: str, empty: Workspace):
    at = opened("links")
    at.text_input(key="sources_link_left").input(link)
    at.text_input(key="sources_link_right").input(LINKS[1]).run()
    at.button(key="sources_create_links").click().run()
    assert "is not a link to one YouTube video" in at.exception[0].message
    assert empty.projects.all() == []


def test_two_links_make_a_project_of_their_ids(empty: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jobs, "submit", lambda *_: None)
    at = opened("links")
    for side, link in zip(SIDES, LINKS, strict=True):
        at.text_input(key=f"sources_link_{side}").input(link)
    at.run().button(key="sources_create_links").click().run()
    (project,) = empty.projects.all()
    assert [project.recipe(side).source.digest for side in SIDES] == ["doP5UacBlt0", "doP5UacBlt1"]


def reading(ws: Workspace, project: Project, **told: object) -> None:
    """The left text as one that was found to be so."""
    transcript: Transcript = load(ws.store, project.left, "segments")
    put(ws.store, project.left, "segments", dataclasses.replace(transcript, **told))


def test_a_text_in_another_language_is_told_and_taken_as_it_by_one_press(
    ws: Workspace, project: Project, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(jobs, "submit", lambda *_: None)
    reading(ws, project, detected="zh-Hant")
    at = open_page("sources", project)
    assert "reads as Chinese \\(traditional\\), but English is chosen" in words(at)
    assert buttons(at)["sources_take_language_left"] == "Take it as Chinese (traditional)"
    at.button(key="sources_take_language_left").click().run()
    assert ws.projects.get(project.project_id).left.transcript.language == "zh-Hant"


def test_a_text_that_reads_as_chosen_is_only_said(ws: Workspace, project: Project):
    reading(ws, project, detected="en")
    at = open_page("sources", project)
    assert "reads as English" in words(at)
    assert "sources_take_language_left" not in buttons(at)


def test_a_text_without_times_is_told(ws: Workspace, project: Project):
    reading(ws, project, is_spread=True)
    assert "its text has no times, so it is spread over the video" in words(open_page("sources", project))


def test_what_youtube_says_of_a_video_is_shown(ws: Workspace, project: Project):
    video: VideoFile = load(ws.store, project.left, "video")
    told = dataclasses.replace(
        video,
        title="Building [for] the Games",
        channel="CBS Mornings",
        published="2022-02-04",
        url="https://www.youtube.com/watch?v=doP5UacBlt0",
    )
    put(ws.store, project.left, "video", told)
    shown = words(open_page("sources", project))
    assert "Building \\[for\\] the Games" in shown
    assert (
        "CBS Mornings · 2022-02-04 · [open on YouTube](https://www.youtube.com/watch?v=doP5UacBlt0)" in shown
    )
