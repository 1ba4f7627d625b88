"""Align: the table of pairs, the way in which they are made, and saved corrections."""

import dataclasses

from services import choose
from services.recipe import Alignment, PairEdit, Project
from services.stages import load
from services.workspace import Workspace
from tests.filled import put
from tests.pages.conftest import buttons, forget, links, open_page, record, words


def test_the_pairs_of_the_first_video_are_shown_with_their_method_and_why(ws: Workspace, project: Project):
    at = open_page("align", project)
    assert len(at.dataframe[0].value) == 24
    assert [metric.value for metric in at.metric] == ["24", "Nearest frame", "2.0%"]
    assert "Segments are about as long as the time between frames." in words(at)
    assert at.button(key="align_save").disabled
    assert links(at)["**Next: train a model on each video**"]


def test_the_other_video_is_a_switch_away(ws: Workspace, project: Project):
    at = open_page("align", project)
    at.button_group(key="align_side").set_value("right").run()
    assert not at.exception
    assert at.dataframe[0].value["text"][0].startswith("演员们正在为开幕式")


def test_another_way_of_pairing_is_saved_for_this_video_alone(ws: Workspace, project: Project):
    other = choose.with_alignment(project, "left", "uniform")
    put(ws.store, other.left, "pairs", load(ws.store, project.left, "pairs"))
    at = open_page("align", project)
    at.button_group(key=f"align_method_left_{project.revision}").set_value("uniform").run()
    assert not at.exception
    saved = ws.projects.get(project.project_id)
    assert (saved.left.alignment, saved.right.alignment) == (Alignment("uniform"), Alignment("auto"))
    assert "pairing of the English video\\: evenly spread" in buttons(at)["align_undo"]


def test_pairs_that_cannot_be_made_leave_the_choice_of_the_method(ws: Workspace, project: Project):
    late = dataclasses.replace(load(ws.store, project.left, "segments"))
    segments = tuple(dataclasses.replace(s, start_s=s.start_s + 3600) for s in late.segments)
    put(ws.store, project.left, "segments", dataclasses.replace(late, segments=segments))
    forget(ws, project, "pairs")
    record(ws, project, "left", "pairs", "failed", "No segment matches the video. Choose the uniform method.")
    at = open_page("align", project)
    assert "No segment matches the video." in words(at)
    assert "choose “Evenly spread” above" in words(at)
    assert at.button_group(key=f"align_method_left_{project.revision}").options
    assert not at.dataframe


def test_dropped_pairs_can_be_brought_back_when_too_few_are_left(ws: Workspace, project: Project):
    edits = tuple(PairEdit(segment, is_dropped=True) for segment in range(20))
    few = ws.projects.save(choose.with_edits(project, "left", edits), "20 corrections")
    record(ws, few, "left", "pairs", "failed", "Only 4 frame-and-text pairs are left.")
    at = open_page("align", few)
    assert at.dataframe[0].value["drop"].sum() == 20
    assert "Only 4 frame-and-text pairs are left." in words(at)


def test_saved_corrections_are_listed(ws: Workspace, project: Project):
    edits = (PairEdit(0, text="Workers"), PairEdit(2, is_dropped=True))
    changed = ws.projects.save(choose.with_edits(project, "left", edits), "2 corrections")
    put(ws.store, changed.left, "pairs", load(ws.store, project.left, "pairs"))
    at = open_page("align", changed)
    assert [text.value.split()[0] for text in at.text] == ["0:00", "0:04"]


def test_pairs_that_are_being_made_can_be_stopped(ws: Workspace, project: Project):
    forget(ws, project, "pairs")
    record(ws, project, "left", "pairs", "running")
    assert buttons(open_page("align", project))["job_stop_left_pairs"] == "Stop"
