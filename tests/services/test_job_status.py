"""How a job stands when no engine runs: what its record and its checkpoint still tell."""

import dataclasses
import json
import time
from pathlib import Path
from typing import Any

import pytest

from crvae.records import EpochMetrics
from services import job_records, jobs, stages
from services.job_records import JobRecord
from services.job_status import SEND_S, JobStatus, title_of
from services.recipe import Project
from services.workspace import Workspace
from tests.services.small_training import open_at, put_latents, small_project

N_KEPT = 2


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return open_at(tmp_path / "workspace")


@pytest.fixture
def project(ws: Workspace) -> Project:
    return small_project(ws, "alone", epochs=9)


def left_behind(ws: Workspace, project: Project, stage: str = "model", **last_word: Any) -> JobStatus:
    """The status of a job that nobody runs any more and whose record says this."""
    record = JobRecord(
        project=project.project_id,
        target="left",
        stage=stage,
        keys=(stages.key(project.left, stage),),
        models=(stages.key(project.left, "model"),),
        device="GPU",
        attempt=2,
        state="running",
        queued_at=1000.0,
        started_at=1010.0,
    )
    job_records.write(ws.projects, record, **last_word)
    return jobs.status(ws, project, "left", stage)


def keep_checkpoint(ws: Workspace, project: Project) -> None:
    """The part of a checkpoint that is read without torch; test_train holds it against a real one."""
    history = [EpochMetrics(n, 0.1, 0.1, 0.0, 1.0, 0.9, 0.9, 0.2) for n in range(1, N_KEPT + 1)]
    folder = ws.store.scratch(stages.key(project.left, "model")) / "work" / "checkpoint"
    folder.mkdir(parents=True)
    text = json.dumps({"history": [dataclasses.asdict(metrics) for metrics in history]})
    (folder / "checkpoint.json").write_text(text)


def test_a_job_that_nobody_started_is_none(ws: Workspace, project: Project):
    assert jobs.status(ws, project, "left", "model") == JobStatus()


def test_a_job_just_sent_is_still_on_its_way(ws: Workspace, project: Project):
    status = left_behind(ws, project, state="queued", queued_at=time.time(), started_at=0.0)
    assert (status.state, status.error, status.seconds) == ("queued", "", 0.0)


def test_a_job_that_never_arrived_is_interrupted(ws: Workspace, project: Project):
    status = left_behind(ws, project, state="queued", queued_at=time.time() - SEND_S - 1)
    assert status.state == "interrupted"


def test_an_interrupted_step_is_named_with_the_way_on(ws: Workspace, project: Project):
    assert left_behind(ws, project, stage="clusters").error == (
        "The process that ran 'Clusters' stopped unexpectedly, perhaps for lack of memory. "
        "Finished steps are kept: Resume continues with the rest."
    )


def test_an_interrupted_training_tells_the_epoch_of_its_checkpoint(ws: Workspace, project: Project):
    keep_checkpoint(ws, project)
    status = left_behind(ws, project)
    assert status.error == (
        f"The training process stopped unexpectedly at epoch {N_KEPT}. "
        "Its last checkpoint is kept: Resume continues from there."
    )
    assert [metrics.epoch for metrics in status.history] == [1, N_KEPT]


def test_the_ending_is_written_down(ws: Workspace, project: Project):
    left_behind(ws, project)
    (record,) = job_records.read_all(ws.projects).values()
    assert (record.state, record.ended_at > record.started_at) == ("interrupted", True)


def test_a_stopped_training_tells_where_it_goes_on(ws: Workspace, project: Project):
    keep_checkpoint(ws, project)
    status = left_behind(ws, project, state="stopped", ended_at=1070.0)
    assert status.error == f"Stopped at epoch {N_KEPT}. Resume continues from there."
    assert (status.seconds, status.attempt) == (60.0, 2)


def test_a_step_stopped_before_any_epoch_names_none(ws: Workspace, project: Project):
    status = left_behind(ws, project, state="stopped", ended_at=1070.0)
    assert status.error == "Stopped. Resume continues from there."


def test_a_failed_job_keeps_its_sentence(ws: Workspace, project: Project):
    status = left_behind(ws, project, state="failed", ended_at=1020.0, error="No pair is left.")
    assert (status.state, status.error, status.seconds) == ("failed", "No pair is left.", 10.0)
    assert not status.needs_source


def test_a_job_whose_result_was_deleted_is_as_if_it_never_ran(ws: Workspace, project: Project):
    assert left_behind(ws, project, state="done", ended_at=1020.0) == JobStatus()


def test_a_result_in_the_store_is_done_whatever_the_record_says(ws: Workspace, project: Project):
    put_latents(ws, project.left)
    status = left_behind(ws, project, stage="latents", state="failed", error="old")
    assert (status.state, status.error) == ("done", "")


def test_an_interrupted_job_of_present_settings_is_offered_again(ws: Workspace, project: Project):
    left_behind(ws, project)
    (found,) = jobs.active(ws)
    assert (found.stage, found.is_current, found.status.state) == ("model", True, "interrupted")


def test_an_interrupted_job_of_earlier_settings_is_not(ws: Workspace, project: Project):
    left_behind(ws, project)
    other = dataclasses.replace(project.left, training=dataclasses.replace(project.left.training, epochs=8))
    ws.projects.save(project.with_recipe("left", other), "epochs")
    assert jobs.active(ws) == []


def test_the_comparison_and_the_stages_have_titles():
    assert (title_of("comparison"), title_of("sweep")) == ("Comparison", "Metrics over K")
