"""Sources: three ways in, and what is known of the two videos afterwards."""

import dataclasses

import pytest
from streamlit.testing.v1 import AppTest

from services import choose, jobs
from services.recipe import SIDES, Project, Sampling, Side
from services.uploads import CAPTION_TYPES
from services.workspace import Workspace
from tests.pages.conftest import buttons, forget, links, open_page, record, words


def form(at: AppTest, way: str) -> AppTest:
    at.button(key=f"sources_way_{way}").click().run()
    assert not at.exception
    return at


def test_an_empty_workspace_offers_the_sample_and_two_other_ways(empty: Workspace):
    at = open_page("sources")
    assert {"sources_sample", "sources_way_upload", "sources_way_links"} <= set(buttons(at))
    assert "Or go on with" not in words(at)


def test_recent_projects_can_be_gone_on_with(ws: Workspace, project: Project):
    assert links(open_page("sources"))["Winter Olympics\\: how a venue and a ceremony are made"]


@pytest.mark.parametrize("way", ["upload", "links"])
def test_a_form_asks_for_topic_interval_and_model_and_waits_until_it_is_whole(empty: Workspace, way: str):
    at = form(open_page("sources"), way)
    assert at.text_input(key=f"sources_topic_{way}").value == ""
    assert at.selectbox(key=f"sources_preset_{way}").value == "quick"
    assert at.button(key=f"sources_create_{way}").disabled
    assert len(at.get("file_uploader")) == (4 if way == "upload" else 2)


def test_captions_of_every_kind_that_can_be_read_may_be_uploaded_and_no_other(empty: Workspace):
    at = form(open_page("sources"), "links")
    offered = at.get("file_uploader")[0].proto.type
    assert set(offered) == {f".{kind}" for kind in CAPTION_TYPES}
    assert not {".srv3", ".ttml"} & set(offered)


def test_the_text_may_come_from_speech_or_subtitles_where_the_video_can_have_them(empty: Workspace):
    at = form(open_page("sources"), "upload")
    assert at.button_group(key="sources_text_left").options == [
        "Captions",
        "Speech recognition",
        "Burnt-in subtitles",
    ]
    at.button_group(key="sources_text_left").set_value("asr").run()
    assert not at.exception
    assert len(at.get("file_uploader")) == 3  # no captions are asked for on the left
    assert "Listens to the sound, on this machine" in words(at)
    at.button(key="sources_way_links").click().run()
    assert at.button_group(key="sources_link_text_left").options == [
        "Captions",
        "Speech recognition",
        "Burnt-in subtitles",
    ]


def test_a_video_s_text_can_be_read_anew_from_its_subtitles(ws: Workspace, project: Project):
    at = open_page("sources", project)
    keys = f"left_{project.revision}"
    assert at.button(key="sources_new_save_left").disabled
    at.button_group(key=f"sources_new_text_{keys}").set_value("subtitles").run()
    assert not at.exception
    assert not at.button(key="sources_new_save_left").disabled


def test_where_the_text_comes_from_is_told(ws: Workspace, project: Project):
    assert "Text: captions" in words(open_page("sources", project))


def test_the_paper_s_preset_says_which_models_the_paper_took_and_what_takes_their_place(empty: Workspace):
    at = form(open_page("sources"), "links")
    at.selectbox(key="sources_preset_links").select("paper").run()
    assert not at.exception
    told = words(at)
    for title in ("Word-vector files (GloVe, word2vec)", "BLIP base", "Llama 2 7B chat", "Phrase-BERT"):
        assert title in told
    assert "takes its place" in told


def test_a_form_closes_again(empty: Workspace):
    at = form(form(open_page("sources"), "upload"), "upload")
    assert not at.get("file_uploader")


def test_two_videos_that_are_read_lead_on_to_align(ws: Workspace, project: Project):
    at = open_page("sources", project)
    assert [metric.value for metric in at.metric] == ["0:48", "24", "24"] * 2
    assert links(at)["**Next: check which words go with which frame**"]


def test_videos_that_nobody_has_read_yet_wait_for_a_button(ws: Workspace, project: Project):
    forget(ws, project, "video", "frames", "segments", "pairs")
    assert {"job_start_left_pairs", "job_start_right_pairs"} <= set(buttons(open_page("sources", project)))


def test_a_video_that_is_being_read_can_be_stopped(ws: Workspace, project: Project):
    forget(ws, project, "pairs")
    record(ws, project, "left", "pairs", "running")
    assert buttons(open_page("sources", project))["job_stop_left_pairs"] == "Stop"


def test_a_video_that_cannot_be_read_says_why_and_how_to_go_on(ws: Workspace, project: Project):
    forget(ws, project, "video", "frames", "segments", "pairs")
    record(ws, project, "left", "pairs", "failed", "The video is gone. Put it back.")
    at = open_page("sources", project)
    assert "Reading the English video failed. The video is gone. Put it back." in words(at)
    assert buttons(at)["job_start_left_pairs"] == "Resume"


