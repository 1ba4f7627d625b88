"""Acts of the Align page: saved at once, told in the log, refused in a sentence, and safe with two tabs."""

from functools import partial
from pathlib import Path

import pytest

from services import align_acts
from services.align_acts import cell, do, paired, set_cell, sheet
from services.find_replace import Search
from services.recipe import Project
from services.stages import have, load
from services.workspace import Workspace
from tests.filled import filled_workspace

FIRST = "thousands of workers are busy on the slopes above the city (1)"


@pytest.fixture
def filled(tmp_path: Path) -> tuple[Workspace, Project]:
    return filled_workspace(tmp_path)


def now(filled: tuple[Workspace, Project]) -> align_acts.Sheet:
    ws, project = filled
    return sheet(ws.store, ws.projects.get(project.project_id).left)


def told(filled: tuple[Workspace, Project]) -> list[str]:
    ws, project = filled
    return [change.what for change in ws.projects.changes(project.project_id)]


def acted(filled: tuple[Workspace, Project], act: object, **arguments: object) -> str:
    ws, project = filled
    return do(ws, project.project_id, "left", partial(act, **arguments))  # pyright: ignore[reportArgumentType]


def edited(filled: tuple[Workspace, Project], column: str, new: object, *seen: object) -> str:
    values = seen or (cell(now(filled).rows[0], column),)
    return acted(filled, set_cell, segment_id=0, column=column, seen=values, new=new)


@pytest.mark.parametrize(
    ("column", "new", "line"),
    [
        ("text", " They  build ", f"0:00 “{FIRST}” → “They build”, English video"),
        ("start", "0.5", "0:00 start 0:00.000 → 0:00.500, English video"),
        ("end", "0:01,25", "0:00 end 0:02.400 → 0:01.250, English video"),
        ("frame", 5.0, "0:00 frame 0 → 5, English video"),
        ("drop", True, "0:00 dropped, English video"),
    ],
)
def test_a_cell_is_saved_at_once_with_before_and_after(
    filled: tuple[Workspace, Project], column: str, new: object, line: str
):
    assert edited(filled, column, new) == ""
    assert told(filled) == [line]
    ws, project = filled
    assert have(ws.store, ws.projects.get(project.project_id).left, "pairs")


@pytest.mark.parametrize(
    ("column", "new", "says"),
    [
        ("text", "", "The text at 0:00 would be empty"),
        ("text", None, "The text at 0:00 would be empty"),
        ("text", "x" * 2001, "would have 2001 characters"),
        ("end", "0", "has to end after it starts"),
        ("end", "999999999", "The video ends at 0:48.000, before 277777:46:39.000"),
        ("start", "soon", "“soon” is no time"),
        ("start", None, "is no time"),
        ("frame", 24, "numbered 0 to 23"),
        ("frame", None, "numbered 0 to 23"),
        ("frame", 2.5, "numbered 0 to 23"),
        ("frame", float("nan"), "numbered 0 to 23"),
    ],
)
def test_a_cell_that_cannot_be_is_a_sentence_and_nothing_changes(
    filled: tuple[Workspace, Project], column: str, new: object, says: str
):
    before = now(filled)
    assert says in edited(filled, column, new)
    assert now(filled).rows == before.rows
    assert told(filled) == []


def test_the_same_value_again_is_no_change(filled: tuple[Workspace, Project]):
    assert edited(filled, "text", f"{FIRST} ") == ""
    assert told(filled) == []


def test_two_tabs_correct_different_segments(filled: tuple[Workspace, Project]):
    in_first = now(filled)
    edited(filled, "text", "first tab")
    row = in_first.rows[1]
    seen = (row.segment.text,)
    assert (
        acted(filled, set_cell, segment_id=row.segment.id, column="text", seen=seen, new="second tab") == ""
    )
    assert [row.segment.text for row in now(filled).rows[:2]] == ["first tab", "second tab"]


