"""Tags: made for both videos, shown with where they come from, edited, made by other models."""

import dataclasses

import pytest

from services import jobs
from services.recipe import Project
from services.records import Evidence, Themes
from services.stages import key, load
from services.workspace import Workspace
from tests.filled import put
from tests.pages.conftest import buttons, forget, links, open_page, record, words


def test_every_theme_is_shown_with_its_tags_and_their_marks(ws: Workspace, project: Project):
    at = open_page("tags", project)
    told = words(at)
    assert "Steel frameworks" in told
    assert "6 of 30 tags (20%) are found in neither pictures nor words" in told
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


def pressed(project: Project, cluster: int, tag: str, side: str = "left"):
    """The Tags page after a tag was pressed."""
    at = open_page("tags", project)
    if side == "right":
        at.button_group(key="tags_side").set_value("right").run()
    at.button_group(key=f"tags_pick_{side}_{cluster}").set_value(tag).run()
    assert not at.exception
    return at


def test_a_pressed_tag_shows_the_frame_that_speaks_for_it(ws: Workspace, project: Project):
    at = pressed(project, 1, "Steel frameworks 1")
    told = words(at)
    assert "**Steel frameworks 1**: said in the words; best match 0.92, 0.20 better than in any other" in told
    assert "recognised in the picture, 0.70: “steel arch”" in told


def test_a_pressed_second_plays_the_video_from_there(ws: Workspace, project: Project):
    at = pressed(project, 1, "steel arch 2")
    assert "said, 0.80: “Steel frameworks is told”" in words(at)
    name = f"tags_player_{key(project.left, 'video')[:8]}_press"
    assert name not in at.session_state
    for n_presses in (1, 2):
        at.button(key="tags_play_1_0").click().run()
        assert not at.exception
        assert at.session_state[name] == (n_presses, 2.0)


def test_two_lines_read_in_one_frame_both_speak_for_a_tag(ws: Workspace, project: Project):
    themes: Themes = load(ws.store, project.left, "themes")
    theme = themes.themes[0]
    lines = tuple(Evidence("screen", 1, 2.0, text, 0.8) for text in ("LAUNCH DAY", "ROCKET LAUNCH"))
    tags = (dataclasses.replace(theme.tags[0], evidence=lines), *theme.tags[1:])
    ws.store.discard(key(project.left, "themes"))
    put(ws.store, project.left, "themes", Themes((dataclasses.replace(theme, tags=tags), *themes.themes[1:])))
    told = words(pressed(project, 0, theme.tags[0].text))
    assert "LAUNCH DAY" in told
    assert "ROCKET LAUNCH" in told


def test_a_chinese_tag_is_shown_with_its_english(ws: Workspace, project: Project):
    at = pressed(project, 0, "开幕式彩排 1", "right")
    assert "**开幕式彩排 1** (gloss 1)" in words(at)


@pytest.mark.parametrize(("button", "told"), [("keep", "kept"), ("drop", "dropped")])
def test_a_tag_is_kept_or_dropped_with_one_press_and_the_log_says_so(
    ws: Workspace, project: Project, monkeypatch, button: str, told: str
):
    sent: list[str] = []
    monkeypatch.setattr(jobs, "submit", lambda ws, project, target, stage: sent.append(stage))
    at = pressed(project, 0, "crane 4")
    at.button(key=f"tags_{button}_0").click().run()
    assert not at.exception
    saved = ws.projects.get(project.project_id)
    (edit,) = saved.left.tag_edits
    assert (edit.tag, edit.is_kept, edit.is_dropped) == (
        "crane 4",
        button == "keep" or None,
        button == "drop",
    )
    assert sent[0] == "themes"
    last = ws.projects.changes(project.project_id)[0].what
    assert told in last
    assert "“Venues under construction”, English video" in last


def test_a_part_of_the_texts_that_was_read_is_told(ws: Workspace, project: Project):
    recipe = project.left
    k = key(recipe, "themes")
    themes, meta = load(ws.store, recipe, "themes"), ws.store.meta(k)
    first = dataclasses.replace(themes.themes[0], share_read=0.4)
    ws.store.discard(k)
    ws.store.put(k, dataclasses.replace(themes, themes=(first, *themes.themes[1:])), meta)
    assert "The model was shown 40% of this theme's texts" in words(open_page("tags", project))


def test_how_a_model_describes_and_how_often_it_tags_is_chosen(ws: Workspace, project: Project):
    tagging = dataclasses.replace(project.left.tagging, backend="hub:owner/chat")
    describing = dataclasses.replace(project.left.describing, backend="hub:owner/eyes")
    for side in ("left", "right"):
        recipe = dataclasses.replace(project.recipe(side), tagging=tagging, describing=describing)
        project = project.with_recipe(side, recipe)
    project = ws.projects.save(project, "models of our own")
    for stage in ("descriptions", "tags", "themes"):
        record(ws, project, "left", stage, "stopped")
    at = open_page("tags", project)
    at.toggle(key=f"tags_prompt_{project.revision}").set_value(False).run()
    saved = ws.projects.get(project.project_id)
    assert {saved.recipe(side).describing.prompt for side in ("left", "right")} == {""}
    at.number_input(key=f"tags_draws_{saved.revision}").set_value(5).run()
    assert not at.exception
    saved = ws.projects.get(project.project_id)
    assert {saved.recipe(side).tagging.n_draws for side in ("left", "right")} == {5}
