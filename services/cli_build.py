"""Two ways to compute a step for the command line: in this process, or as a job of a Dask scheduler."""

import os
import time
from collections.abc import Callable
from typing import Literal

from services import stages
from services.cli_parser import COMPARISON
from services.cli_progress import Bars
from services.errors import Cancelled
from services.recipe import SIDES, Project
from services.workspace import Workspace

Target = Literal["left", "right", "both"]
Build = Callable[[Project, Target, str], None]  # project, side or both, stage or "comparison"
POLL_S = 0.5


class JobFailed(Exception):
    """A job ended without a result; its text says why."""


def build_here(ws: Workspace, bars: Bars) -> Build:
    """Computes in this process."""

    def build(project: Project, target: Target, stage: str) -> None:
        if stage == COMPARISON:
            stages.build_comparison(ws.store, project, bars)
        else:
            for side in SIDES if target == "both" else (target,):
                if not stages.have(ws.store, project.recipe(side), stage):
                    stages.build(ws.store, project.recipe(side), stage, bars)
        bars.close()

    return build


def build_there(ws: Workspace, bars: Bars, address: str) -> Build:
    """Submits jobs to the scheduler at `address` and waits for them; Ctrl-C stops the job."""
    os.environ["DIPTYCH_SCHEDULER"] = address  # where services.engine looks
    from services import jobs

    def build(project: Project, target: Target, stage: str) -> None:
        where: Target = "both" if stage == COMPARISON else target
        jobs.submit(ws, project, where, stage)
        try:
            while (now := jobs.status(ws, project, where, stage)).state in ("queued", "running"):
                bars(now.done, max(now.total, 1), now.note or "Waiting for the scheduler")
                time.sleep(POLL_S)
        except (Cancelled, KeyboardInterrupt):
            jobs.cancel(ws, project, where, stage)
            raise
        if now.state != "done":
            raise JobFailed(now.error or f"The job for '{stage}' ended as {now.state}.")
        bars.close()

    return build
