"""Two ways to compute a step for the command line: in this process, or as a job of a Dask scheduler."""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from services import stages
from services.cli_progress import Bars
from services.errors import AnalysisError, Cancelled
from services.recipe import SIDES, Project
from services.workspace import Workspace

if TYPE_CHECKING:
    from services.jobs import JobStatus

Target = Literal["left", "right", "both"]
Build = Callable[[Project, Target, str], None]  # project, side or both, a stage or one of both
ACTIVE = ("queued", "running")
POLL_S = 0.5
QUEUED_S = 3.0  # a job that waits for less is not worth a word
SILENCE_S = 300.0  # an engine that does not answer for so long is given up


class JobFailed(Exception):
    """A job ended without a result; its text says why."""


def chosen_build(ws: Workspace, bars: Bars, scheduler: str | None = None) -> Build:
    """Computes at `scheduler`, else at that of DIPTYCH_SCHEDULER, else in this process."""
    address = scheduler or os.environ.get("DIPTYCH_SCHEDULER")
    return build_there(ws, bars, address) if address else build_here(ws, bars)


def build_here(ws: Workspace, bars: Bars) -> Build:
    """Computes in this process."""

    def build(project: Project, target: Target, stage: str) -> None:
        if stage in stages.OF_BOTH:
            stages.build_of_both(ws.store, project, stage, bars)
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
        where: Target = "both" if stage in stages.OF_BOTH else target
        jobs.submit(ws, project, where, stage)
        try:
            now = _followed(ws, bars, project, where, stage)
        except (Cancelled, KeyboardInterrupt):
            jobs.cancel(ws, project, where, stage)
            while jobs.status(ws, project, where, stage).state in ACTIVE:
                time.sleep(POLL_S)  # what it leaves behind is what the same command goes on from
            raise
        if now.state == "failed" and not now.incident:
            raise AnalysisError(now.error)
        if now.state != "done":
            raise JobFailed(now.error or f"The job for '{stage}' ended as {now.state}.")
        bars.close()

    return build


def _followed(ws: Workspace, bars: Bars, project: Project, target: Target, stage: str) -> "JobStatus":
    """How the job ended; `bars` hears of it meanwhile. Raises JobFailed when the scheduler falls silent."""
    from services import jobs
    from services.job_status import NO_ANSWER

    began_at = answered_at = time.monotonic()
    while (now := jobs.status(ws, project, target, stage)).state in ACTIVE:
        bars.check()
        if now.state == "running" or time.monotonic() - began_at > QUEUED_S:
            bars(now.done, max(now.total, 1), now.note or "Waiting for the scheduler.")
        if now.note != NO_ANSWER:
            answered_at = time.monotonic()
        elif time.monotonic() - answered_at > SILENCE_S:
            raise JobFailed(
                f"The scheduler has not answered for {SILENCE_S / 60:.0f} minutes. The step may go on there, "
                "and the same command finds it again."
            )
        time.sleep(POLL_S)
    return now
