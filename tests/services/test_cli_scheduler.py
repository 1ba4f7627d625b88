"""`run` and `build` on a Dask scheduler of the user's own."""

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services import job_feed, stages
from services.recipe import Project
from services.workspace import Workspace
from tests.services.small_run import (
    ROOT,
    Runs,
    home_of_runs,
    project_of_runs,
    told,
    workspace_of_runs,
)

diptych_home = pytest.fixture(autouse=True)(home_of_runs)
ws = pytest.fixture(workspace_of_runs)
project = pytest.fixture(project_of_runs)


@pytest.fixture(scope="module")
def scheduler(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Dask scheduler and one worker of ours, as docs/jobs.md starts them, without TLS."""
    folder = tmp_path_factory.mktemp("dask")
    file = folder / "scheduler.json"
    env = {**os.environ, "DIPTYCH_HOME": str(runs.home), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    common = ["--scheduler-file", str(file), "--no-dashboard"]
    dask = [
        sys.executable,
        "-m",
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        *common,
    ]
    work = [
        sys.executable,
        "-m",
        "distributed.cli.dask_worker",
        "--nworkers",
        "1",
        "--nthreads",
        "1",
        *common,
    ]
    work += ["--resources", "GPU=1 CPU=1", "--preload", "services.job_task", "--memory-limit", "0"]
    work += ["--local-directory", str(folder), "--death-timeout", "60"]
    with (folder / "log").open("wb") as log:
        processes = [subprocess.Popen(c, cwd=ROOT, env=env, stdout=log, stderr=log) for c in (dask, work)]
    limit = time.monotonic() + 60
    while not file.exists() and time.monotonic() < limit:
        time.sleep(0.05)
    yield str(json.loads(file.read_text("utf-8"))["address"])
    for process in reversed(processes):
        process.terminate()
        process.wait(60)


def test_a_run_on_a_scheduler_computes_there(runs: Runs, ws: Workspace, scheduler: str, tmp_path: Path):
    words = [*runs.words[:-1], tmp_path / "out", "--topic", "Elsewhere", "--k-left", 4]
    far = told(*words, "--scheduler", scheduler)
    job_feed.disconnect(ws)
    assert far.code == 0
    (project,) = [p for p in ws.projects.all() if p.topic == "Elsewhere"]
    key = stages.key(project.left, "tags")
    logs = {path.name: path.read_text("utf-8") for path in (runs.home / "logs").glob("*.log")}
    assert [name for name, text in logs.items() if f"tags {key}" in text] != ["command-line.log"]
    assert f"tags {key}" not in logs["command-line.log"]


def test_the_scheduler_in_the_environment_is_taken(
    runs: Runs, ws: Workspace, project: Project, scheduler: str, monkeypatch: pytest.MonkeyPatch
):
    other = dataclasses.replace(
        project.left, sampling=dataclasses.replace(project.left.sampling, interval_s=1.0)
    )
    ws.projects.add(dataclasses.replace(project.with_recipe("left", other), topic="By the environment"))
    monkeypatch.setenv("DIPTYCH_SCHEDULER", scheduler)
    built = told("build", "By the environment", "left", "frames")
    job_feed.disconnect(ws)
    assert (built.code, built.out) == (0, "frames of 'By the environment' is done.\n")
    assert stages.key(other, "frames") not in (runs.home / "logs" / "command-line.log").read_text("utf-8")


def test_a_mistake_found_by_a_worker_is_still_the_users(
    ws: Workspace, project: Project, scheduler: str, monkeypatch: pytest.MonkeyPatch
):
    far_apart = dataclasses.replace(project.left.sampling, interval_s=600.0)
    source = dataclasses.replace(project.left.source, digest="0" * 32)
    gone = dataclasses.replace(project.left, sampling=far_apart, source=source)
    ws.projects.add(dataclasses.replace(project.with_recipe("left", gone), topic="Changed file"))
    monkeypatch.setenv("DIPTYCH_SCHEDULER", scheduler)
    failed = told("build", "Changed file", "left", "frames")
    job_feed.disconnect(ws)
    assert failed.code == 2
    assert "has changed since the project was made" in failed.sentences[-1]
