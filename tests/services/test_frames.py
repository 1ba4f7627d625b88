"""Frames are exact in time, at source size, and trouble with a video is told in a sentence."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from services.errors import AnalysisError, Cancelled
from services.frames import model_images, sample_frames
from services.records import Frames, VideoFile
from services.video_container import VideoGone
from services.video_file import probe_video
from tests import drawn


def video_file(path: Path, *, is_folder: bool = False) -> VideoFile:
    return VideoFile(path, path.stem, "", "", 20.0, drawn.WIDTH_PX, drawn.HEIGHT_PX, is_folder)


def numbers_in(frames: Frames) -> list[int]:
    """The numbers drawn in the stored frames."""
    return [drawn.number_of(cv2.imread(str(frames.path(n)))) for n in range(len(frames.times_s))]


def first_at_or_after(times_ms: list[int], interval_ms: int) -> list[int]:
    """Index of the first frame at or after each multiple of the interval."""
    return [
        next(n for n, time_ms in enumerate(times_ms) if time_ms >= target)
        for target in range(0, times_ms[-1] + 1, interval_ms)
    ]


@pytest.mark.parametrize("interval_s", [0.5, 2.0, 2.5, 7.0])
def test_frames_of_a_steady_video_are_the_first_at_or_after_each_time(
    drawn_video: Path, tmp_path: Path, interval_s: float
):
    frames = sample_frames(video_file(drawn_video), interval_s, tmp_path / "frames")
    expected = first_at_or_after(drawn.steady_times_ms(20, 10), round(interval_s * 1000))
    assert numbers_in(frames) == expected
    np.testing.assert_allclose(frames.times_s, np.array(expected) / 10, atol=0.001)


@pytest.mark.parametrize("interval_s", [0.5, 1.0, 2.0])
def test_frames_of_a_video_with_an_uneven_rate_are_exact(
    uneven_video: Path, tmp_path: Path, interval_s: float
):
    times_ms = drawn.uneven_times_ms()
    frames = sample_frames(video_file(uneven_video), interval_s, tmp_path / "frames")
    expected = first_at_or_after(times_ms, round(interval_s * 1000))
    assert numbers_in(frames) == expected
    np.testing.assert_allclose(frames.times_s * 1000, [times_ms[n] for n in expected], atol=1)


def test_a_picture_that_stays_on_screen_is_taken_again_at_each_interval(tmp_path: Path):
    slides = drawn.write_video(tmp_path / "slides.mp4", [0, 7000, 8000, 15000])
    frames = sample_frames(video_file(slides), 2.0, tmp_path / "frames")
    assert numbers_in(frames) == [0, 0, 0, 1, 2, 2, 2, 3]
    np.testing.assert_allclose(frames.times_s, [0, 2, 4, 7, 8, 10, 12, 15], atol=0.001)


@pytest.mark.parametrize("suffix", [".mkv", ".ts", ".avi", ".mov"])
def test_other_containers_give_the_same_frames(tmp_path: Path, suffix: str):
    video = drawn.write_video(tmp_path / f"v{suffix}", drawn.steady_times_ms(6, 10))
    assert numbers_in(sample_frames(video_file(video), 2.0, tmp_path / "frames")) == [0, 20, 40]


def test_frames_are_jpegs_at_the_source_size(drawn_video: Path, tmp_path: Path):
    frames = sample_frames(video_file(drawn_video), 5.0, tmp_path / "frames")
    assert (frames.width_px, frames.height_px) == (drawn.WIDTH_PX, drawn.HEIGHT_PX)
    assert sorted(p.name for p in frames.folder.iterdir()) == [
        "00000.jpg",
        "00001.jpg",
        "00002.jpg",
        "00003.jpg",
    ]
    with Image.open(frames.path(0)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (drawn.WIDTH_PX, drawn.HEIGHT_PX))


def test_progress_hears_of_each_frame_and_can_stop_the_work(drawn_video: Path, tmp_path: Path):
    heard: list[tuple[int, int]] = []

    def stop_at_third(done: int, total: int, note: str) -> None:
        heard.append((done, total))
        if done == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        sample_frames(video_file(drawn_video), 2.0, tmp_path / "frames", progress=stop_at_third)
    assert heard == [(1, 10), (2, 10), (3, 10)]


def test_frames_left_by_a_stopped_run_are_cleared(drawn_video: Path, tmp_path: Path):
    folder = tmp_path / "frames"
    folder.mkdir()
    (folder / "99999.jpg").write_bytes(b"old")
    sample_frames(video_file(drawn_video), 5.0, folder)
    assert not (folder / "99999.jpg").exists()


def test_pictures_in_a_folder_are_frames_in_natural_order(picture_folder: Path, tmp_path: Path):
    (picture_folder / "notes.txt").write_text("not a picture")
    frames = sample_frames(video_file(picture_folder, is_folder=True), 2.5, tmp_path / "frames")
    assert numbers_in(frames) == list(range(1, 13))
    assert frames.times_s.tolist() == [2.5 * n for n in range(12)]


def test_pictures_of_every_kind_are_read(tmp_path: Path):
    folder = tmp_path / "kinds"
    folder.mkdir()
    for number, suffix in enumerate([".jpg", ".png", ".webp", ".bmp", ".JPEG"]):
        Image.fromarray(drawn.picture(number)).save(folder / f"{number}{suffix}")
    frames = sample_frames(video_file(folder, is_folder=True), 2.0, tmp_path / "frames")
    assert numbers_in(frames) == [0, 1, 2, 3, 4]


def test_a_folder_without_pictures_is_told(tmp_path: Path):
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(AnalysisError, match=r"holds no pictures\. Choose one"):
        sample_frames(video_file(tmp_path, is_folder=True), 2.0, tmp_path / "frames")


def test_a_damaged_picture_is_named(picture_folder: Path, tmp_path: Path):
    whole = (picture_folder / "5.png").read_bytes()
    (picture_folder / "5.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AnalysisError, match=r"5\.png: it is not a picture that can be read"):
        sample_frames(video_file(picture_folder, is_folder=True), 2.0, tmp_path / "frames")


def test_a_picture_with_a_monstrous_size_is_refused(tmp_path: Path):
    folder = tmp_path / "bomb"
    folder.mkdir()
    Image.new("1", (20_000, 20_000)).save(folder / "0.png")
    with pytest.raises(AnalysisError, match=r"0\.png: it has .*too many"):
        sample_frames(video_file(folder, is_folder=True), 2.0, tmp_path / "frames")


def test_a_file_that_is_no_video_is_told(tmp_path: Path):
    path = tmp_path / "letter.mp4"
    path.write_text("Dear Sir or Madam")
    with pytest.raises(AnalysisError, match=r"letter\.mp4: this is not a video"):
        sample_frames(video_file(path), 2.0, tmp_path / "frames")


def test_a_playlist_named_like_a_video_is_not_followed(drawn_video: Path, tmp_path: Path):
    path = tmp_path / "list.mp4"
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{drawn_video}\n#EXT-X-ENDLIST\n")
    with pytest.raises(AnalysisError, match="not a video"):
        probe_video(path)


def test_a_video_whose_file_vanished_is_told(tmp_path: Path):
    with pytest.raises(VideoGone, match="no longer there"):
        sample_frames(video_file(tmp_path / "gone.mp4"), 2.0, tmp_path / "frames")


def test_a_video_cut_off_before_its_index_is_told(drawn_video: Path, tmp_path: Path):
    path = tmp_path / "half.mp4"
    path.write_bytes(drawn_video.read_bytes()[: drawn_video.stat().st_size // 2])
    with pytest.raises(AnalysisError, match=r"half\.mp4: it cannot be opened: it is damaged, cut off"):
        sample_frames(video_file(path), 2.0, tmp_path / "frames")


def test_a_video_that_breaks_off_is_told_with_both_lengths(tmp_path: Path):
    whole = drawn.write_video(tmp_path / "whole.mkv", drawn.steady_times_ms(20, 10))
    path = tmp_path / "half.mkv"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(AnalysisError, match=r"half\.mkv: it breaks off after \d+ s of 20 s"):
        sample_frames(video_file(path), 2.0, tmp_path / "frames")


def test_a_video_without_a_picture_that_can_be_decoded_is_told_with_its_codec(tmp_path: Path):
    data = drawn.write_video(tmp_path / "whole.mp4", drawn.steady_times_ms(2, 10)).read_bytes()
    begin, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    path = tmp_path / "blank.mp4"
    path.write_bytes(data[:begin] + bytes(end - begin) + data[end:])
    with pytest.raises(AnalysisError, match=r"no picture in it can be decoded \(video codec AVC1\)"):
        sample_frames(video_file(path), 2.0, tmp_path / "frames")


def test_a_video_in_a_codec_that_nobody_knows_is_told(tmp_path: Path):
    video = drawn.write_video(tmp_path / "whole.mp4", drawn.steady_times_ms(2, 10))
    path = tmp_path / "new.mp4"
    path.write_bytes(video.read_bytes().replace(b"avc1", b"abc9"))
    with pytest.raises(AnalysisError, match=r"no picture in it can be decoded \(video codec unknown\)"):
        sample_frames(video_file(path), 2.0, tmp_path / "frames")


@pytest.mark.parametrize(("told_s", "n_heard"), [(20.0, 0), (0.0, 5)])  # 0.0: the file does not say
def test_too_many_frames_are_refused_before_any_is_read_where_the_length_is_known(
    told_s: float, n_heard: int, drawn_video: Path, tmp_path: Path
):
    heard: list[int] = []
    video = dataclasses.replace(video_file(drawn_video), duration_s=told_s)
    with pytest.raises(AnalysisError, match="more than 5 frames"):
        sample_frames(
            video, 1.0, tmp_path / "frames", max_frames=5, progress=lambda done, *_: heard.append(done)
        )
    assert len(heard) == n_heard


def test_model_images_are_small_rgb_in_the_order_asked_for(drawn_video: Path, tmp_path: Path):
    frames = sample_frames(video_file(drawn_video), 5.0, tmp_path / "frames")
    images = model_images(frames, [3, 0, 0], 120, 200)
    assert images.shape == (3, 3, 120, 200)
    assert images.dtype == np.uint8
    assert np.array_equal(images[1], images[2])
    np.testing.assert_allclose(images[0][:, 5, 5], drawn.SCENES[3], atol=6)  # JPEG and chroma subsampling
    np.testing.assert_allclose(images[1][:, 5, 5], drawn.SCENES[0], atol=6)


def test_model_images_of_a_frame_that_is_gone_say_what_to_do(drawn_video: Path, tmp_path: Path):
    frames = sample_frames(video_file(drawn_video), 5.0, tmp_path / "frames")
    frames.path(1).unlink()
    with pytest.raises(AnalysisError, match="Run the Frames step again"):
        model_images(frames, [1], 120, 200)
