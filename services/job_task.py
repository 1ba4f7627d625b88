"""What a worker does for a job: build the results, tell how it goes, listen for Stop.

Workers load this file when they start (`dask worker … --preload services.job_task`).
"""

import dataclasses
import json
import logging
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from crvae.records import EpochMetrics
from services import codec, job_records, stages
from services.errors import AnalysisError, Cancelled, NeedsSource
from services.job_records import JobRecord
from services.logs import log_folder, log_to
from services.recipe import Project
from services.workspace import Workspace, open_workspace, workspace_folder

log = logging.getLogger(__name__)

TICK_S = 0.1  # at most so often is the engine told something
STOP_CHECK_S = 0.25
EPOCH_FIELDS = tuple(f.name for f in dataclasses.fields(EpochMetrics))  # the order in which epochs are told


def dask_setup(worker: Any) -> None:
    """Called by Dask when a worker process starts."""
    log_to(workspace_folder(), str(worker.name))


def topic(job_id: str) -> str:
    return f"diptych-job-{job_id}"


def stop_name(job_id: str, attempt: int) -> str:
    return f"diptych-stop-{job_id}-{attempt}"


def preview_name(job_id: str) -> str:
    return f"diptych-preview-{job_id}"


def run(job_id: str, attempt: int, project: dict[str, Any]) -> dict[str, Any]:
    """Carry the job out in this worker; gives the fields of its record in which it ended.

    project: the Project as JSON, with the recipes as they were when the job was started
    """
    ws = open_workspace()
    record = job_records.read(ws.projects, job_id)
    if record is None or record.attempt != attempt or not record.is_active:
        # Dask runs a finished task again when the worker that held its result dies.
        return {}
    record = job_records.write(ws.projects, record, state="running", started_at=time.time())
    with Reporter(job_id, attempt) as reporter:
        ending = _attempt(ws, record, codec.decode(Project, project), reporter)
    _free_accelerator()
    job_records.write(ws.projects, record, **ending)
    return ending


def _attempt(ws: Workspace, record: JobRecord, project: Project, reporter: "Reporter") -> dict[str, Any]:
    try:
        _build(ws, record, project, reporter)
    except Cancelled:
        return {"state": "stopped", "ended_at": time.time()}
    except AnalysisError as e:
        told = {"error": str(e), "needs_source": isinstance(e, NeedsSource)}
        return {"state": "failed", "ended_at": time.time(), **told}
    except Exception as e:  # noqa: BLE001 - the analyst must hear of any failure of a step
        return {"state": "failed", "ended_at": time.time(), **incident_of(ws, e)}
    return {"state": "done", "ended_at": time.time()}


def _build(ws: Workspace, record: JobRecord, project: Project, reporter: "Reporter") -> None:
    reporter.progress(0, 1, "")
    if record.stage in stages.OF_BOTH:
        stages.build_of_both(ws.store, project, record.stage, reporter.progress, reporter.emit)
        return
    for recipe in job_records.recipes_of(project, record.target):
        stages.build(ws.store, recipe, record.stage, reporter.progress, reporter.emit)


def incident_of(ws: Workspace, error: BaseException) -> dict[str, str]:
    """Log an unforeseen error under a number; gives what the analyst is told."""
    incident = uuid.uuid4().hex[:8]
    log.error("incident %s", incident, exc_info=error)
    place = log_folder(ws.root)
    return {
        "incident": incident,
        "error": f"Something failed that should not have ({type(error).__name__}). "
        f"Note the number {incident} and look for it in {place}; finished steps are kept.",
    }


def _row(epoch: dict[str, Any]) -> list[float]:
    return [epoch[name] for name in EPOCH_FIELDS]


def _free_accelerator() -> None:
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


@dataclass(slots=True)
class _News:
    """What has happened since the engine was last told."""

    tick: dict[str, Any] = field(default_factory=dict)
    epochs: list[list[float]] = field(default_factory=list)


class Reporter:
    """Passes progress and live data to the engine, at most ten times a second, from a thread of its own."""

    def __init__(self, job_id: str, attempt: int):
        from distributed import Event, Variable, get_client, get_worker

        self._worker, client = get_worker(), get_client()
        self._stop = Event(stop_name(job_id, attempt), client=client)
        self._preview = Variable(preview_name(job_id), client=client)
        self._topic, self._attempt = topic(job_id), attempt
        self._lock = threading.Lock()
        self._news = _News()
        self._training = 0
        self._shown: dict[str, Any] | None = None
        self._n_previews = 0
        self._is_told_to_stop = self._stop.is_set()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._pump, name="reporter", daemon=True)

    def __enter__(self) -> "Reporter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def progress(self, done: int, total: int, note: str) -> None:
        """Raises Cancelled when the analyst has pressed Stop."""
        with self._lock:
            self._news.tick |= {"done": done, "total": total, "note": note}
        if self._is_told_to_stop:
            raise Cancelled

    def emit(self, event: dict[str, Any]) -> None:
        """kind "history": epochs that a training resumes after; "epoch": one more; "machine": what it runs
        on; "preview": what the model makes of some pairs.
        """
        with self._lock:
            if event["kind"] == "history":
                self._training += 1
                self._news.tick |= {"before": [_row(epoch) for epoch in event["epochs"]]}
                self._news.epochs = []
            elif event["kind"] == "epoch":
                self._news.epochs.append(_row(event))
            elif event["kind"] in ("machine", "preview"):
                told = {name: value for name, value in event.items() if name != "kind"}
                if event["kind"] == "machine":
                    self._news.tick |= {"machine": told}
                else:
                    self._shown = told

    def _pump(self) -> None:
        checked_at = 0.0
        is_over = False
        while not is_over:
            is_over = self._is_over.wait(TICK_S)  # once more after the end, for the last news
            self._tell()
            if not is_over and time.monotonic() - checked_at >= STOP_CHECK_S:
                checked_at = time.monotonic()
                self._is_told_to_stop = self._is_told_to_stop or self._stop.is_set()

    def _tell(self) -> None:
        with self._lock:
            news, self._news = self._news, _News()
            shown, self._shown = self._shown, None
        if shown is not None:
            self._preview.set(json.dumps(shown))  # a variable keeps the latest alone; events are all kept
            self._n_previews += 1
            news.tick["preview"] = self._n_previews
        if news.epochs:
            news.tick["epochs"] = news.epochs
        if news.tick:
            run = {"attempt": self._attempt, "training": self._training}
            self._worker.log_event(self._topic, {**run, **news.tick})
