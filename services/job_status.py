"""How a job stands: its record, corrected by what the engine knows of it, in words for the page."""

import time
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any

from crvae.records import EpochMetrics
from services import engine, job_feed, job_records, stages, train
from services.job_feed import Connection, Feed
from services.job_records import JobRecord, JobState
from services.job_task import incident_of
from services.records import Machine, Preview
from services.workspace import Workspace

SEND_S = 5.0  # between a job's record and its arrival at the engine
ANSWER_S = 3.0
# A connection that breaks, an engine that ends while it is asked, a client that is closed meanwhile.
ENGINE_TROUBLE = (OSError, TimeoutError, CancelledError, RuntimeError)
NO_ANSWER = "The jobs engine does not answer; asking it again."


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How a job stands.

    note:    what it does or waits for, one line
    error:   one sentence for the analyst when it failed, was stopped or interrupted; else ""
    seconds: since it began, until now or until it ended
    history: epochs of the training that it runs or ran, those before a restart included
    preview: what the model made of some pairs of late
    machine: what the training runs on
    attempt: from 1, one more at each resume
    incident: names the traceback in the worker's log, where the program is to blame for the failure
    needs_source: trying again fails again, only another video or text helps
    """

    state: JobState = "none"
    note: str = ""
    done: int = 0
    total: int = 0
    error: str = ""
    seconds: float = 0.0
    history: tuple[EpochMetrics, ...] = ()
    preview: Preview | None = None
    machine: Machine | None = None
    attempt: int = 0
    incident: str = ""
    needs_source: bool = False


def status_of(ws: Workspace, job_id: str, record: JobRecord) -> JobStatus:
    """The status of a job whose result is not there; trouble with the engine is told in its note."""
    if record.state == "done":
        return JobStatus()  # its result was deleted since
    try:
        connection = job_feed.connect(ws)
        record = settle(ws, connection, job_id, record)
        feed = connection.feed(job_id, record.attempt) if connection else None
        if record.is_active and connection and feed:
            return _live(connection, record, feed)
    except ENGINE_TROUBLE:
        job_feed.disconnect(ws)
        feed = None
    if record.is_active:
        return _told(ws, record, feed, note=NO_ANSWER)
    if record.state == "done":
        return JobStatus()
    return _told(ws, record, feed)


def settle(ws: Workspace, connection: Connection | None, job_id: str, record: JobRecord) -> JobRecord:
    """The record, closed and stored if its job has ended without a word."""
    if not record.is_active:
        return record
    feed = connection.feed(job_id, record.attempt) if connection else None
    future = connection.future(job_id, record.attempt) if connection else None
    if connection and feed and future is not None:
        if future.status == "pending":
            connection.insist(job_id, feed)
            return record
        ending = _ending(ws, record, feed, future)
        connection.forget(job_id, record.attempt)
    elif time.time() - record.queued_at < SEND_S or (connection is None and engine.find(ws)):
        return record  # on its way, or the engine cannot be asked now
    else:
        ending = _interrupted(ws, record, feed)
    latest = job_records.read(ws.projects, job_id)  # the worker may have written its own ending meanwhile
    if latest is None or latest.attempt != record.attempt or not latest.is_active:
        return latest or record
    return job_records.write(ws.projects, latest, **ending)


def _ending(ws: Workspace, record: JobRecord, feed: Feed, future: Any) -> dict[str, Any]:
    from distributed import KilledWorker

    if future.status == "finished":
        ending = future.result(timeout=ANSWER_S)
        return ending or {
            "state": "failed",
            "ended_at": time.time(),
            "error": "The worker that took this step keeps another workspace, so its results are lost. "
            f"Start the workers with DIPTYCH_HOME set to a folder that they share with {ws.root}.",
        }
    if future.status == "error":
        error = future.exception(timeout=ANSWER_S)
        if not isinstance(error, KilledWorker):
            return {"state": "failed", "ended_at": time.time(), **incident_of(ws, error)}
    return _interrupted(ws, record, feed)


def _interrupted(ws: Workspace, record: JobRecord, feed: Feed | None) -> dict[str, Any]:
    kept, history = _kept(ws, record), feed.history() if feed else ()
    epoch = max((metrics.epoch for metrics in (*kept, *history)), default=0)
    if not epoch:
        error = (
            f"The process that ran '{title_of(record.stage)}' stopped unexpectedly, "
            "perhaps for lack of memory. Finished steps are kept: Resume continues with the rest."
        )
    elif kept:
        error = (
            f"The training process stopped unexpectedly at epoch {epoch}. "
            "Its last checkpoint is kept: Resume continues from there."
        )
    else:
        error = (
            f"The training process stopped unexpectedly at epoch {epoch}, before its first checkpoint. "
            "Resume starts the training again."
        )
    return {"state": "interrupted", "ended_at": time.time(), "error": error}


def title_of(stage: str) -> str:
    return stages.title_of(stage)


def _kept(ws: Workspace, record: JobRecord) -> tuple[EpochMetrics, ...]:
    """Epochs that the job's unfinished training has on disk."""
    histories = [train.kept_history(ws.store.scratch(key) / "work") for key in record.models]
    return max(histories, key=len, default=())


def _live(connection: Connection, record: JobRecord, feed: Feed) -> JobStatus:
    note = feed.note
    if feed.stop_asked_at and note.startswith(title_of("model")):
        note = "Stopping after this epoch; Resume goes on from there."
    elif feed.stop_asked_at:
        note = "Stopping: the step ends at its next safe place."
    elif record.state == "queued":
        note = _why_queued(connection, record)
    return JobStatus(
        state=record.state,
        note=note,
        done=feed.done,
        total=feed.total,
        seconds=time.time() - record.started_at if record.started_at else 0.0,
        history=feed.history(),
        preview=feed.preview,
        machine=feed.machine,
        attempt=record.attempt,
    )


def _why_queued(connection: Connection, record: JobRecord) -> str:
    if connection.has_worker(record.device):
        return "Waiting for another step to finish."
    if connection.where.is_local:
        return "The jobs engine is starting."
    return f"Waiting for a worker that offers {record.device}=1 to join {connection.where.address}."


def _told(ws: Workspace, record: JobRecord, feed: Feed | None, note: str = "") -> JobStatus:
    history = (feed.history() if feed else ()) or _kept(ws, record)
    error = record.error
    if record.state == "stopped":
        where = f" at epoch {history[-1].epoch}" if history else ""
        error = f"Stopped{where}. Resume continues from there."
    ended_at = record.ended_at or time.time()
    return JobStatus(
        state=record.state,
        note=note,
        done=feed.done if feed else 0,
        total=feed.total if feed else 0,
        error=error,
        seconds=ended_at - record.started_at if record.started_at else 0.0,
        history=history,
        preview=feed.preview if feed else None,
        machine=feed.machine if feed else None,
        attempt=record.attempt,
        incident=record.incident,
        needs_source=record.needs_source,
    )
