"""Speech recognition with the packaged model; real speech where DIPTYCH_TEST_SPEECH names a folder of it."""

import dataclasses
import os
import time
from pathlib import Path

import numpy as np
import pytest

from services import backends
from services.context import Context
from services.errors import AnalysisError, Cancelled
from services.recipe import TranscriptChoice
from services.sound import RATE, Sound
from services.speech import (
    NoSpeech,
    Window,
    known_language,
    recognize,
    utterances,
    windows_of,
)
from services.speech_model import open_model, packaged_folder
from tests import drawn

pytestmark = pytest.mark.models
BASE = backends.find("speech", "whisper-base")
CLIPS = os.environ.get("DIPTYCH_TEST_SPEECH", "")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("speech")


@pytest.fixture(autouse=True)
def shared_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model is put together once for all tests of this file."""
    monkeypatch.setenv("DIPTYCH_HOME", str(home))


def test_the_packaged_model_is_put_together_once(home: Path):
    heard: list[int] = []
    folder = packaged_folder(BASE, lambda done, total, note: heard.append(done))
    assert folder.is_relative_to(home)
    assert {path.name for path in folder.iterdir()} == {
        "model.bin",
        "config.json",
        "tokenizer.json",
        "vocabulary.txt",
    }
    assert heard[-1] == (folder / "model.bin").stat().st_size
    heard.clear()
    assert packaged_folder(BASE, lambda done, total, note: heard.append(done)) == folder
    assert heard == []


def test_a_model_that_was_cut_off_is_put_together_again():
    weights = packaged_folder(BASE) / "model.bin"
    size = weights.stat().st_size
    with weights.open("r+b") as file:
        file.truncate(1000)
    packaged_folder(BASE)
    assert weights.stat().st_size == size


def test_packages_that_hold_something_else_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIPTYCH_HOME", str(tmp_path / "other"))
    (tmp_path / "other").mkdir()
    monkeypatch.setattr("services.speech_model.WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(AnalysisError, match="do not hold the expected weights"):
        packaged_folder(BASE)
    assert not list((tmp_path / "other" / "models").glob("part-*"))


def test_a_video_in_which_nobody_speaks_is_told(spoken_video: Path, ctx: Context):
    with pytest.raises(NoSpeech, match=r"News: nobody is heard to speak.*burnt-in subtitles"):
        recognize(spoken_video, "News", TranscriptChoice("asr", "en"), ctx)


def test_silence_is_told(tmp_path: Path, ctx: Context):
    path = drawn.write_video_with_sound(tmp_path / "a.mp4", np.zeros(2 * RATE, np.int16))
    with pytest.raises(NoSpeech):
        recognize(path, "a", TranscriptChoice("asr", "zh"), ctx)


def test_stop_is_heard_within_two_seconds_while_the_recognizer_is_at_work(
    spoken_video: Path, ctx: Context, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("services.speech.speech_windows", lambda sound: time.sleep(4))
    began = time.monotonic()

    def stop(done: int, total: int, note: str) -> None:
        if note == "looking for speech" and time.monotonic() - began > 0.3:
            raise Cancelled

    stopped = dataclasses.replace(ctx, progress=stop)
    with pytest.raises(Cancelled):
        recognize(spoken_video, "News", TranscriptChoice("asr", "en"), stopped)
    assert time.monotonic() - began < 2


def test_a_language_that_the_model_does_not_know_is_told():
    model = open_model(BASE)
    with pytest.raises(
        AnalysisError, match=r"Whisper base does not know the language 'tlh'\. Set this video's"
    ):
        known_language(model, "tlh", BASE)
    assert [known_language(model, tag, BASE) for tag in ("zh-Hant", "yue", "en-GB", "", "und")] == [
        "zh",
        "zh",
        "en",
        "",
        "",
    ]


def test_a_model_that_is_not_here_is_told_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(AnalysisError, match=r"Whisper small is not on this machine\. Get it on the Models"):
        open_model(backends.find("speech", "whisper-small"))


def test_stretches_of_speech_are_joined_up_to_what_whisper_hears_at_once():
    stretches = [(0, 5), (6, 20), (21, 27), (28, 40), (60, 62)]
    found = windows_of([(start * RATE, end * RATE) for start, end in stretches])
    assert [(w.start // RATE, w.end // RATE) for w in found] == [(0, 27), (28, 40), (60, 62)]


def test_the_model_hears_a_window_with_times_from_the_video_s_start():
    sound = Sound(drawn.tone(3), start_s=10.0)
    model = open_model(BASE)
    heard = list(utterances(model, sound, Window(RATE, 3 * RATE), "en"))
    assert all(11 <= word.start_s <= word.end_s <= 41 for u in heard for word in u.words)


@pytest.mark.skipif(
    not CLIPS, reason="DIPTYCH_TEST_SPEECH names no folder with jfk.flac and chinese_news.wav"
)
@pytest.mark.parametrize(
    ("name", "language", "words"),
    [
        ("jfk.flac", "en", "ask what you can do for your country."),
        ("chinese_news.wav", "zh", "不少案件的细节"),
        ("chinese_news.wav", "zh-Hant", "不少案件的細節"),
    ],
)
def test_real_speech_is_recognized(name: str, language: str, words: str, ctx: Context):
    notes: list[str] = []
    told = dataclasses.replace(ctx, progress=lambda done, total, note: notes.append(note))
    transcript = recognize(Path(CLIPS) / name, name, TranscriptChoice("asr", language), told)
    assert words in "".join(segment.text for segment in transcript.segments)
    assert (transcript.language, transcript.is_generated, transcript.source) == (language, True, BASE.title)
    assert any("listening" in note for note in notes)
