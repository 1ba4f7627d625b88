"""Where the text of a video can come from: captions, speech recognition, burnt-in subtitles (§4.1.2, §4.2.2)."""

import dataclasses
from dataclasses import dataclass

from services import backends
from services.context import Context
from services.errors import AnalysisError
from services.recipe import Source, TranscriptChoice
from services.records import Origin, Transcript, VideoFile


@dataclass(frozen=True, slots=True)
class TextOrigin:
    """One way to the text. title: as a choice; note: what it takes, one sentence."""

    origin: Origin
    title: str
    note: str


_CAPTIONS = TextOrigin("captions", "Captions", "Best where people wrote them: exact words and times.")
_SPEECH = TextOrigin(
    "asr",
    "Speech recognition",
    "Listens to the sound, on this machine: with Whisper base about a fifth of the video's length. Chinese "
    "comes with slips, so look it through on the Align page.",
)
_SUBTITLES = TextOrigin(
    "subtitles",
    "Burnt-in subtitles",
    "Reads the subtitles in the picture, on this machine: at most about as long as the video lasts. Nothing is "
    "read where the video shows none.",
)
TITLES: dict[Origin, str] = {
    "captions": "captions",
    "asr": "speech recognition",
    "subtitles": "burnt-in subtitles",
    "edited": "edited captions",
}


def origins_of(kind: str) -> tuple[TextOrigin, ...]:
    """What is possible for a source of this kind, the usual one first.

    kind: of Source; YouTube videos come without sound, and a folder of frames has neither sound nor times
    """
    if kind == "file":
        return (_CAPTIONS, _SPEECH, _SUBTITLES)
    return (_CAPTIONS, _SUBTITLES) if kind == "youtube" else (_CAPTIONS,)


def choice_of(origin: Origin, language: str, backend: str = "auto") -> TranscriptChoice:
    """The choice of speech recognition by this backend, or of burnt-in subtitles.

    Raises AnalysisError for an unknown backend and for one that is not on this machine.
    """
    if origin != "asr":
        return TranscriptChoice(origin, language)
    found = backends.find("speech", backend)
    if not backends.is_present(found):
        raise AnalysisError(f"{found.title} is not on this machine. {found.how_to_get}")
    return TranscriptChoice("asr", language, backend=found.name)


def with_speech_backend(choice: TranscriptChoice, backend: str) -> TranscriptChoice:
    """The choice with another recognizer; one of another origin stays as it is."""
    return dataclasses.replace(choice, backend=backend) if choice.origin == "asr" else choice


def best_without_captions(source: Source, language: str, backend: str = "auto") -> TranscriptChoice | None:
    """Speech recognition if the file has a sound track, else its subtitles; None if there can be neither."""
    if source.kind != "file":
        return None
    from pathlib import Path

    from services.sound import has_sound

    return choice_of("asr" if has_sound(Path(source.location)) else "subtitles", language, backend)


def open_text(video: VideoFile, choice: TranscriptChoice, ctx: Context) -> Transcript:
    """What is said or written in the video. Raises AnalysisError."""
    if video.is_folder:
        raise AnalysisError(
            f"{video.title} is a folder of frames: it has no sound, and its pictures no times of their own. "
            "Choose a caption file for it."
        )
    if choice.origin == "asr":
        from services.speech import recognize

        return recognize(video.path, video.title, choice, ctx)
    from services.subtitles import read_subtitles

    return read_subtitles(video.path, video.title, choice, ctx)
