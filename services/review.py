"""The review of recognized speech against burnt-in subtitles: what is open, and the analyst's decisions."""

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from services.align_acts import Act, ChangedMeanwhile, Sheet
from services.disagreements import Disagreement, disagreements
from services.labels import clock
from services.matching import nearest_frames
from services.recipe import Recipe, TranscriptChoice
from services.records import Frames, Segment, Transcript
from services.segment_edits import Texts, replaced_ids, with_text
from services.segment_ids import located


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
    """Where the review stands; dropped segments need none. put_off: ids that were skipped for now."""
    decided, dropped = _decided(recipe, speech.segments), _dropped(recipe, speech.segments)
    found = [
        one
        for one in disagreements(speech.segments, burnt_in.segments)
        if one.segment_id in decided or one.segment_id not in dropped
    ]
    is_open = [one for one in found if one.segment_id not in decided]
    waiting = [one for one in is_open if one.segment_id not in put_off]
    return Review(
        len(found),
        len(found) - len(is_open),
        len(is_open) - len(waiting),
        waiting[0] if waiting else None,
    )


def frame_of(at: Disagreement, frames: Frames) -> int:
    """The frame nearest to the middle of the segment."""
    return int(nearest_frames(frames.times_s, np.array([(at.start_s + at.end_s) / 2]))[0])


def decide(now: Sheet, at: Disagreement, text: str) -> Act:
    """This text for the segment; the recognized text itself is noted as confirmed.

    at: as it was shown, open
    Raises ChangedMeanwhile if it has been decided since, AnalysisError for a text that cannot be or a segment
    that is gone.
    """
    new, heard = text.strip(), at.speech_text
    if at.segment_id in _decided(now.recipe, now.texts.original):
        raise ChangedMeanwhile(now.texts.get(at.segment_id), new)
    if new == heard:
        confirmed = tuple(sorted({*now.recipe.confirmed, at.segment_id}))
        told = f"{clock(at.start_s)} “{heard}” found right"
        return Act(dataclasses.replace(now.recipe, confirmed=confirmed), told)
    edits = with_text(now.texts, at.segment_id, new)
    told = f"{clock(at.start_s)} “{heard}” → “{new}” reviewed"
    return Act(dataclasses.replace(now.recipe, text_edits=edits), told)


def _decided(recipe: Recipe, speech: Sequence[Segment]) -> set[int]:
    """Ids of the recognized segments that are corrected or confirmed, wherever these are by now."""
    confirmed = located(recipe.confirmed, [one.id for one in speech])
    return {*confirmed.values(), *replaced_ids(Texts(tuple(speech), recipe.text_edits))}


def _dropped(recipe: Recipe, speech: Sequence[Segment]) -> set[int]:
    """Ids of the recognized segments whose pairs are left out."""
    gone = [edit.segment for edit in recipe.edits if edit.is_dropped]
    ids = [one.id for one in Texts(tuple(speech), recipe.text_edits).segments]
    return set(located(gone, ids).values())
