"""Stop: at the next safe place, without losing work; and Resume from there."""

import time

import pytest

from services import job_feed, jobs
from services.workspace import Workspace
from tests.services.small_jobs import (
    stop,
    until_epoch,
    until_state,
    worker_that_trains,
    workspace_with_engine,
)
from tests.services.small_training import LONG, small_project

ws = pytest.fixture(scope="module")(workspace_with_engine)


def test_stop_ends_a_training_within_two_seconds(ws: Workspace):
    project = small_project(ws, "stops", epochs=LONG)
    jobs.submit(ws, project, "left", "model")
    until_epoch(ws, project, 1)
    began = time.monotonic()
    status = stop(ws, project)
    assert time.monotonic() - began < 2
    assert status.error == f"Stopped at epoch {status.history[-1].epoch}. Resume continues from there."


def test_resume_continues_from_the_epoch_at_which_a_training_was_stopped(ws: Workspace):
    project = small_project(ws, "resumes", epochs=LONG)
    jobs.submit(ws, project, "left", "model")
    until_epoch(ws, project, 5)
    stopped = stop(ws, project)
    jobs.submit(ws, project, "left", "model")
    resumed = until_epoch(ws, project, stopped.history[-1].epoch + 1)
    stop(ws, project)
    assert resumed.attempt == 2
    assert resumed.history[: len(stopped.history)] == stopped.history
    assert [metrics.epoch for metrics in resumed.history] == list(range(1, len(resumed.history) + 1))


def test_a_queued_job_waits_for_the_trainer_and_can_be_cancelled(ws: Workspace):
    first, second = small_project(ws, "first", epochs=LONG), small_project(ws, "second", epochs=LONG)
    jobs.submit(ws, first, "left", "model")
    until_epoch(ws, first, 1)
    jobs.submit(ws, second, "left", "model")
    waiting = jobs.status(ws, second, "left", "model")
    jobs.cancel(ws, second, "left", "model")
    cancelled = jobs.status(ws, second, "left", "model")
    stop(ws, first)
    assert (waiting.state, waiting.note) == ("queued", "Waiting for another step to finish.")
    assert cancelled.state == "stopped"


def test_jobs_of_settings_that_were_left_make_way_for_the_present_ones(ws: Workspace):
    project = small_project(ws, "left", epochs=LONG)
    jobs.submit(ws, project, "left", "model")
    until_epoch(ws, project, 1)
    jobs.supersede(ws, project, "left", "model")
    copy = ws.projects.add(project)
    now = ws.projects.save(project.with_recipe("left", project.right), "other settings")
    jobs.supersede(ws, now, "left", "model")  # the copy waits for it
    until_epoch(ws, project, jobs.status(ws, project, "left", "model").history[-1].epoch + 2)
    ws.projects.delete(copy.project_id)
    jobs.supersede(ws, now, "left", "model")
    assert until_state(ws, project, "stopped")


def heard(*epochs: tuple[int, float]) -> job_feed.Feed:
    """A feed that was told of epochs (number, seconds)."""
    rows = [[float(n), 0.1, 0.1, 0.0, 1.0, 0.9, 0.9, seconds] for n, seconds in epochs]
    feed = job_feed.Feed(attempt=1)
    feed.hear({"attempt": 1, "training": 1, "before": [], "epochs": rows, "note": "Training: epoch 2 of 9"})
    return feed


def test_a_step_has_20_seconds_to_stop_and_a_training_three_epochs_and_the_time_to_save():
    assert job_feed.Feed(attempt=1).stop_grace_s == 20
    assert heard((1, 50.0), (2, 100.0)).stop_grace_s == 3 * 100 + job_feed.SAVE_S


def test_a_training_that_is_told_to_stop_says_that_it_ends_with_the_epoch(ws: Workspace):
    project = small_project(ws, "last epoch", epochs=LONG)
    jobs.submit(ws, project, "left", "model")
    until_epoch(ws, project, 1)
    worker = worker_that_trains(ws)
    worker.suspend()  # an epoch that takes long
    jobs.cancel(ws, project, "left", "model")
    note = jobs.status(ws, project, "left", "model").note
    worker.resume()
    until_state(ws, project, "stopped")
    assert note == "Stopping after this epoch; Resume goes on from there."
