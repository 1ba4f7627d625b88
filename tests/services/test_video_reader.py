"""Pictures come with exact times from any clock, and what cannot be read is told in a sentence."""

import struct
import threading
from pathlib import Path

import av
import numpy as np
import pytest

from services.errors import AnalysisError
from services.video_container import VideoGone
from services.video_file import probe_video
from services.video_reader import pictures_at, sampled_pictures, small_pictures
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


ENCODINGS: dict[str, tuple[str, str, dict[str, str]]] = {
    "H.264": ("a.mp4", "libx264", {"g": "20"}),
    "pictures made from others that are made from others": (
        "a.mkv",
        "libx264",
        {"g": "20", "bf": "3", "x264-params": "b-pyramid=normal"},
    ),
    "groups that look back": ("a.mp4", "libx264", {"bf": "3", "x264-params": "keyint=20:open-gop=1"}),
    "no key pictures": ("a.mp4", "libx264", {"x264-params": "keyint=20:intra-refresh=1"}),
    "parameters between the pictures": ("a.ts", "libx264", {"g": "20"}),
    "no stamps": ("a.avi", "libx264", {"g": "20"}),
    "VP9": ("a.webm", "libvpx-vp9", {"g": "20", "deadline": "realtime", "cpu-used": "8"}),
    "HEVC in layers": (
        "a.mkv",
        "libx265",
        {"preset": "ultrafast", "x265-params": "keyint=20:bframes=4:temporal-layers=3:log-level=none"},
    ),
    "AV1": ("a.mp4", "libsvtav1", {"preset": "12"}),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_pictures_are_to_the_bit_what_decoding_everything_gives(encoding: str, tmp_path: Path):
    name, codec, options = ENCODINGS[encoding]
    path = drawn.write_video(tmp_path / name, drawn.steady_times_ms(9, 10), codec, options)
    every = {round(p.time_s, 3): p.pixels for p in small_pictures(path, drawn.WIDTH_PX)}
    taken = list(sampled_pictures(path, 0.7))
    assert [drawn.number_of(p.pixels) for p in taken] == list(range(0, 90, 7))
    assert all(np.array_equal(p.pixels, every[round(p.time_s, 3)]) for p in taken)


@pytest.mark.parametrize(
    ("turn", "quarter_turns"), [((0, 1, -1, 0), 1), ((-1, 0, 0, -1), 2), ((0, -1, 1, 0), 3)]
)
def test_a_video_that_was_taken_on_its_side_is_upright(
    drawn_video: Path, tmp_path: Path, turn: tuple[int, int, int, int], quarter_turns: int
):
    a, b, c, d = (part << 16 for part in turn)
    data = bytearray(drawn_video.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40  # of the track's head (ISO/IEC 14496-12, 8.3.2)
    data[matrix : matrix + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path = tmp_path / "side.mp4"
    path.write_bytes(data)
    flat, upright = next(sampled_pictures(drawn_video, 1.0)), next(sampled_pictures(path, 1.0))
    np.testing.assert_array_equal(np.rot90(upright.pixels, quarter_turns), flat.pixels)
    facts = probe_video(path)
    assert (facts.height_px, facts.width_px) == upright.pixels.shape[:2]


def test_pictures_at_given_times_are_the_first_from_there_on(drawn_video: Path):
    found = pictures_at(drawn_video, [0.31, 5.0, 5.0, 19.85])
    assert [drawn.number_of(picture.pixels) for picture in found] == [4, 50, 51, 199]


def test_a_hole_in_the_middle_is_told_with_its_place(tmp_path: Path):
    data = drawn.write_video(tmp_path / "whole.mp4", drawn.steady_times_ms(20, 10)).read_bytes()
    third = len(data) // 3
    path = tmp_path / "hole.mp4"
    path.write_bytes(data[:third] + bytes(third) + data[2 * third :])
    with pytest.raises(AnalysisError, match=r"hole\.mp4: it breaks off after \d s of 20 s"):
        list(sampled_pictures(path, 1.0))


def test_no_thread_goes_on_after_the_reading_was_stopped(drawn_video: Path):
    pictures = sampled_pictures(drawn_video, 1.0)
    next(pictures)
    pictures.close()
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("pictures")]
