"""A decision becomes a correction; a confirmation is remembered and asks for no new result."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from services.align_acts import ChangedMeanwhile, Sheet
from services.disagreements import Disagreement
from services.recipe import PairEdit, Project, Recipe, Source, TranscriptChoice
from services.records import Frames, Segment, Transcript
from services.review import decide, other_reading, review
from services.segment_edits import Texts
from services.segment_ids import numbered
from services.stages import key

CHOICE = TranscriptChoice("asr", "zh", backend="whisper-base")
RECIPE = Recipe(Source("file", "ab", "/zh.mp4"), CHOICE)
PROJECT = Project("p", "t", dataclasses.replace(RECIPE, transcript=TranscriptChoice()), RECIPE)
HEARD = ("老年人接神疫苗", "今天的发布会", "专家回答了体问")
SHOWN = ("老年人接种疫苗", "今天的发布会", "专家回答了提问")


def transcript(texts: tuple[str, ...]) -> Transcript:
    segments = (Segment(n * 4.0, n * 4 + 4.0, text, "asr") for n, text in enumerate(texts))
    return Transcript(numbered(segments), "zh")


def standing(project: Project, put_off: tuple[int, ...] = ()):
    return review(project.right, transcript(HEARD), transcript(SHOWN), put_off)


def sheet_of(recipe: Recipe, heard: Transcript | None = None) -> Sheet:
    original = (heard or transcript(HEARD)).segments
    return Sheet(recipe, Frames(np.arange(6.0), Path("frames"), 2, 2), Texts(original, recipe.text_edits), ())


def decided_as(project: Project, at: Disagreement, text: str) -> Project:
    return project.with_recipe("right", decide(sheet_of(project.right), at, text).recipe)


def first(project: Project = PROJECT) -> Disagreement:
    at = standing(project).current
    assert at is not None
    return at


def test_the_first_open_disagreement_is_shown():
    found = standing(PROJECT)
    assert (found.n_all, found.n_decided, found.n_put_off) == (2, 0, 0)
    assert found.current is not None
    assert found.current.segment_id == 0


def test_a_skipped_one_waits_behind_the_others_and_changes_nothing():
    found = standing(PROJECT, put_off=(0,))
    assert found.current is not None
    assert (found.current.segment_id, found.n_put_off) == (8000, 1)
    assert standing(PROJECT, put_off=(0, 8000)).current is None


def test_the_burnt_in_text_becomes_a_correction_of_that_segment():
    at = standing(PROJECT).current
    assert at is not None
    decided = decided_as(PROJECT, at, at.burnt_in_text)
    assert [(edit.replaces, edit.by[0].text) for edit in decided.right.text_edits] == [
        ((0,), "老年人接种疫苗")
    ]
    assert decided.left == PROJECT.left
    assert (standing(decided).n_decided, standing(decided).n_all) == (1, 2)


def test_another_frame_that_was_chosen_for_the_segment_stays():
    paired = dataclasses.replace(RECIPE, edits=(PairEdit(0, frame=7), PairEdit(4000, is_dropped=True)))
    project = PROJECT.with_recipe("right", paired)
    at = standing(project).current
    assert at is not None
    decided = decided_as(project, at, " 我的文字 ")
    assert decided.right.edits == paired.edits
    assert decided.right.text_edits[0].by[0].text == "我的文字"


def test_confirmed_speech_is_remembered_and_needs_no_new_result():
    at = standing(PROJECT).current
    assert at is not None
    decided = decided_as(PROJECT, at, at.speech_text)
    assert (decided.right.confirmed, decided.right.text_edits) == ((0,), ())
    assert standing(decided).n_decided == 1
    assert key(decided.right, "pairs") == key(PROJECT.right, "pairs")


@pytest.mark.parametrize("text", [SHOWN[0], HEARD[0], "other"])
@pytest.mark.parametrize("before", ["a careful correction", HEARD[0]])
def test_what_another_tab_has_decided_meanwhile_is_not_overwritten(before: str, text: str):
    at = first()
    in_tab_a = decided_as(PROJECT, at, before)
    with pytest.raises(ChangedMeanwhile, match="in another tab meanwhile, so this was not saved"):
        decide(sheet_of(in_tab_a.right), at, text)


def test_the_log_tells_what_was_heard_and_what_became_of_it():
    assert decide(sheet_of(RECIPE), first(), SHOWN[0]).told == f"0:00 “{HEARD[0]}” → “{SHOWN[0]}” reviewed"
    assert decide(sheet_of(RECIPE), first(), HEARD[0]).told == f"0:00 “{HEARD[0]}” found right"


@pytest.mark.parametrize("text", [SHOWN[0], HEARD[0]])
def test_a_decision_holds_when_speech_is_recognized_anew_a_moment_later(text: str):
    decided = decided_as(PROJECT, first(), text).right
    moved = tuple(dataclasses.replace(s, start_s=s.start_s + 0.1) for s in transcript(HEARD).segments)
    again = dataclasses.replace(transcript(HEARD), segments=numbered(moved))
    found = review(decided, again, transcript(SHOWN), ())
    assert (found.n_decided, found.n_all) == (1, 2)


def test_a_dropped_segment_needs_no_decision():
    dropped = dataclasses.replace(RECIPE, edits=(PairEdit(0, is_dropped=True),))
    found = standing(PROJECT.with_recipe("right", dropped))
    assert (found.n_all, found.n_decided) == (1, 0)
    assert found.current is not None
    assert found.current.segment_id == 8000


def test_only_recognized_speech_of_a_video_has_another_reading():
    twin = other_reading(RECIPE)
    assert twin is not None
    assert twin.transcript == TranscriptChoice("subtitles", "zh")
    assert other_reading(PROJECT.left) is None
