"""Align: segments with their frames, corrected in place or beside the table, saved at once."""

import dataclasses

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.sampling import SHOTS
from services import jobs
from services.align_acts import do, drop
from services.recipe import Alignment, PairEdit, Project, Sampling, Side, TranscriptChoice
from services.review import other_reading
from services.stages import have, load
from services.workspace import Workspace
from tests.filled import put
from tests.pages.conftest import buttons, forget, links, open_page, words

FIRST = "thousands of workers are busy on the slopes above the city (1)"


def texts(at: AppTest) -> list[str]:
    return at.dataframe[0].value["text"].tolist()


def press(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click().run()
    assert not at.exception
    return at


def press_first(at: AppTest, prefix: str) -> AppTest:
    return press(at, next(key for key in buttons(at) if key and key.startswith(prefix)))


def stored(ws: Workspace, project: Project) -> Project:
    return ws.projects.get(project.project_id)


def test_the_pairs_of_the_first_video_are_shown_with_their_method_and_why(ws: Workspace, project: Project):
    at = open_page("align", project)
    assert len(at.dataframe[0].value) == 24
    assert [metric.value for metric in at.metric] == ["24", "Nearest frame", "0", "2.0%"]
    assert "Segments are about as long as the time between frames." in words(at)
    assert links(at)["**Next: train a model on each video**"]


def test_a_row_has_thumbnail_times_text_frame_and_origin(ws: Workspace, project: Project):
    row = open_page("align", project).dataframe[0].value.iloc[1]
    assert row["picture"].startswith("/files/frames/")
    assert row[["start", "end", "frame", "origin", "edited"]].tolist() == [
        "0:02.000", "0:04.400", 1, "captions", "",
    ]  # fmt: skip


def test_the_other_video_is_a_switch_away(ws: Workspace, project: Project):
    at = open_page("align", project)
    at.button_group(key="align_side").set_value("right").run()
    assert not at.exception
    assert texts(at)[0].startswith("演员们正在为开幕式")


def test_another_way_of_pairing_is_saved_for_this_video_alone(ws: Workspace, project: Project):
    at = open_page("align", project)
    at.button_group(key=f"align_method_left_{project.revision}").set_value("all_frames").run()
    assert not at.exception
    saved = stored(ws, project)
    assert (saved.left.alignment, saved.right.alignment) == (Alignment("all_frames"), Alignment("auto"))
    assert have(ws.store, saved.left, "pairs")
    assert at.metric[1].value == "Every frame"


def test_each_method_is_previewed_with_what_it_leaves_over(ws: Workspace, project: Project):
    told = words(open_page("align", project))
    for title in ("Nearest frame ✓", "Evenly spread", "Every frame", "Time covered", "Texts left over"):
        assert title in told


def test_pairs_that_cannot_be_made_leave_the_choice_of_the_method(ws: Workspace, project: Project):
    late = load(ws.store, project.left, "transcript")
    segments = tuple(dataclasses.replace(s, start_s=s.start_s + 3600) for s in late.segments)
    for stage in ("transcript", "segments"):
        put(ws.store, project.left, stage, dataclasses.replace(late, segments=segments))
    forget(ws, project, "pairs")
    at = open_page("align", project)
    assert "No segment of captions.srt matches the video" in words(at)
    assert "choose “Evenly spread” above" in words(at)
    assert at.button_group(key=f"align_method_left_{project.revision}").options
    assert len(texts(at)) == 24
    assert not any("Next" in label for label in links(at))


def test_dropped_pairs_can_be_taken_in_again_when_too_few_are_left(ws: Workspace, project: Project):
    edits = tuple(PairEdit(2000 * place, is_dropped=True) for place in range(20))
    recipe = dataclasses.replace(project.left, edits=edits)
    at = open_page("align", ws.projects.save(project.with_recipe("left", recipe), "20 dropped"))
    assert at.dataframe[0].value["drop"].sum() == 20
    assert "Only 4 frame-and-text pairs are left of captions.srt" in words(at)
    assert buttons(at)["align_drop"] == "Take in again"


def test_the_text_beside_the_table_is_saved_when_it_is_left(ws: Workspace, project: Project):
    at = open_page("align", project)
    at.text_area[0].input("They build").run()
    assert texts(at)[0] == "They build"
    assert at.dataframe[0].value["edited"][0] == "✎"
    assert f"As it was got: {FIRST.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}" in words(at)
    assert stored(ws, project).left.text_edits[0].by[0].text == "They build"
    assert texts(open_page("align", project))[0] == "They build"


@pytest.mark.parametrize("typed", ["", "x" * 2001])
def test_a_text_that_cannot_be_is_told_and_what_was_typed_stays_to_be_copied(
    ws: Workspace, project: Project, typed: str
):
    at = open_page("align", project)
    at.text_area[0].input(typed).run()
    assert "The text at 0\\:00 would" in words(at)
    assert [code.value for code in at.code] == ([typed] if typed else [])
    assert stored(ws, project).left.text_edits == ()


def test_a_segment_is_split_merged_and_brought_back(ws: Workspace, project: Project):
    at = press(open_page("align", project), "align_split")
    assert texts(at)[:2] == ["thousands of workers are busy", "on the slopes above the city (1)"]
    assert texts(press(at, "align_merge"))[0] == FIRST
    assert stored(ws, project).left.text_edits == ()
    press(press(at, "align_merge"), "align_restore")
    assert len(texts(at)) == 24


def test_a_segment_is_inserted_after_the_shown_one(ws: Workspace, project: Project):
    at = open_page("align", project)
    at.text_area(key="align_insert_text_0").input("Good morning.")
    assert texts(press(at, "align_insert"))[1:3] == [FIRST.replace("(1)", "(2)"), "Good morning."]


def test_a_neighbouring_frame_is_one_click_away(ws: Workspace, project: Project):
    at = press(open_page("align", project), "align_near_3")
    assert at.dataframe[0].value["frame"][0] == 3
    assert stored(ws, project).left.edits == (PairEdit(0, frame=3),)


def test_undo_and_redo_walk_through_the_changes(ws: Workspace, project: Project):
    at = open_page("align", project)
    assert at.button(key="align_undo").disabled
    press(at, "align_drop")
    press(at, "align_undo")
    assert at.dataframe[0].value["drop"].sum() == 0
    assert at.button(key="align_undo").disabled
    press(at, "align_redo")
    assert at.dataframe[0].value["drop"].sum() == 1
    assert at.button(key="align_redo").disabled


def test_find_counts_filters_and_replaces(ws: Workspace, project: Project):
    at = open_page("align", project)
    at.text_input(key="align_find_text").input("Arch").run()
    assert "Found in 8 places of this video." in words(at)
    at.toggle(key="align_find_only").set_value(True).run()
    assert len(texts(at)) == 8
    at.text_input(key="align_replace_text").input("bow").run()
    press(at, "align_replace")
    assert sum("this bow of steel" in text for text in texts(at)) == 8


def test_what_changed_is_listed_with_when_and_who(ws: Workspace, project: Project):
    at = press(press(open_page("align", project), "align_drop"), "align_undo")
    log = at.dataframe[1].value
    assert log["what"].tolist() == ["0:00 dropped, English video"]
    assert log["undone"].tolist() == [True]
    assert log["who"][0]
    assert log["when"][0].startswith("20")


def test_a_change_in_another_tab_is_kept(ws: Workspace, project: Project):
    at = open_page("align", project)
    assert do(ws, project.project_id, "left", lambda now: drop(now, 4000, is_dropped=True)) == ""
    press(at, "align_drop")
    assert stored(ws, project).left.edits == (PairEdit(0, is_dropped=True), PairEdit(4000, is_dropped=True))


def test_frames_from_each_shot_are_read_at_once_and_the_page_said_so(
    ws: Workspace, project: Project, monkeypatch: pytest.MonkeyPatch
):
    read: list[tuple[Side, str]] = []
    monkeypatch.setattr(
        jobs, "submit", lambda ws, project, side, stage: read.append((side, project.left.sampling.method))
    )
    at = open_page("align", project)
    assert "reads both videos again, at once" in words(at)
    at.button_group(key=f"align_sampling_{project.revision}").set_value(SHOTS).run()
    assert read == [("left", "shots"), ("right", "shots")]
    assert stored(ws, project).right.sampling == Sampling(2.0, "shots")


def test_corrected_texts_can_be_taken_along(ws: Workspace, project: Project):
    at = open_page("align", project)
    assert {button.proto.label for button in at.get("download_button")} == {
        "SubRip (.srt)",
        "WebVTT (.vtt)",
        "Table (.csv)",
    }


def test_speech_is_checked_against_subtitles_one_disagreement_at_a_time(ws: Workspace, project: Project):
    heard = recognized(ws, project)
    at = open_page("align", heard)
    told = words(at)
    assert "**1 of 2**" in "".join(bar.proto.text for bar in at.get("progress"))
    assert "Heard" in told
    assert "<mark>" in told
    press_first(at, "align_review_burnt_in")
    assert not at.exception
    saved = ws.projects.get(project.project_id)
    assert [(edit.replaces, edit.by[0].text) for edit in saved.left.text_edits] == [
        ((ids(ws, saved)[3],), "what the picture shows")
    ]
    assert have(ws.store, saved.left, "pairs")  # the next step stays open


def test_a_skipped_disagreement_changes_nothing_and_comes_back(ws: Workspace, project: Project):
    at = open_page("align", recognized(ws, project))
    press_first(at, "align_review_skip")
    press_first(at, "align_review_skip")
    assert "0 of 2 are decided, 2 skipped." in words(at)
    at.button(key="align_review_again").click().run()
    assert not at.exception
    assert "Take speech" in buttons(at).values()
    assert ws.projects.get(project.project_id).left.text_edits == ()


def test_speech_that_was_right_is_confirmed_and_an_own_text_is_taken(ws: Workspace, project: Project):
    at = open_page("align", recognized(ws, project))
    press_first(at, "align_review_speech")
    press_first(at, "align_review_edit")
    own = next(area for area in at.text_area if (area.key or "").startswith("align_review_text"))
    own.input("what I hear").run()
    press_first(at, "align_review_save")
    assert not at.exception
    saved = ws.projects.get(project.project_id)
    assert saved.left.confirmed == (ids(ws, saved)[3],)
    assert [(edit.replaces, edit.by[0].text) for edit in saved.left.text_edits] == [
        ((ids(ws, saved)[5],), "what I hear")
    ]


def test_captions_have_nothing_to_be_checked_against(ws: Workspace, project: Project):
    assert not [key for key in buttons(open_page("align", project)) if key and "align_review" in key]


def test_a_stale_tab_decides_neither_what_was_decided_elsewhere_nor_the_next_one(
    ws: Workspace, project: Project
):
    heard = recognized(ws, project)
    tab_a, tab_b = open_page("align", heard), open_page("align", heard)
    press_first(tab_a, "align_review_edit")
    own = next(area for area in tab_a.text_area if (area.key or "").startswith("align_review_text"))
    own.input("tab A's careful correction").run()
    press_first(tab_a, "align_review_save")
    press_first(tab_b, "align_review_burnt_in")
    assert "was changed in another tab meanwhile" in words(tab_b)
    assert [edit.by[0].text for edit in stored(ws, project).left.text_edits] == ["tab A's careful correction"]


def test_what_was_skipped_in_one_project_is_open_in_another(ws: Workspace, project: Project):
    heard = recognized(ws, project)
    other = ws.projects.add(dataclasses.replace(heard, project_id=""))
    at = press_first(press_first(open_page("align", heard), "align_review_skip"), "align_review_skip")
    assert "0 of 2 are decided, 2 skipped." in words(at)
    at.query_params["project"] = other.project_id
    at.run()
    assert "**1 of 2**" in "".join(bar.proto.text for bar in at.get("progress"))


def recognized(ws: Workspace, project: Project) -> Project:
    """The project with its left text recognized, and its subtitles read, which differ in two places."""
    choice = TranscriptChoice("asr", "en", backend="whisper-base")
    left = dataclasses.replace(project.left, transcript=choice)
    before = load(ws.store, project.left, "transcript")
    segments = tuple(dataclasses.replace(s, origin="asr") for s in before.segments)
    put(ws.store, left, "transcript", dataclasses.replace(before, segments=segments))
    shown = [
        dataclasses.replace(s, text="what the picture shows") if number in (3, 5) else s
        for number, s in enumerate(before.segments)
    ]
    twin = other_reading(left)
    assert twin is not None
    put(ws.store, twin, "transcript", dataclasses.replace(before, segments=tuple(shown)))
    return ws.projects.save(project.with_recipe("left", left), "recognized")


def ids(ws: Workspace, project: Project) -> list[int]:
    return [segment.id for segment in load(ws.store, project.left, "transcript").segments]
