"""Jobs on a real engine with small trainings: started, waited for, stopped."""

import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from services import engine, job_feed, jobs
from services.jobs import JobStatus
from services.recipe import Project
from services.workspace import Workspace
from tests.services.small_training import open_at

PATIENCE_S = 60.0


def workspace_with_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A fixture's body: a workspace with an engine of its own."""
    workspace = open_at(tmp_path_factory.mktemp("jobs").resolve() / "workspace")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")  # threads cost a model of this size more than they give
        engine.start(workspace)
    yield workspace
    job_feed.disconnect(workspace)
    engine.stop(workspace)


def until(ws: Workspace, project: Project, is_so: Callable[[JobStatus], bool]) -> JobStatus:
    """The status of the left training as soon as it is so."""
    limit = time.monotonic() + PATIENCE_S
    while time.monotonic() < limit:
        status = jobs.status(ws, project, "left", "model")
        if is_so(status):
            return status
        time.sleep(0.02)
    raise AssertionError(f"still {jobs.status(ws, project, 'left', 'model')}")


def until_epoch(ws: Workspace, project: Project, epoch: int) -> JobStatus:
    return until(
        ws, project, lambda s: s.state == "running" and bool(s.history) and s.history[-1].epoch >= epoch
    )


def until_state(ws: Workspace, project: Project, *states: str) -> JobStatus:
    return until(ws, project, lambda s: s.state in states)


def stop(ws: Workspace, project: Project) -> JobStatus:
    jobs.cancel(ws, project, "left", "model")
    return until_state(ws, project, "stopped")


def worker_that_trains(ws: Workspace) -> psutil.Process:
    """The worker that uses the processor most: the other one is idle in these tests."""
    found = engine.find(ws)
    assert found
    children = psutil.Process(found.pid).children()
    return max(children, key=lambda process: process.cpu_times().user)
