"""Pictures come with exact times from any clock, and what cannot be read is told in a sentence."""

from pathlib import Path

import av
import numpy as np
import pytest

from services.errors import AnalysisError
from services.video_container import VideoGone
from services.video_file import probe_video
from services.video_reader import pictures_at, sampled_pictures
from tests import drawn


def read(path: Path, interval_s: float) -> list[tuple[float, int]]:
    """Time and drawn number of each sampled picture."""
    return [(p.time_s, drawn.number_of(p.pixels)) for p in sampled_pictures(path, interval_s)]


def expected(times_ms: list[int], interval_ms: int) -> list[tuple[float, int]]:
    """For each multiple of the interval the first frame before the next one, else the frame on screen."""
    found: list[tuple[float, int]] = []
    for target in range(0, times_ms[-1] + 1, interval_ms):
        inside = [n for n, time in enumerate(times_ms) if target <= time < target + interval_ms]
        shown = max(n for n, time in enumerate(times_ms) if time <= target) if not inside else inside[0]
        found.append(((times_ms[shown] if inside else target) / 1000, shown))
    return found


def write_sound(path: Path) -> Path:
    """A second of silence, and no picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16_000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 16_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_blank(path: Path, width_px: int, height_px: int) -> Path:
    """One black picture of that size."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "monob"
        container.mux(stream.encode(av.VideoFrame(width_px, height_px, "monob")))
        container.mux(stream.encode())
    return path


def test_a_video_tells_its_size_and_length(drawn_video: Path):
    facts = probe_video(drawn_video)
    assert (facts.width_px, facts.height_px) == (drawn.WIDTH_PX, drawn.HEIGHT_PX)
    assert facts.duration_s == pytest.approx(20, abs=0.2)  # the header rounds to whole frames


def test_pictures_are_rows_of_blue_green_red(drawn_video: Path):
    first = next(sampled_pictures(drawn_video, 5.0))
    red, green, blue = drawn.SCENES[0]
    np.testing.assert_allclose(first.pixels[5, 5], [blue, green, red], atol=8)  # H.264 and chroma subsampling


@pytest.mark.parametrize("seed", range(4))
def test_pictures_of_a_video_whose_clock_jumps_are_those_on_screen_at_each_interval(
    tmp_path: Path, seed: int
):
    steps_ms = np.random.default_rng(seed).choice([20, 40, 130, 900, 2700], size=30)
    times_ms = [0, *np.cumsum(steps_ms).tolist()]
    video = drawn.write_video(tmp_path / "jumps.mkv", times_ms)
    found, wanted = read(video, 0.5), expected(times_ms, 500)
    assert [number for _, number in found] == [number for _, number in wanted]
    # Times are stored in milliseconds.
    np.testing.assert_allclose([time for time, _ in found], [time for time, _ in wanted], atol=0.001)


def test_a_video_whose_stamps_begin_late_is_whole_and_its_times_count_from_the_first_picture(
    tmp_path: Path,
):
    video = drawn.write_video(tmp_path / "late.mkv", [5000 + 500 * n for n in range(8)])
    assert [time_s for time_s, _ in read(video, 1.0)] == pytest.approx([0, 1, 2, 3], abs=0.001)


def test_an_interval_longer_than_the_video_gives_the_first_picture(drawn_video: Path):
    assert read(drawn_video, 600) == [(0.0, 0)]


def test_reading_may_stop_at_any_picture(drawn_video: Path):
    pictures = sampled_pictures(drawn_video, 1.0)
    assert next(pictures).time_s == 0
    pictures.close()
    assert len(read(drawn_video, 5.0)) == 4


def test_an_empty_file_is_no_video(tmp_path: Path):
    path = tmp_path / "empty.mp4"
    path.write_bytes(b"")
    with pytest.raises(AnalysisError, match=r"empty\.mp4: this is not a video .* Choose an mp4"):
        probe_video(path)


def test_a_file_of_sound_alone_is_told(tmp_path: Path):
    with pytest.raises(AnalysisError, match=r"speech\.mp4: .*sound alone"):
        probe_video(write_sound(tmp_path / "speech.mp4"))


def test_pictures_of_monstrous_size_are_refused(tmp_path: Path):
    with pytest.raises(AnalysisError, match=r"huge\.mov: its pictures are too large .* 1080p"):
        probe_video(write_blank(tmp_path / "huge.mov", 10_000, 6_401))


def test_a_video_that_was_moved_is_told_with_its_place(tmp_path: Path):
    with pytest.raises(VideoGone, match=rf"^{tmp_path}/gone\.mp4 is no longer there"):
        next(sampled_pictures(tmp_path / "gone.mp4", 1.0))
