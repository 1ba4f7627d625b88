"""Where a video's text can come from: captions, speech, burnt-in subtitles (paper §4.1.2, §4.2.2)."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from services import backends
from services.context import Context
from services.errors import AnalysisError
from services.recipe import Source, TranscriptChoice
from services.records import Origin, Transcript, VideoFile
from services.sound import NoSound, has_sound


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
    "Reads the subtitles in the picture, on this machine: at most about as long as the video lasts. "
    "Where the video shows none, there is no text.",
)


def origins_of(kind: str) -> tuple[TextOrigin, ...]:
    """What is possible for a source of this kind, the usual one first.

    kind: of Source; a folder of frames has neither sound nor times
    """
    return (_CAPTIONS,) if kind == "frames" else (_CAPTIONS, _SPEECH, _SUBTITLES)


def choice_of(source: Source, origin: Origin, language: str, backend: str = "auto") -> TranscriptChoice:
    """The choice of the source's speech, heard by this backend, or of its burnt-in subtitles.

    Raises AnalysisError for an origin that the source cannot have and a backend that is not on this machine.
    """
    if origin not in [possible.origin for possible in origins_of(source.kind)]:
        raise AnalysisError(
            f"{source.title} has neither sound nor subtitles to read. Choose captions for it."
        )
    if origin != "asr":
        return TranscriptChoice(origin, language)
    path = Path(source.location)
    if source.kind == "file" and not has_sound(path):  # of a YouTube video it is known once it is here
        raise NoSound(path)
    found = backends.find("speech", backend)
    if not backends.is_present(found):
        raise AnalysisError(f"{found.title} is not on this machine. {found.how_to_get}")
    return TranscriptChoice("asr", language, backend=found.name)


def with_speech_backend(choice: TranscriptChoice, backend: str) -> TranscriptChoice:
    """The choice with another recognizer; one of another origin stays as it is."""
    return dataclasses.replace(choice, backend=backend) if choice.origin == "asr" else choice


def without_captions(source: Source, language: str, backend: str = "auto") -> TranscriptChoice | None:
    """The choice for a video file that comes alone: its speech, else its subtitles; None for other sources.

    Raises AnalysisError when the backend is not on this machine.
    """
    if source.kind != "file":
        return None
    origin: Origin = "asr" if has_sound(Path(source.location)) else "subtitles"
    return choice_of(source, origin, language, backend)


def told(transcript: Transcript) -> str:
    """Where the text comes from, for people: "speech recognition: Whisper base"."""
    origin = transcript.segments[0].origin if transcript.segments else "captions"
    if origin == "subtitles":
        return "burnt-in subtitles, read from the picture"
    made = "automatic captions" if transcript.is_generated else "captions"
    if origin == "asr":
        made = "speech recognition"
    return f"{made}: {transcript.source}" if transcript.source else made


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
