"""Jobs on a real engine: once, followed from anywhere, stopped, killed, resumed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services import job_records, jobs, stages
from services.content import blocks, digest_of
from services.recipe import Project, Recipe, Source, TranscriptChoice
from services.workspace import Workspace
from tests.services.small_jobs import (
    PATIENCE_S,
    stop,
    until,
    until_epoch,
    until_state,
    worker_that_trains,
    workspace_with_engine,
)
from tests.services.small_training import LONG, put_latents, small_dataset, small_project

ROOT = Path(__file__).parents[2]


ws = pytest.fixture(scope="module")(workspace_with_engine)


def elsewhere(ws: Workspace, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in another process on the same workspace, as a second program would."""
    head = "import os, signal; from services import jobs; from services.workspace import open_workspace\n"
    environment = {**os.environ, "DIPTYCH_HOME": str(ws.root)}
    command = [sys.executable, "-c", head + "ws = open_workspace()\n" + code]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_job_that_is_submitted_ends_with_its_result_in_the_store(ws: Workspace):
    project = small_project(ws, "done", epochs=5)
    jobs.submit(ws, project, "left", "model")
    status = until_state(ws, project, "done", "failed")
    assert (status.state, len(status.history)) == ("done", 5)
    assert stages.load(ws.store, project.left, "model").history == status.history


def test_pressing_start_twice_gives_one_job(ws: Workspace):
    project = small_project(ws, "twice", epochs=LONG)
    jobs.submit(ws, project, "left", "model")
    until_epoch(ws, project, 1)
    jobs.submit(ws, project, "left", "model")
    assert [job.status.attempt for job in jobs.active(ws)] == [1]
    stop(ws, project)


def test_another_program_sees_the_running_job_with_its_epochs_and_preview(ws: Workspace):
    project = small_project(ws, "seen", epochs=LONG)
    jobs.submit(ws, project, "left", "model")
    here = until_epoch(ws, project, 3)
    code = f"""
project = ws.projects.get({project.project_id!r})
status = jobs.status(ws, project, "left", "model")
print(status.state, status.history[0].epoch, status.history[-1].epoch >= {here.history[-1].epoch})
print(len(status.preview.sentences), status.machine.precision)
jobs.cancel(ws, project, "left", "model")
"""
    assert here.machine
    assert elsewhere(ws, code).stdout.split() == ["running", "1", "True", "4", here.machine.precision]
    until_state(ws, project, "stopped")


def test_a_running_training_tells_losses_progress_and_a_preview(ws: Workspace):
    project = small_project(ws, "tells", epochs=LONG)
    jobs.submit(ws, project, "left", "model")
    status = until(ws, project, lambda s: s.preview is not None and len(s.history) > 2)
    assert status.preview
    assert status.preview.jpeg.startswith(b"\xff\xd8")
    assert [sentence.words for sentence in status.preview.sentences] == [("a", "b", "c")] * 4
    assert status.machine
    assert status.machine.memory_gb > 0.05
    assert status.note.startswith("Training: epoch ")
    assert (status.total, status.done > 0, status.seconds > 0) == (LONG, True, True)
    stop(ws, project)


def test_other_steps_run_while_a_training_runs(ws: Workspace):
    training, other = small_project(ws, "trains", epochs=LONG), small_project(ws, "clusters", epochs=LONG)
    put_latents(ws, other.left)
    jobs.submit(ws, training, "left", "model")
    until_epoch(ws, training, 1)
    jobs.submit(ws, other, "left", "clusters")
    limit = time.monotonic() + PATIENCE_S
    while jobs.status(ws, other, "left", "clusters").state != "done" and time.monotonic() < limit:
        time.sleep(0.02)
    assert jobs.status(ws, other, "left", "clusters").state == "done"
    stop(ws, training)


def test_a_mistake_of_the_analyst_fails_with_its_sentence(ws: Workspace):
    project = small_project(ws, "one pair", epochs=LONG, dataset=small_dataset(n_pairs=1))
    jobs.submit(ws, project, "left", "model")
    status = until_state(ws, project, "failed", "done")
    assert status.error.startswith("The training needs at least 2 pairs and this video has 1.")


