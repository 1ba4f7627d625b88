"""What the project store keeps of a job, so that it is known after every process has ended."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from services import codec, stages
from services.projects import Projects
from services.recipe import SIDES, Project, Recipe
from services.recipe_key import digest
from services.store import Store

Target = Literal["left", "right", "both"]  # "both": a result in stages.OF_BOTH, or a stage on both sides
JobState = Literal["none", "queued", "running", "done", "failed", "stopped", "interrupted"]
Device = Literal["CPU", "GPU"]  # the Dask resource that a worker must offer


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One job, the latest attempt at it. Times are seconds since 1970, 0 when not reached."""

    project: str
    target: Target
    stage: str
    keys: tuple[str, ...]  # of the results that it makes
    models: tuple[str, ...]  # of the trainings among its steps
    device: Device
    attempt: int
    state: JobState
    queued_at: float
    started_at: float = 0.0
    ended_at: float = 0.0
    error: str = ""  # one sentence for the analyst
    incident: str = ""  # names the traceback in the worker's log
    needs_source: bool = False  # trying again fails again: only another video or text helps

    @property
    def is_active(self) -> bool:
        return self.state in ("queued", "running")


def recipes_of(project: Project, target: Target) -> list[Recipe]:
    return [project.recipe(side) for side in SIDES if target in (side, "both")]


def keys_of(project: Project, target: Target, stage: str) -> tuple[str, ...]:
    """Keys of the results that a job makes. Raises KeyError for a stage that does not exist."""
    if stage in stages.OF_BOTH:
        return (stages.key_of_both(project, stage),)
    return tuple(stages.key(recipe, stage) for recipe in recipes_of(project, target))


def job_id_of(keys: tuple[str, ...]) -> str:
    """The same for the same results, so that pressing twice, or in two tabs, gives one job."""
    return digest("job", keys)


def have_all(store: Store, keys: tuple[str, ...]) -> bool:
    return all(key in store for key in keys)


def read(projects: Projects, job_id: str) -> JobRecord | None:
    """The job's record; None if there is none, or one that another version wrote."""
    data = projects.job(job_id)
    return None if data is None else _record(data)


def read_all(projects: Projects) -> dict[str, JobRecord]:
    """Job id -> record, the one changed last first."""
    records = {job_id: _record(data) for job_id, data in projects.jobs().items()}
    return {job_id: record for job_id, record in records.items() if record is not None}


def write(projects: Projects, record: JobRecord, **changes: Any) -> JobRecord:
    """The record with its changes, stored."""
    new = dataclasses.replace(record, **changes)
    projects.put_job(job_id_of(new.keys), new.project, codec.encode(new))
    return new


def _record(data: dict[str, Any]) -> JobRecord | None:
    try:
        return codec.decode(JobRecord, data)
    except (ValueError, TypeError):
        return None
