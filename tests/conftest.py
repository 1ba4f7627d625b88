"""Fixtures for all tests: a workspace of their own, drawn videos and captions, a local YouTube."""

import os
from collections.abc import Iterator
from pathlib import Path

# Threads that wait spin by default, and on two cores they take them from those that work. Read at import.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


import cv2
import pytest
from hypothesis import settings

from services.captions import write_srt
from services.context import Context
from services.records import Segment
from services.workspace import Workspace, open_workspace
from tests import drawn
from tests.fakes import FakeYouTube

# How long an example takes tells of other programs on the machine, and of what is loaded at the first one.
settings.register_profile("diptych", deadline=None)
settings.load_profile("diptych")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that stay together when processes share the suite: a file's, the browser's, those of `runs`."""
    for item in items:
        file = item.path.relative_to(Path(__file__).parent)
        is_run = "runs" in getattr(item, "fixturenames", ())
        group = "runs" if is_run else "e2e" if file.parts[0] == "e2e" else file.as_posix()
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(autouse=True)
def diptych_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workspace folder of this test; no test sees the real one."""
    home = tmp_path / "diptych-home"
    monkeypatch.setenv("DIPTYCH_HOME", str(home))
    return home


@pytest.fixture
def workspace(diptych_home: Path) -> Workspace:
    return open_workspace()


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    """What a stage gets, with a folder of its own and no memory."""
    folder = tmp_path / "stage"
    folder.mkdir()
    return Context(folder, remember=lambda name, compute: compute())


@pytest.fixture(scope="session")
def drawn_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 s of 320×180 at 10 frames a second: four scenes, numbers drawn."""
    path = tmp_path_factory.mktemp("drawn") / "drawn.mp4"
    return drawn.write_video(path, drawn.steady_times_ms(20, 10))


@pytest.fixture(scope="session")
def spoken_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3 s of pictures with a tone that sets in half a second late: sound, and nobody speaks."""
    path = tmp_path_factory.mktemp("drawn") / "tone.mp4"
    return drawn.write_video_with_sound(path, drawn.tone(2.5), sound_start_s=0.5)


@pytest.fixture(scope="session")
def uneven_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """12 s with 30, 15 and 10 frames a second in turn, numbers drawn."""
    return drawn.write_video(tmp_path_factory.mktemp("drawn") / "uneven.mp4", drawn.uneven_times_ms())


@pytest.fixture(scope="session")
def drawn_captions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten English segments, 2 s each, for the drawn video."""
    words = "blue sky over the harbour|ships wait at the pier|red brick houses|people walk along the street"
    lines = [words.split("|")[n % 4] + f" number {n}" for n in range(10)]
    segments = [Segment(n * 2.0, n * 2.0 + 2, line) for n, line in enumerate(lines)]
    path = tmp_path_factory.mktemp("drawn") / "drawn.srt"
    path.write_text(write_srt(segments), encoding="utf-8")
    return path


@pytest.fixture
def picture_folder(tmp_path: Path) -> Path:
    """Twelve pictures, 1.png to 12.png, so that order by name and order by number differ."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(1, 13):
        rgb = drawn.picture(number)
        cv2.imwrite(str(folder / f"{number}.png"), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    return folder


@pytest.fixture
def fake_youtube() -> Iterator[FakeYouTube]:
    fake = FakeYouTube()
    yield fake
    fake.close()
