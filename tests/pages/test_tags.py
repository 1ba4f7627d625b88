"""Tags: made for both videos, shown with where they come from, edited, made by other models."""

from services.recipe import Project
from services.stages import key
from services.workspace import Workspace
from tests.pages.conftest import buttons, forget, links, open_page, record, words


def test_every_theme_is_shown_with_its_tags_and_their_marks(ws: Workspace, project: Project):
    at = open_page("tags", project)
    told = words(at)
    assert "Steel frameworks" in told
    assert '<span class="d-chip unsupported"' in told
    assert "<b>*†</b> seen and said" in told
    assert "Made by On-screen text and labels (Apache-2.0) and Keywords of each cluster (MIT)." in told
    assert links(at)["**Next: see what both videos share**"]


def test_a_theme_s_name_and_tags_are_edited_in_a_window(ws: Workspace, project: Project):
    at = open_page("tags", project)
    at.button(key="tags_edit_1").click().run()
    assert not at.exception
    assert at.text_input(key="tags_name_1").value == "Steel frameworks"
    assert len(at.dataframe[0].value) == 10


def test_tags_of_both_videos_are_started_with_one_button(ws: Workspace, project: Project):
    forget(ws, project, "descriptions", "tags", "themes")
    at = open_page("tags", project)
    assert buttons(at)["tags_both"] == "Describe the frames and make tags for both videos"


def test_tags_in_the_making_can_be_stopped_and_their_models_not_changed(ws: Workspace, project: Project):
    forget(ws, project, "themes")
    record(ws, project, "left", "themes", "running")
    at = open_page("tags", project)
    assert buttons(at)["job_stop_left_themes"] == "Stop"
    assert at.selectbox(key=f"tags_tags_{project.revision}").disabled


def test_tags_that_failed_say_why_and_what_else_helps(ws: Workspace, project: Project):
    forget(ws, project, "themes")
    record(ws, project, "left", "themes", "failed", "BLIP base is not on this machine.")
    at = open_page("tags", project)
    assert "Tags of the English video failed. BLIP base is not on this machine." in words(at)
    assert "choose another one in the box above" in words(at)
    assert buttons(at)["job_start_left_themes"] == "Resume"


def test_a_model_that_is_not_here_is_not_taken_and_says_how_to_get_it(
    ws: Workspace, project: Project, tmp_path, monkeypatch
):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    at = open_page("tags", project)
    at.selectbox(key=f"tags_tags_{project.revision}").select("chat").run()
    assert not at.exception
    assert "Qwen2.5 1.5B Instruct is not on this machine." in words(at)
    assert ws.projects.get(project.project_id).left.tagging.backend == "keywords"


def test_tags_of_the_other_video_are_followed_to_their_end_here(ws: Workspace, project: Project):
    ws.store.discard(key(project.right, "themes"))
    record(ws, project, "right", "themes", "running")
    at = open_page("tags", project)
    assert buttons(at)["job_stop_right_themes"] == "Stop"
    assert "**Next: see what both videos share**" not in links(at)
