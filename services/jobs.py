"""Long steps run as jobs outside the web server: start, follow, stop and resume them (docs/jobs.md).

The project store holds each job's record, the engine tells how it goes, the store of results that it is done.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from filelock import FileLock

from services import codec, engine, job_feed, job_records, stages
from services.errors import AnalysisError, StageMissing
from services.job_records import Device, JobRecord, JobState, Target
from services.job_status import ENGINE_TROUBLE, JobStatus, settle, status_of
from services.recipe import SIDES, Project
from services.records import TrainedModel
from services.workspace import Workspace

__all__ = [
    "JobInfo",
    "JobState",
    "JobStatus",
    "Target",
    "active",
    "cancel",
    "cancel_job",
    "close_orphans",
    "status",
    "submit",
    "supersede",
]

TARGETS: tuple[Target, ...] = (*SIDES, "both")


@dataclass(frozen=True, slots=True)
class JobInfo:
    """A job of some project; is_current is false when the project's settings have changed since it began."""

    job_id: str
    project_id: str
    target: Target
    stage: str
    is_current: bool
    status: JobStatus


class EngineUnreachable(AnalysisError):
    def __init__(self, address: str):
        super().__init__(
            f"The jobs engine at {address} does not answer, so nothing was started. "
            "Check that it runs and that this machine may reach it, then start the step again."
        )


def submit(ws: Workspace, project: Project, target: Target, stage: str) -> None:
    """Start the job, or resume it; nothing happens when it runs already or its result is there.

    stage: a name in STAGES, or in OF_BOTH with target "both"
    Raises EngineFailed or EngineUnreachable.
    """
    keys = job_records.keys_of(project, target, stage)
    if job_records.have_all(ws.store, keys):
        return
    where = engine.start(ws)
    try:
        with _lock(ws):
            _send(ws, where, project, target, stage)
    except ENGINE_TROUBLE as e:
        job_feed.disconnect(ws)
        raise EngineUnreachable(where.address) from e


def status(ws: Workspace, project: Project, target: Target, stage: str) -> JobStatus:
    """How the job stands; state "done" if and only if its result is in the store."""
    keys = job_records.keys_of(project, target, stage)
    job_id = job_records.job_id_of(keys)
    record = job_records.read(ws.projects, job_id)
    if job_records.have_all(ws.store, keys):
        return _done(ws, stage, keys, record)
    return JobStatus() if record is None else status_of(ws, job_id, record)


def cancel(ws: Workspace, project: Project, target: Target, stage: str) -> None:
    """Stop the job: a training saves a checkpoint first. Nothing happens when it does not run."""
    cancel_job(ws, job_records.job_id_of(job_records.keys_of(project, target, stage)))


def cancel_job(ws: Workspace, job_id: str) -> None:
    """Stop a job that `active` named."""
    record, connection = job_records.read(ws.projects, job_id), job_feed.connect(ws)
    if record is None or connection is None or not record.is_active:
        return
    try:
        connection.stop(job_id, record.attempt)
        if record.state == "queued":
            connection.withdraw(job_id, record.attempt)
            job_records.write(ws.projects, record, state="stopped", ended_at=time.time())
    except ENGINE_TROUBLE as e:
        job_feed.disconnect(ws)
        raise EngineUnreachable(connection.where.address) from e


def supersede(ws: Workspace, project: Project, target: Target, stage: str) -> None:
    """Stop the project's jobs of this step and video that no project waits for since settings were left."""
    waited_for = {job_id for each in ws.projects.all() for job_id in _job_ids(each)}
    mine = (project.project_id, target, stage)
    for info in active(ws):
        if (info.project_id, info.target, info.stage) == mine and info.job_id not in waited_for:
            cancel_job(ws, info.job_id)


def active(ws: Workspace) -> list[JobInfo]:
    """Every queued or running job of all projects, and interrupted ones of present settings."""
    present = {project.project_id: set(_job_ids(project)) for project in ws.projects.all()}
    infos: list[JobInfo] = []
    for job_id, record in job_records.read_all(ws.projects).items():
        is_open = record.is_active or record.state == "interrupted"
        if not is_open or record.project not in present or job_records.have_all(ws.store, record.keys):
            continue
        is_current, now = job_id in present[record.project], status_of(ws, job_id, record)
        if now.state in ("queued", "running") or (now.state == "interrupted" and is_current):
            infos.append(JobInfo(job_id, record.project, record.target, record.stage, is_current, now))
    return infos


def close_orphans(ws: Workspace) -> None:
    """Mark as interrupted what is recorded as running but no engine knows of."""
    with _lock(ws):
        for job_id, record in job_records.read_all(ws.projects).items():
            if record.is_active:
                status_of(ws, job_id, record)


def _send(ws: Workspace, where: engine.Engine, project: Project, target: Target, stage: str) -> None:
    connection = job_feed.connect(ws)
    if connection is None:
        raise EngineUnreachable(where.address)
    keys = job_records.keys_of(project, target, stage)
    job_id = job_records.job_id_of(keys)
    old = job_records.read(ws.projects, job_id)
    if old and settle(ws, connection, job_id, old).is_active:
        return
    missing = _missing(ws, project, target, stage)
    record = JobRecord(
        project=project.project_id,
        target=target,
        stage=stage,
        keys=keys,
        models=tuple(key for name, key in missing if name == "model"),
        device=_device([name for name, _ in missing]),
        attempt=old.attempt + 1 if old else 1,
        state="queued",
        queued_at=time.time(),
    )
    job_records.write(ws.projects, record)
    connection.send(job_id, record.attempt, codec.encode(project), record.device)


def _missing(ws: Workspace, project: Project, target: Target, stage: str) -> list[tuple[str, str]]:
    """Names and keys of the stages that the job will build, those of both videos together left out."""
    last = "themes" if stage in stages.OF_BOTH else stage
    return [
        (name, stages.key(recipe, name))
        for recipe in job_records.recipes_of(project, target)
        for name in stages.missing(ws.store, recipe, last)
    ]


def _device(names: list[str]) -> Device:
    return "GPU" if any(stages.STAGES[name].device == "gpu" for name in names) else "CPU"


def _done(ws: Workspace, stage: str, keys: tuple[str, ...], record: JobRecord | None) -> JobStatus:
    try:
        history = ws.store.get(keys[0], TrainedModel).history if stage == "model" and len(keys) == 1 else ()
    except StageMissing:  # deleted this moment
        return JobStatus()
    return JobStatus(
        state="done",
        seconds=sum(float(ws.store.meta(key).get("seconds", 0)) for key in keys),
        history=history,
        attempt=record.attempt if record else 0,
    )


def _job_ids(project: Project) -> Iterator[str]:
    """The ids of all jobs that the project's present settings may start."""
    for target in TARGETS:
        for stage in stages.STAGES:
            yield job_records.job_id_of(job_records.keys_of(project, target, stage))
    for stage in stages.OF_BOTH:
        yield job_records.job_id_of(job_records.keys_of(project, "both", stage))


def _lock(ws: Workspace) -> FileLock:
    """Held while a job is sent, so that two programs do not send it twice."""
    return FileLock(ws.root / "engine" / "jobs.lock")
