"""The sound track is decoded whole, at the place where it stands beside the pictures."""

from pathlib import Path

import numpy as np
import pytest

from services.errors import AnalysisError, Cancelled
from services.sound import RATE, NoSound, has_sound, read_sound
from tests import drawn


def test_sound_that_sets_in_late_keeps_its_place(spoken_video: Path):
    sound = read_sound(spoken_video)
    loud = np.abs(sound.samples.astype(int)) > 2000
    assert sound.start_s + loud.argmax() / RATE == pytest.approx(0.5, abs=0.05)  # an AAC frame is 64 ms
    assert sound.duration_s == pytest.approx(2.5, abs=0.2)


def test_other_rates_become_sixteen_thousand_samples_a_second(tmp_path: Path):
    path = drawn.write_video_with_sound(tmp_path / "a.mp4", drawn.tone(2, rate=44_100), rate=44_100)
    assert read_sound(path).duration_s == pytest.approx(2, abs=0.1)


def test_a_video_without_sound_is_told(drawn_video: Path):
    assert not has_sound(drawn_video)
    with pytest.raises(NoSound, match=r"drawn\.mp4 has no sound track.*burnt-in subtitles"):
        read_sound(drawn_video)


def test_a_file_that_is_none_is_told(tmp_path: Path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"nothing")
    with pytest.raises(AnalysisError, match=r"a\.mp4: its sound cannot be read"):
        has_sound(path)
    with pytest.raises(AnalysisError, match="gone"):
        read_sound(tmp_path / "gone.mp4")


def test_reading_hears_of_stop(spoken_video: Path):
    def stop(done: int, total: int, note: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        read_sound(spoken_video, stop)
