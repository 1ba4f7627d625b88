"""A transcript from what is said in a video: Whisper, behind voice activity detection (paper §4.2.2)."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services import backends
from services.context import Context
from services.errors import AnalysisError, NeedsSource
from services.hub_models import told_running
from services.languages import primary
from services.listening import Tell, while_listening
from services.recipe import TranscriptChoice
from services.records import Transcript
from services.sound import RATE, Sound, read_sound
from services.speech_model import open_model
from services.speech_text import SpokenWord, Utterance, segments_of

log = logging.getLogger(__name__)

WINDOW_S = 28.0  # Whisper hears 30 s at a time, and takes as long for less
JOIN_GAP_S = 3.0  # silence within a window
_BEAM = 5
_MAX_TOKENS = 440  # in a window; the model's own limit is 448 with its marks
_TEMPERATURES = [0.0, 0.4, 0.8]  # tried in turn where the text repeats itself or is improbable


class NoSpeech(NeedsSource):
    def __init__(self, name: str):
        super().__init__(
            f"{name}: nobody is heard to speak in it, so there is no text. "
            "Choose captions, or read its burnt-in subtitles."
        )


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the sound that is given to the recognizer at once, in samples."""

    start: int
    end: int


def recognize(path: Path, name: str, choice: TranscriptChoice, ctx: Context) -> Transcript:
    """What is said in the file, as segments with origin "asr"; their times count from the first picture.

    path:   a video or sound file
    name:   what messages call it
    choice: language "" lets the model tell it
    Raises AnalysisError: no sound track, nobody speaks, a language that the model does not know, no model.
    """
    backend = backends.find("speech", choice.backend or "auto")
    sound = read_sound(path, ctx.progress)
    began = time.monotonic()
    heard = while_listening(lambda _: speech_windows(sound), ctx.progress, "looking for speech")
    if not heard:
        raise NoSpeech(name)
    model = open_model(backend, ctx.progress)
    language = known_language(model, choice.language, backend)
    if not language:
        first = _floats(sound, heard[0])
        language = while_listening(lambda _: str(model.detect_language(first)[0]), ctx.progress, "language")
    said: list[Utterance] = []
    with told_running(backend, "recognize speech"):
        for window in heard:
            said += while_listening(partial(_hear, model, sound, window, language), ctx.progress, "listening")
    segments = segments_of(said, choice.language or language)
    if not segments:
        raise NoSpeech(name)
    log.info("%s: %.0f s of sound in %.1f s", backend.name, sound.duration_s, time.monotonic() - began)
    return Transcript(segments, choice.language or language, True, backend.title)


def windows_of(stretches: Sequence[tuple[int, int]]) -> tuple[Window, ...]:
    """Stretches of speech, ascending and in samples, joined to windows of at most WINDOW_S where they fit."""
    windows: list[Window] = []
    for start, end in stretches:
        last = windows[-1] if windows else None
        if last and start - last.end <= JOIN_GAP_S * RATE and end - last.start <= WINDOW_S * RATE:
            windows[-1] = Window(last.start, end)
        else:
            windows.append(Window(start, end))
    return tuple(windows)


def known_language(model: Any, language: str, backend: backends.Backend) -> str:
    """Whisper's code for a language (BCP 47); "" where it is to be detected.

    Raises AnalysisError if the model does not know it.
    """
    code = primary(language)
    if not code or code == "und":
        return ""
    if code == "yue" and not _knows(model, code):
        code = "zh"
    if not _knows(model, code):
        raise AnalysisError(
            f"{backend.title} does not know the language '{language}'. "
            "Set this video's language on the Sources page, or choose another model for speech, or captions."
        )
    return code


def _knows(model: Any, code: str) -> bool:
    """The list of languages is the largest model's; the vocabulary tells what this one has learnt."""
    is_listed = code in model.supported_languages
    return is_listed and (
        not model.model.is_multilingual or bool(model.hf_tokenizer.token_to_id(f"<|{code}|>"))
    )


def speech_windows(sound: Sound) -> tuple[Window, ...]:
    """Where somebody speaks, by the Silero detector that comes with faster-whisper."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        min_speech_duration_ms=250,
        max_speech_duration_s=WINDOW_S,
        min_silence_duration_ms=500,
        speech_pad_ms=400,  # half of it had cost the first word
    )
    found = get_speech_timestamps(_floats(sound, Window(0, len(sound.samples))), options)
    return windows_of([(int(stretch["start"]), int(stretch["end"])) for stretch in found])


def utterances(model: Any, sound: Sound, window: Window, language: str) -> Iterator[Utterance]:
    """What the model hears in the window, with times from the video's first picture.

    model: from open_model; language: Whisper's code
    """
    segments, _ = model.transcribe(
        _floats(sound, window),
        language=language,
        beam_size=_BEAM,
        temperature=_TEMPERATURES,
        # No prompt: with one it wrote signs and the wanted script, and heard real Mandarin news much worse.
        condition_on_previous_text=False,  # an error would be carried on, and loops come of it
        word_timestamps=True,
        # Nobody speaks faster; on noise it would write to its limit, for as long as half a minute.
        max_new_tokens=min(_MAX_TOKENS, int(20 + 15 * (window.end - window.start) / RATE)),
    )
    shift_s = sound.start_s + window.start / RATE
    for segment in segments:
        words = [
            SpokenWord(float(word.start) + shift_s, float(word.end) + shift_s, word.word)
            for word in segment.words or ()
            if word.word.strip() and float(word.end) + shift_s > 0
        ]
        yield Utterance(tuple(words), float(segment.no_speech_prob))


def _floats(sound: Sound, window: Window) -> NDArray[np.float32]:
    return sound.samples[window.start : window.end].astype(np.float32) / np.float32(32768)


def _hear(model: Any, sound: Sound, window: Window, language: str, tell: Tell) -> list[Utterance]:
    """A large model takes a minute for a window, and cannot be interrupted in it."""
    done_s, total_s = window.start / RATE, sound.duration_s
    tell(int(done_s), max(int(total_s), 1), f"listening, {done_s:.0f} of {total_s:.0f} s")
    return list(utterances(model, sound, window, language))