def test_a_tab_that_shows_an_older_text_is_told_and_its_text_is_not_swallowed(
    filled: tuple[Workspace, Project],
):
    edited(filled, "text", "first tab")
    assert "another tab meanwhile, so this was not saved: “second tab”" in edited(
        filled, "text", "second tab", FIRST
    )
    assert now(filled).rows[0].segment.text == "first tab"


@pytest.mark.parametrize("dropped", [0, 2000])
def test_words_that_were_left_out_do_not_come_back_by_a_merge(
    filled: tuple[Workspace, Project], dropped: int
):
    acted(filled, align_acts.drop, segment_id=dropped, is_dropped=True)
    refused = acted(filled, align_acts.merge, segment_id=0)
    assert "0:00 and 0:02 is dropped, so they were not merged" in refused
    acted(filled, align_acts.drop, segment_id=2000 - dropped, is_dropped=True)
    assert acted(filled, align_acts.merge, segment_id=0) == ""


def test_a_segment_that_another_tab_merged_away_is_told(filled: tuple[Workspace, Project]):
    acted(filled, align_acts.merge, segment_id=0)
    assert "no longer there" in acted(filled, align_acts.drop, segment_id=2000, is_dropped=True)


def test_split_is_at_the_line_break_of_the_field_and_writing_it_down_is_no_correction(
    filled: tuple[Workspace, Project],
):
    typed = FIRST.replace("busy on", "busy\non")
    assert acted(filled, align_acts.write, segment_id=0, typed=typed) == ""
    assert told(filled) == []
    acted(filled, align_acts.split, segment_id=0, typed=typed)
    assert [row.segment.text for row in now(filled).rows[:2]] == [
        "thousands of workers are busy",
        "on the slopes above the city (1)",
    ]


def test_without_a_line_break_split_is_near_the_middle(filled: tuple[Workspace, Project]):
    acted(filled, align_acts.split, segment_id=0, typed=FIRST)
    assert now(filled).rows[0].segment.text == "thousands of workers are busy"


def test_a_split_of_words_that_are_not_saved_is_refused(filled: tuple[Workspace, Project]):
    assert "not saved: “other words”" in acted(filled, align_acts.split, segment_id=0, typed="other words")


def test_every_other_act_is_done_and_told(filled: tuple[Workspace, Project]):
    acted(filled, align_acts.merge, segment_id=0)
    acted(filled, align_acts.insert, after_id=0, typed="more words")
    acted(filled, align_acts.restore, segment_id=0)
    acted(filled, align_acts.pair, segment_id=4000, frame=7)
    acted(filled, align_acts.replace_all, search=Search("workers"), by="builders")
    told_lines = told(filled)[::-1]
    assert [line.split(",")[0].split("“")[0].strip() for line in told_lines[:4]] == [
        "0:00 merged with the next:",
        "inserted after 0:00:",
        "0:00 back to the original",
        "0:04 frame 2 → 7",
    ]
    assert told_lines[4].startswith("“workers” → “builders” in 10 places")


def test_undo_takes_the_frame_choice_back_that_a_merge_took_away(filled: tuple[Workspace, Project]):
    ws, project = filled
    acted(filled, align_acts.pair, segment_id=2000, frame=9)
    acted(filled, align_acts.merge, segment_id=0)
    assert now(filled).recipe.edits == ()
    ws.projects.undo(ws.projects.get(project.project_id))
    assert now(filled).rows[1].frames == (9,)


def test_pairs_that_cannot_be_made_are_told(filled: tuple[Workspace, Project]):
    for row in now(filled).rows[:20]:
        acted(filled, align_acts.drop, segment_id=row.segment.id, is_dropped=True)
    ws, _ = filled
    assert "Only 4 frame-and-text pairs are left" in paired(ws.store, now(filled).recipe)
    assert len(load(ws.store, now(filled).recipe, "segments").segments) == 24
