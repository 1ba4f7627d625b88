"""The review of recognized speech against burnt-in subtitles: what is open, and the analyst's decisions."""

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from services.disagreements import Disagreement, disagreements
from services.matching import nearest_frames
from services.recipe import Recipe, TranscriptChoice
from services.records import Frames, Transcript
from services.segment_edits import Texts, with_text


@dataclass(frozen=True, slots=True)
class Review:
    """current: the one to decide now, None when all are decided or put off."""

    n_all: int
    n_decided: int
    n_put_off: int
    current: Disagreement | None


def other_reading(recipe: Recipe) -> Recipe | None:
    """The recipe of the same video read from its subtitles; None unless its text is recognized speech."""
    if recipe.transcript.origin != "asr" or recipe.source.kind == "frames":
        return None
    return dataclasses.replace(
        recipe,
        transcript=TranscriptChoice("subtitles", recipe.transcript.language),
        edits=(),
        text_edits=(),
        confirmed=(),
    )


def review(recipe: Recipe, speech: Transcript, burnt_in: Transcript, put_off: Collection[int]) -> Review:
    """Where the review stands. put_off: ids of segments that were skipped for now."""
    found = disagreements(speech.segments, burnt_in.segments)
    decided = {*recipe.confirmed, *(replaced for edit in recipe.text_edits for replaced in edit.replaces)}
    is_open = [d for d in found if d.segment_id not in decided]
    waiting = [d for d in is_open if d.segment_id not in put_off]
    return Review(
        len(found),
        len(found) - len(is_open),
        len(is_open) - len(waiting),
        waiting[0] if waiting else None,
    )


def frame_of(at: Disagreement, frames: Frames) -> int:
    """The frame nearest to the middle of the segment."""
    return int(nearest_frames(frames.times_s, np.array([(at.start_s + at.end_s) / 2]))[0])


def decide(recipe: Recipe, at: Disagreement, speech: Transcript, text: str) -> Recipe:
    """The recipe with this text for the segment; the recognized text itself is noted as confirmed.

    Raises AnalysisError for a text that cannot be, or a segment that is gone.
    """
    if text.strip() == at.speech_text:
        confirmed = tuple(sorted({*recipe.confirmed, at.segment_id}))
        return dataclasses.replace(recipe, confirmed=confirmed)
    texts = Texts(speech.segments, recipe.text_edits)
    return dataclasses.replace(recipe, text_edits=with_text(texts, at.segment_id, text.strip()))
