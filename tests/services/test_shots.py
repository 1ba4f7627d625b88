"""Cuts are found, and each shot gives the frame in its middle."""

from pathlib import Path

import cv2
import pytest

from services.frames import sample_shots
from services.records import VideoFile
from services.shots import NoShots, shot_middles
from tests import drawn
from tests.filled import COLOURS, draw_frame, write_video


def video(path: Path, duration_s: float = 20.0, *, is_folder: bool = False) -> VideoFile:
    return VideoFile(path, "Drawn", "", "", duration_s, 320, 180, is_folder)


def ignore(done: int, total: int, note: str) -> None:
    """A progress that tells nobody."""


def test_each_scene_gives_the_frame_in_its_middle(tmp_path: Path):
    path = tmp_path / "scenes.mp4"
    write_video(path, [draw_frame(scene, n) for scene in range(4) for n in range(8)])  # 16 s each
    frames = sample_shots(video(path, 64.0), tmp_path / "frames")
    assert frames.times_s.tolist() == pytest.approx([8, 24, 40, 56], abs=0.6)  # 2 pictures a second
    for scene in range(4):
        corner = cv2.imread(str(frames.path(scene)))[5, 5, ::-1]
        assert corner.tolist() == pytest.approx(COLOURS[scene], abs=12)  # MPEG-4 and JPEG


def test_a_video_in_one_piece_is_told_with_the_way_on(tmp_path: Path):
    path = drawn.write_video(tmp_path / "one.mp4", drawn.steady_times_ms(4, 10))
    with pytest.raises(
        NoShots, match=r"Drawn: no cut was found .* Choose an interval under .* on the Sources page"
    ):
        shot_middles(video(path, 4.0), ignore)


def test_a_folder_of_pictures_has_no_shots(picture_folder: Path):
    with pytest.raises(NoShots, match="a folder of pictures has no cuts"):
        shot_middles(video(picture_folder, is_folder=True), ignore)


def test_the_search_is_told_second_by_second_and_ends_when_it_is_stopped(drawn_video: Path):
    heard: list[int] = []

    def until_five(done: int, total: int, note: str) -> None:
        heard.append(done)
        if done == 5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        shot_middles(video(drawn_video), until_five)
    assert heard == [0, 1, 2, 3, 4, 5]
