"""A video's text comes from where it can, and each way says what it takes."""

from pathlib import Path

import pytest

from services.context import Context
from services.errors import AnalysisError
from services.recipe import Source, TranscriptChoice
from services.records import Origin, Segment, Transcript, VideoFile
from services.sound import NoSound
from services.sources import source_of
from services.text_origins import (
    choice_of,
    open_text,
    origins_of,
    told,
    with_speech_backend,
    without_captions,
)


@pytest.mark.parametrize(
    ("kind", "origins"),
    [
        ("file", ["captions", "asr", "subtitles"]),
        ("youtube", ["captions", "asr", "subtitles"]),
        ("frames", ["captions"]),
    ],
)
def test_each_kind_of_source_has_its_ways(kind: str, origins: list[Origin]):
    assert [possible.origin for possible in origins_of(kind)] == origins
    assert all(possible.note.endswith(".") for possible in origins_of(kind))


def test_speech_names_what_recognizes_it(spoken_video: Path):
    source = source_of(str(spoken_video))
    assert choice_of(source, "asr", "en") == TranscriptChoice("asr", "en", backend="whisper-base")
    assert choice_of(source, "subtitles", "zh") == TranscriptChoice("subtitles", "zh")
    with pytest.raises(AnalysisError, match="No backend for speech is called 'ears'"):
        choice_of(source, "asr", "en", "ears")


def test_speech_of_a_silent_video_and_subtitles_of_a_folder_are_told_at_once(
    drawn_video: Path, picture_folder: Path
):
    with pytest.raises(NoSound):
        choice_of(source_of(str(drawn_video)), "asr", "en")
    with pytest.raises(AnalysisError, match="neither sound nor subtitles"):
        choice_of(source_of(str(picture_folder)), "subtitles", "en")


def test_a_file_that_comes_alone_is_listened_to_or_else_read(drawn_video: Path, spoken_video: Path):
    spoken = without_captions(source_of(str(spoken_video)), "en")
    silent = without_captions(source_of(str(drawn_video)), "en")
    assert spoken is not None
    assert silent is not None
    assert (spoken.origin, silent.origin) == ("asr", "subtitles")
    assert without_captions(Source("youtube", "doP5UacBlt0"), "en") is None


def test_another_recognizer_is_for_speech_alone():
    captions = TranscriptChoice("captions", "en", digest="12")
    assert with_speech_backend(captions, "whisper-small") == captions
    assert with_speech_backend(TranscriptChoice("asr"), "whisper-small").backend == "whisper-small"


def test_a_folder_of_frames_has_no_text_of_its_own(picture_folder: Path, ctx: Context):
    video = VideoFile(picture_folder, "pictures", "", "", 0.0, 320, 180, is_folder=True)
    with pytest.raises(AnalysisError, match="pictures is a folder of frames"):
        open_text(video, TranscriptChoice("subtitles"), ctx)


@pytest.mark.parametrize(
    ("origin", "source", "words"),
    [
        ("captions", "a.srt", "captions: a.srt"),
        ("asr", "Whisper base", "speech recognition: Whisper base"),
        ("subtitles", "burnt-in subtitles", "burnt-in subtitles, read from the picture"),
    ],
)
def test_people_are_told_where_the_text_comes_from(origin: Origin, source: str, words: str):
    segments = (Segment(0, 1, "a", origin),)
    assert told(Transcript(segments, "en", origin == "asr", source)) == words
