"""Train: choose a model, start, and what is said when a training ends early."""

import pytest

from services.recipe import Project
from services.workspace import Workspace
from tests.pages.conftest import buttons, forget, links, open_page, record, words


def test_a_trained_pair_shows_what_is_left_unexplained_and_leads_on(ws: Workspace, project: Project):
    at = open_page("train", project)
    assert [metric.value for metric in at.metric] == ["10%", "14%", "8 s"] * 2
    assert links(at)["**Next: choose how many themes each video tells**"]


def test_an_untrained_pair_is_started_with_one_button(ws: Workspace, project: Project):
    forget(ws, project, "model")
    found = buttons(open_page("train", project))
    assert found["train_both"] == "Train both videos"
    assert found["job_start_left_model"] == "Train this video only"


def test_what_a_training_asks_of_the_machine_is_said_before_it_starts(ws: Workspace, project: Project):
    forget(ws, project, "model")
    told = words(open_page("train", project))
    assert "**1.2 GB** of memory" in told
    assert "Roughly **13 s** a video on two processor cores" in told  # 20 epochs of 24 pairs


def test_another_preset_is_saved_and_begins_anew(ws: Workspace, project: Project):
    at = open_page("train", project)
    at.button_group(key=f"train_preset_{project.revision}").set_value("standard").run()
    assert not at.exception
    assert ws.projects.get(project.project_id).preset == "standard"
    assert "train_both" in buttons(at)


def test_the_paper_s_preset_says_which_models_the_paper_took(ws: Workspace, project: Project):
    at = open_page("train", project)
    at.button_group(key=f"train_preset_{project.revision}").set_value("paper").run()
    assert not at.exception
    assert "Cluster tags: **Llama 2 7B chat**" in words(at)


def test_a_running_training_can_be_stopped_and_the_other_one_started(ws: Workspace, project: Project):
    forget(ws, project, "model")
    record(ws, project, "left", "model", "running")
    found = buttons(open_page("train", project))
    assert found["job_stop_left_model"] == "Stop"
    assert found["job_start_right_model"] == "Train this video"
    assert "train_both" not in found


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("failed", "Training on the English video failed. It ran out of memory. Press Resume."),
        ("stopped", "Training on the English video: Stopped. Resume continues from there."),
        ("interrupted", "Training on the English video was interrupted. It ran out of memory."),
    ],
)
def test_a_training_that_ended_early_says_why_and_is_resumed_by_one_word(
    ws: Workspace, project: Project, state, told: str
):
    forget(ws, project, "model")
    record(ws, project, "left", "model", state, "It ran out of memory. Press Resume.")
    at = open_page("train", project)
    assert told in words(at)
    assert buttons(at)["job_start_left_model"] == "Resume"
    assert ("from the last checkpoint" in words(at)) == (state != "stopped")
