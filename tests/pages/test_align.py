"""Align: the table of pairs, the way in which they are made, and saved corrections."""

import dataclasses

from services import choose
from services.recipe import Alignment, PairEdit, Project, TranscriptChoice
from services.review import other_reading
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


def test_speech_is_checked_against_subtitles_one_disagreement_at_a_time(ws: Workspace, project: Project):
    heard = recognized(ws, project)
    at = open_page("align", heard)
    told = words(at)
    assert "**1 of 2**" in "".join(bar.proto.text for bar in at.get("progress"))
    assert "Heard" in told
    assert "<mark>" in told
    at.button(key="align_review_burnt_in").click().run()
    assert not at.exception
    saved = ws.projects.get(project.project_id)
    assert [(edit.segment, edit.text) for edit in saved.left.edits] == [(3, "what the picture shows")]


def test_a_skipped_disagreement_changes_nothing_and_comes_back(ws: Workspace, project: Project):
    at = open_page("align", recognized(ws, project))
    at.button(key="align_review_skip").click().run()
    at.button(key="align_review_skip").click().run()
    assert "0 of 2 are decided, 2 skipped." in words(at)
    at.button(key="align_review_again").click().run()
    assert not at.exception
    assert buttons(at)["align_review_speech"] == "Take speech (1)"
    assert ws.projects.get(project.project_id).left.edits == ()


def test_speech_that_was_right_is_confirmed_and_an_own_text_is_taken(ws: Workspace, project: Project):
    at = open_page("align", recognized(ws, project))
    at.button(key="align_review_speech").click().run()
    at.button(key="align_review_edit").click().run()
    at.text_area[0].input("what I hear").run()
    at.button(key="align_review_save").click().run()
    assert not at.exception
    saved = ws.projects.get(project.project_id).left
    assert saved.confirmed == (round(load(ws.store, saved, "segments").segments[3].start_s * 1000),)
    assert [(edit.segment, edit.text) for edit in saved.edits] == [(5, "what I hear")]


def test_captions_have_nothing_to_be_checked_against(ws: Workspace, project: Project):
    assert not [key for key in buttons(open_page("align", project)) if key and "align_review" in key]


def recognized(ws: Workspace, project: Project) -> Project:
    """The project with its left text recognized, and its subtitles read, which differ in two places."""
    choice = TranscriptChoice("asr", "en", backend="whisper-base")
    left = dataclasses.replace(project.left, transcript=choice)
    before = load(ws.store, project.left, "segments")
    segments = tuple(dataclasses.replace(s, origin="asr") for s in before.segments)
    put(ws.store, left, "segments", dataclasses.replace(before, segments=segments))
    put(ws.store, left, "pairs", load(ws.store, project.left, "pairs"))
    shown = [
        dataclasses.replace(s, text="what the picture shows") if number in (3, 5) else s
        for number, s in enumerate(before.segments)
    ]
    twin = other_reading(left)
    assert twin is not None
    put(ws.store, twin, "segments", dataclasses.replace(before, segments=tuple(shown)))
    saved = ws.projects.save(project.with_recipe("left", left), "recognized")
    for edit in (PairEdit(3, text="what the picture shows"), PairEdit(5, text="what I hear")):
        decided = dataclasses.replace(left, edits=(edit,))
        put(ws.store, decided, "pairs", load(ws.store, project.left, "pairs"))
    return saved