def test_a_damaged_video_fails_as_one_in_whose_place_another_is_needed(ws: Workspace, tmp_path: Path):
    path = tmp_path / "a.mkv"
    path.write_bytes(b"\x1aE\xdf\xa3" + bytes(1000))
    damaged = Recipe(Source("file", digest_of(blocks(path)), str(path)), TranscriptChoice())
    project = ws.projects.add(Project("", "damaged", damaged, damaged))
    jobs.submit(ws, project, "left", "video")
    limit = time.monotonic() + PATIENCE_S
    while (
        status := jobs.status(ws, project, "left", "video")
    ).state != "failed" and time.monotonic() < limit:
        time.sleep(0.02)
    assert status.error.startswith("a.mkv: ")
    assert status.needs_source


def test_an_unforeseen_error_fails_with_a_number_that_is_in_the_log(ws: Workspace):
    project = small_project(ws, "misfit", epochs=LONG, dataset=small_dataset(height_px=32))
    jobs.submit(ws, project, "left", "model")
    status = until_state(ws, project, "failed", "done")
    record = job_records.read(ws.projects, job_records.job_id_of((stages.key(project.left, "model"),)))
    assert record
    assert f"Note the number {record.incident} and look for it in {ws.root / 'logs'}" in status.error
    assert f"incident {record.incident}" in (ws.root / "logs" / "worker-gpu.log").read_text("utf-8")


def test_a_killed_trainer_is_told_in_a_sentence_and_resume_continues_from_the_checkpoint(ws: Workspace):
    project = small_project(ws, "killed", epochs=LONG)
    jobs.submit(ws, project, "left", "model")
    until_epoch(ws, project, 3)
    kept = stop(ws, project).history  # leaves a checkpoint
    jobs.submit(ws, project, "left", "model")
    until_epoch(ws, project, len(kept) + 1)
    worker_that_trains(ws).kill()
    interrupted = until_state(ws, project, "interrupted")
    jobs.submit(ws, project, "left", "model")
    resumed = until(ws, project, lambda s: s.attempt == 3 and s.done > len(kept))
    stop(ws, project)
    assert interrupted.error == (
        f"The training process stopped unexpectedly at epoch {interrupted.history[-1].epoch}. "
        "Its last checkpoint is kept: Resume continues from there."
    )
    assert resumed.history[: len(kept)] == kept


def test_a_job_goes_on_when_the_program_that_started_it_is_killed(ws: Workspace):
    project = small_project(ws, "left alone", epochs=60)
    code = f"""
project = ws.projects.get({project.project_id!r})
jobs.submit(ws, project, "left", "model")
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert elsewhere(ws, code).returncode == -signal.SIGKILL
    assert until_state(ws, project, "done", "interrupted", "failed").state == "done"


def test_the_status_of_a_running_job_is_known_in_a_few_milliseconds(ws: Workspace):
    project = small_project(ws, "quick", epochs=LONG)
    jobs.submit(ws, project, "left", "model")
    until_epoch(ws, project, 1)
    times: list[float] = []
    for _ in range(20):
        began = time.perf_counter()
        jobs.status(ws, project, "left", "model")
        times.append(time.perf_counter() - began)
    stop(ws, project)
    assert sorted(times)[len(times) // 2] < 0.05


def test_a_job_of_earlier_settings_is_listed_and_can_be_stopped(ws: Workspace):
    project = small_project(ws, "changed", epochs=LONG)
    jobs.submit(ws, project, "left", "model")
    until_epoch(ws, project, 1)
    ws.projects.save(project.with_recipe("left", project.right), "other settings")
    (found,) = [job for job in jobs.active(ws) if job.project_id == project.project_id]
    jobs.cancel_job(ws, found.job_id)
    assert not found.is_current
    assert until_state(ws, project, "stopped")


def test_a_job_that_no_engine_knows_is_closed_as_interrupted(ws: Workspace):
    project = small_project(ws, "orphan", epochs=LONG)
    keys = (stages.key(project.left, "model"),)
    record = job_records.JobRecord(
        project=project.project_id,
        target="left",
        stage="model",
        keys=keys,
        models=keys,
        device="GPU",
        attempt=1,
        state="running",
        queued_at=time.time() - 100,
        started_at=time.time() - 99,
    )
    job_records.write(ws.projects, record)
    jobs.close_orphans(ws)
    closed = job_records.read(ws.projects, job_records.job_id_of(keys))
    assert closed
    assert closed.state == "interrupted"


def test_a_stage_that_does_not_exist_is_refused(ws: Workspace):
    project = small_project(ws, "no such stage", epochs=LONG)
    with pytest.raises(KeyError):
        jobs.submit(ws, project, "left", "nonsense")
