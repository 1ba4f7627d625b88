import dataclasses

import numpy as np
import pytest

from services.cautions import NOT_TESTED, SAME_VIDEO, cautions, text_cautions
from services.choose import with_repeated_shots
from services.recipe import Embedding
from services.records import Segment, Transcript
from services.stages import key, load, significance_key
from tests.filled import LEFT_STORY, RIGHT_STORY, fill_side, filled_workspace, put


def told_of(store, project) -> list[str]:
    """The cautions but those of the tags, of which the drawn project has some that nothing speaks for."""
    return [text for text in cautions(store, project) if "are found in neither" not in text]


def test_a_sound_project_needs_no_caution_but_for_tags_that_nothing_speaks_for(tmp_path):
    ws, project = filled_workspace(tmp_path)
    assert cautions(ws.store, project) == (
        "English video: 6 of its 30 tags (20%) are found in neither pictures nor words.",
        "Chinese video: 8 of its 40 tags (20%) are found in neither pictures nor words.",
    )


def test_cells_that_were_not_held_against_chance_are_said(tmp_path):
    ws, project = filled_workspace(tmp_path)
    ws.store.discard(significance_key(project))
    assert told_of(ws.store, project) == [NOT_TESTED]


def test_what_is_not_computed_is_left_out(tmp_path):
    ws, project = filled_workspace(tmp_path)
    said = cautions(ws.store, project)
    for stage in ("sweep", "dataset", "segments", "clusters"):  # another k_max, videos that are not back yet
        ws.store.discard(key(project.left, stage))
    assert cautions(ws.store, project) == said
    ws.store.discard(key(project.left, "themes"))
    assert cautions(ws.store, project) == said[1:]


def test_texts_that_were_cut_are_counted(tmp_path):
    ws, project = filled_workspace(tmp_path)
    cut = dataclasses.replace(project.left, source=dataclasses.replace(project.left.source, digest="ef" * 16))
    cut = dataclasses.replace(cut, embedding=Embedding(max_words=4))
    fill_side(ws.store, cut, LEFT_STORY, seed=1)
    told = told_of(ws.store, project.with_recipe("left", cut))
    assert told[0] == NOT_TESTED
    assert len(told) == 2
    assert "24 of 24 texts are longer than 4 words" in told[1]


def test_a_video_beside_itself_and_a_short_training_are_said(tmp_path):
    ws, project = filled_workspace(tmp_path)
    training = dataclasses.replace(project.right.training, epochs=3)
    short = dataclasses.replace(project.right, training=training, source=project.left.source)
    fill_side(ws.store, short, RIGHT_STORY, seed=2)
    told = told_of(ws.store, project.with_recipe("right", short))
    assert told[:2] == [SAME_VIDEO, NOT_TESTED]
    assert "trained for 3 epochs only" in told[2]


def test_repeated_shots_that_were_set_aside_are_always_told(tmp_path):
    ws, project = filled_workspace(tmp_path)
    found = load(ws.store, project.left, "clusters")
    labels = np.where(found.labels == 0, -1, found.labels - 1).astype(np.int32)
    aside = with_repeated_shots(project, "left", sets_aside=True)
    fill_side(ws.store, aside.left, LEFT_STORY, seed=1)
    ws.store.discard(key(aside.left, "clusters"))
    put(
        ws.store,
        aside.left,
        "clusters",
        dataclasses.replace(found, k=2, labels=labels, set_aside=labels < 0),
    )
    told = "\n".join(told_of(ws.store, aside))
    assert "10 of 24 pairs (42%) were set aside as repeated shots" in told


@pytest.mark.parametrize(
    ("detected", "is_spread", "says"),
    [
        ("en", False, ()),
        ("", False, ()),
        ("zh-Hant", False, ("its text reads as Chinese (traditional), but English is chosen",)),
        ("en", True, ("its text has no times, so it is spread over the video",)),
        ("fr", True, ("no times", "reads as French")),
    ],
)
def test_a_text_in_another_language_or_without_times_is_said(
    detected: str, is_spread: bool, says: tuple[str, ...], tmp_path
):
    _, project = filled_workspace(tmp_path)
    transcript = Transcript((Segment(0, 1, "a"),), "en", detected=detected, is_spread=is_spread)
    told = text_cautions(project, "left", transcript)
    assert len(told) == len(says)
    assert all(part in sentence for part, sentence in zip(says, told, strict=True))