def test_when_only_the_pairing_failed_the_way_to_its_control_is_shown(ws: Workspace, project: Project):
    forget(ws, project, "pairs")
    record(ws, project, "left", "pairs", "failed", "No segment matches the video.")
    assert links(open_page("sources", project))["Choose another way of pairing on Align"]


def test_the_same_video_twice_is_pointed_out(ws: Workspace, project: Project):
    twin = dataclasses.replace(project.right, source=project.left.source)
    ws.projects.save(dataclasses.replace(project, right=twin), "twin")
    assert "Both sides are the same video." in words(open_page("sources", project))


def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Side, Sampling]]:
    """What is asked of the jobs: name, side, and how the frames of its project are drawn."""
    heard: list[tuple[str, Side, Sampling]] = []
    for name in ("submit", "cancel"):

        def note(ws: Workspace, project: Project, side: Side, stage: str, name: str = name) -> None:
            heard.append((name, side, project.recipe(side).sampling))

        monkeypatch.setattr(jobs, name, note)
    return heard


def test_from_shots_there_is_a_way_back_that_is_read_at_once_and_stops_the_other_reading(
    ws: Workspace, project: Project, monkeypatch: pytest.MonkeyPatch
):
    heard, shots, every = calls(monkeypatch), Sampling(2.0, "shots"), Sampling(2.0)
    at = open_page("sources", ws.projects.save(choose.with_sampling(project, shots), "shots"))
    field = at.button_group(key=f"sources_{project.revision + 1}_interval")
    assert field.options == ["every 2 s", "every 2.5 s", "other", "from each shot"]
    assert at.button(key="sources_save").disabled
    field.set_value(2.0).run()
    at.button(key="sources_save").click().run()
    assert not at.exception
    assert ws.projects.get(project.project_id).left.sampling == every
    assert heard == [
        (name, side, way) for name, way in (("cancel", shots), ("submit", every)) for side in SIDES
    ]


def test_another_topic_reads_nothing_and_keeps_the_shots(
    ws: Workspace, project: Project, monkeypatch: pytest.MonkeyPatch
):
    heard, shots = calls(monkeypatch), Sampling(2.0, "shots")
    saved = ws.projects.save(choose.with_sampling(project, shots), "shots")
    at = open_page("sources", saved)
    at.text_input(key=f"sources_topic_{saved.revision}").input("Ice").run()
    at.button(key="sources_save").click().run()
    assert ws.projects.get(project.project_id).left.sampling == shots
    assert heard == []


def test_a_reading_that_another_project_waits_for_goes_on(
    ws: Workspace, project: Project, monkeypatch: pytest.MonkeyPatch
):
    ws.projects.add(dataclasses.replace(project, project_id=""))
    heard = calls(monkeypatch)
    at = open_page("sources", project)
    at.button_group(key=f"sources_{project.revision}_interval").set_value(2.5).run()
    at.button(key="sources_save").click().run()
    assert {name for name, _, _ in heard} == {"submit"}


def main_buttons(at: AppTest) -> set[str]:
    """Labels of what the left card sets off as the way on."""
    found = {button.label for button in at.button if button.proto.type == "primary"}
    return found | {
        box.proto.popover.label for box in at.get("popover") if box.proto.popover.type == "primary"
    }


@pytest.mark.parametrize("needs_source", [True, False])
def test_where_only_another_file_helps_the_change_is_the_way_on_and_not_resume(
    ws: Workspace, project: Project, needs_source: bool
):
    forget(ws, project, "video", "frames", "segments", "pairs")
    for side in SIDES:
        record(ws, project, side, "pairs", "failed", "a.mp4: it breaks off.", needs_source=needs_source)
    found = main_buttons(open_page("sources", project))
    assert ("Change video or captions" in found, "Resume" in found) == (needs_source, not needs_source)


def test_a_file_and_a_link_at_once_are_told_and_cannot_be_saved(ws: Workspace, project: Project):
    at, keys = open_page("sources", project), f"left_{project.revision}"
    at.file_uploader(key=f"sources_new_video_{keys}").set_value([("a.mp4", b"x", "")])
    at.text_input(key=f"sources_new_link_{keys}").input("https://youtu.be/doP5UacBlt0").run()
    assert "A file and a link are given." in words(at)
    assert at.button(key="sources_new_save_left").disabled


def test_a_new_topic_is_saved_and_can_be_taken_back(ws: Workspace, project: Project):
    at = open_page("sources", project)
    at.text_input(key=f"sources_topic_{project.revision}").input("Ice").run()
    at.button(key="sources_save").click().run()
    assert ws.projects.get(project.project_id).topic == "Ice"
    at.button(key="sources_undo").click().run()
    assert not at.exception
    assert ws.projects.get(project.project_id).topic == project.topic


def test_a_video_of_an_opened_bundle_is_read_though_its_pairs_are_there(ws: Workspace, project: Project):
    for stage in ("video", "frames"):
        forget(ws, project, stage)
    at = open_page("sources", project)
    assert not at.exception
    assert buttons(at)["job_start_left_frames"] == "Read this video"
    assert "**Next: check which words go with which frame**" not in links(at)
