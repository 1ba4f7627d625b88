"""One real example for each role: what a model makes of it, for the test button of the Models page."""

import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from services.backends import Backend
from services.context import Context
from services.errors import AnalysisError
from services.material import Material
from services.recipe import Describing, Embedding, Tagging
from services.records import AlignedPairs, FrameDescription, Frames, Progress

SAMPLE = Path(__file__).parent.parent / "assets" / "sample"
PHOTO = SAMPLE / "photos" / "spoonbills.jpg"
SAID = (
    "The rocket stands on its launch pad before dawn.",
    "Engineers have filled the tanks with liquid oxygen and fuel.",
    "Floodlights shine on the launch tower as the countdown goes on.",
)
SEEN = FrameDescription(0, "a rocket on a launch pad at night", ("COUNTDOWN TO THE MOON",), ())
PHRASES = ("elderly people", "senior citizens", "老年人", "stock market")
WORDS = ("rocket", "missile", "火箭", "budget")
SPEECH = SAMPLE / "speech.ogg"


def trial(backend: Backend, progress: Progress) -> str:
    """The example, what the model made of it, and how long that took with loading; in two or three lines.

    Raises AnalysisError if the model is not there or cannot do it, and Cancelled from progress.
    """
    began = time.monotonic()
    progress(0, 1, f"loading {backend.title}")
    with tempfile.TemporaryDirectory() as folder:
        ctx = Context(Path(folder), lambda name, compute: compute(), progress)
        lines = {
            "word-vectors": _words,
            "descriptions": _description,
            "tags": _tags,
            "phrases": _phrases,
            "speech": _speech,
        }[backend.role](backend, ctx)
    return "\n".join([*lines, f"{time.monotonic() - began:.1f} s, loading included"])


def _description(backend: Backend, ctx: Context) -> list[str]:
    from services.describe import describe_frames

    frames = Frames(np.zeros(1), ctx.folder, 512, 512)
    shutil.copyfile(PHOTO, frames.path(0))
    zeros = np.zeros(1, np.int64)
    pairs = AlignedPairs(zeros, zeros, np.zeros(1), ("",), "nearest_start", "")
    found = describe_frames(frames, pairs, Describing(backend.name), ctx)
    return ["Shown: spoonbills in a marsh", f"Answer: {found.items[0].text or 'nothing'}"]


def _tags(backend: Backend, ctx: Context) -> list[str]:
    from services.tag_asking import asked_tags
    from services.tag_keywords import keyword_tags
    from services.taggers import tag_model

    part = Material(0, SAID, (1.0,) * len(SAID), (SEEN,))
    if backend.name == "keywords":
        tags = keyword_tags([part], 10, ctx.progress)[0]
    else:
        found = asked_tags([part], tag_model(backend), Tagging(backend.name), "use", ctx)[0]
        tags = tuple(
            tag if source == "model" else f"{tag} (keyword)"
            for tag, source in zip(found.draws[0], found.sources, strict=True)
        )
    return [f"Read: {SAID[0]} …", f"Answer: {', '.join(tags)}"]


def _phrases(backend: Backend, ctx: Context) -> list[str]:
    from services.phrases import encode_phrases

    vectors = encode_phrases(PHRASES, backend.name)
    told = [
        f"“{PHRASES[0]}” and “{p}”: {float(vectors[0] @ v):.2f}"
        for p, v in zip(PHRASES, vectors, strict=True)
    ]
    return ["How near two phrases are, from -1 to 1:", *told[1:]]


def _words(backend: Backend, ctx: Context) -> list[str]:
    from services.word_vectors import open_word_vectors

    if backend.name == "files":
        raise AnalysisError("Word-vector files are tried when a project takes them: name them there.")
    vectors, _ = open_word_vectors(Embedding(backend.name)).look_up(WORDS, ctx.progress)
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    told = [
        f"“{WORDS[0]}” and “{word}”: {float(unit[0] @ v):.2f}" for word, v in zip(WORDS, unit, strict=True)
    ]
    return ["How near two words are, from -1 to 1:", *told[1:]]


def _speech(backend: Backend, ctx: Context) -> list[str]:
    from services.recipe import TranscriptChoice
    from services.speech import recognize

    heard = recognize(SPEECH, "The example", TranscriptChoice("asr", "en", backend=backend.name), ctx)
    return ["Heard: six seconds of a reader", f"Answer: {' '.join(s.text for s in heard.segments)}"]
