"""Routes for frames, thumbnails and videos: right files, long caching, nothing else."""

import io
from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from services.media_urls import frame_url, video_url
from services.recipe import Recipe, Source, TranscriptChoice
from services.records import VideoFile
from services.stages import key
from services.web import media_routes
from services.workspace import Workspace
from tests.filled import filled_workspace, put
from tests.services.small_training import small_recipe


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return filled_workspace(tmp_path)[0]


@pytest.fixture
def client(ws: Workspace) -> TestClient:
    return TestClient(Starlette(routes=media_routes(ws)))


@pytest.fixture
def frames(ws: Workspace) -> str:
    """Key of the left video's frames."""
    return key(ws.projects.all()[0].left, "frames")


@pytest.fixture
def video(ws: Workspace, drawn_video: Path) -> str:
    """Key of a video that lies in the file system."""
    recipe = Recipe(Source("file", "drawn"), TranscriptChoice())
    put(ws.store, recipe, "video", VideoFile(drawn_video, "drawn", "", "", 20.0, 320, 180))
    return key(recipe, "video")


def size(content: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(content)).size


def test_a_frame_comes_at_full_size(client: TestClient, frames: str):
    answer = client.get(frame_url(frames, 3))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert size(answer.content) == (320, 180)


def test_a_thumbnail_is_as_wide_as_asked_and_keeps_its_shape(client: TestClient, frames: str):
    assert size(client.get(frame_url(frames, 3, 240)).content) == (240, 135)


def test_a_thumbnail_is_made_once(client: TestClient, ws: Workspace, frames: str):
    client.get(frame_url(frames, 3, 240))
    (made,) = (ws.store.root / "thumbs").rglob("*.jpg")
    first = made.stat().st_mtime_ns
    client.get(frame_url(frames, 3, 240))
    assert made.stat().st_mtime_ns == first


def test_a_picture_is_never_enlarged(client: TestClient, frames: str):
    assert size(client.get(frame_url(frames, 3, 480)).content) == (320, 180)


def test_browsers_keep_media_for_ever_and_show_them_on_our_pages_alone(client: TestClient, frames: str):
    headers = client.get(frame_url(frames, 3)).headers
    assert "immutable" in headers["cache-control"]
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/files/frames/{frames}/99.jpg",
        "/files/frames/{frames}/-1.jpg",
        "/files/frames/{frames}/x.jpg",
        "/files/frames/{frames}/..%2f..%2fvalue.jpg",
        "/files/frames/{frames}/3.jpg?w=241",
        "/files/frames/{frames}/3.jpg?w=99999",
        "/files/frames/..%2f..%2f/3.jpg",
        "/files/frames/ABCDEF/3.jpg",
        "/files/frames/ffffffffffffffffffffffffffffffff/3.jpg",
        "/files/video/{frames}",
        "/files/fonts/..%2fOFL.txt",
        "/files/fonts/none.woff2",
    ],
)
def test_anything_else_is_not_found(client: TestClient, frames: str, path: str):
    assert client.get(path.format(frames=frames)).status_code == 404


def test_a_video_is_given_in_the_range_that_a_player_asks_for(
    client: TestClient, video: str, drawn_video: Path
):
    answer = client.get(video_url(video), headers={"Range": "bytes=100-199"})
    assert (answer.status_code, answer.headers["content-type"]) == (206, "video/mp4")
    assert answer.content == drawn_video.read_bytes()[100:200]


def test_a_video_whose_file_is_gone_is_not_found(client: TestClient, ws: Workspace, tmp_path: Path):
    recipe = small_recipe("gone", epochs=1)
    put(ws.store, recipe, "video", VideoFile(tmp_path / "gone.mp4", "gone", "", "", 1.0, 1, 1))
    assert client.get(video_url(key(recipe, "video"))).status_code == 404


def test_a_folder_of_frames_has_no_video(client: TestClient, ws: Workspace, tmp_path: Path):
    recipe = small_recipe("folder", epochs=1)
    put(ws.store, recipe, "video", VideoFile(tmp_path, "folder", "", "", 1.0, 1, 1, is_folder=True))
    assert client.get(video_url(key(recipe, "video"))).status_code == 404
