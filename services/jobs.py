"""Long steps run as jobs outside the web server: start, follow, stop and resume them (docs/jobs.md)."""

from dataclasses import dataclass
from typing import Literal

from crvae.records import EpochMetrics

Target = Literal["left", "right", "both"]  # "both": the comparison, or a stage on both sides
JobState = Literal["none", "queued", "running", "done", "failed", "stopped", "interrupted"]


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How a job stands.

    note:    what it does or waits for, one line
    error:   one sentence for the analyst when it failed, was stopped or interrupted; else ""
    seconds: since it began, until now or until it ended
    history: epochs of the training that it runs or ran, those before a restart included
    preview: JPEG strip of originals above reconstructions
    attempt: from 1, one more at each resume
    """

    state: JobState = "none"
    note: str = ""
    done: int = 0
    total: int = 0
    error: str = ""
    seconds: float = 0.0
    history: tuple[EpochMetrics, ...] = ()
    preview: bytes | None = None
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class JobInfo:
    """A job of some project; is_current is false when the project's settings have changed since it began."""

    job_id: str
    project_id: str
    target: Target
    stage: str
    is_current: bool
    status: JobStatus
