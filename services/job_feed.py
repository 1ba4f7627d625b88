"""The connection to the engine, one for each process: sends jobs, hears what they tell."""

import contextlib
import json
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from crvae.records import EpochMetrics
from services import codec, engine, previews
from services.engine_address import Engine, require_reachable
from services.errors import AnalysisError
from services.job_task import preview_name, run, stop_name, topic
from services.records import Machine, Preview
from services.workspace import Workspace

log = logging.getLogger(__name__)

CONNECT_S = 3.0
RETRY_S = 10.0  # an engine that did not answer is asked again after this long
STOP_GRACE_S = 20.0  # a step that does not listen to Stop for so long loses its worker
STOP_GRACE_EPOCHS = 3.0  # a training listens after each epoch: others may use the machine meanwhile
SAVE_S = 40.0  # for a checkpoint of 2 GB on a slow disk


@dataclass(slots=True)
class Feed:
    """What the latest attempt at a job has told so far; events may come twice and out of order."""

    attempt: int
    done: int = 0
    total: int = 0
    note: str = ""
    n_previews: int = 0
    preview: Preview | None = None
    machine: Machine | None = None
    n_previews_seen: int = 0
    before: dict[tuple[int, int], list[list[float]]] = field(default_factory=dict)  # (attempt, training)
    epochs: dict[tuple[int, int], dict[int, list[float]]] = field(default_factory=dict)
    future: Any = None
    stop_asked_at: float = 0.0

    def hear(self, event: dict[str, Any]) -> None:
        training = (event["attempt"], event["training"])
        if "before" in event:
            self.before[training] = event["before"]
        for row in event.get("epochs", []):
            self.epochs.setdefault(training, {})[int(row[0])] = row
        if event["attempt"] == self.attempt:
            self.done, self.total = event.get("done", self.done), event.get("total", self.total)
            self.note = event.get("note", self.note)
            self.n_previews = max(self.n_previews, event.get("preview", 0))
            if "machine" in event:
                self.machine = codec.decode(Machine, dict(event["machine"]))

    @property
    def stop_grace_s(self) -> float:
        """How long a step may take to stop before its worker is started anew."""
        epochs = self.history()
        return SAVE_S + STOP_GRACE_EPOCHS * epochs[-1].seconds if epochs else STOP_GRACE_S

    def history(self) -> tuple[EpochMetrics, ...]:
        """The epochs of the last training, those before it was resumed included."""
        trainings = sorted(set(self.before) | set(self.epochs))
        if not trainings:
            return ()
        last = trainings[-1]
        rows = {int(row[0]): row for row in self.before.get(last, [])} | self.epochs.get(last, {})
        return tuple(EpochMetrics(int(row[0]), *row[1:]) for _, row in sorted(rows.items()))


class Connection:
    """A Dask client with the feeds of the jobs that this process looks at."""

    def __init__(self, where: Engine):
        """Raises OSError when nobody answers at the engine's address."""
        from distributed import Client

        self.where = where
        self._client = Client(
            where.address, security=where.security(), timeout=CONNECT_S, set_as_default=False
        )
        self._feeds: dict[str, Feed] = {}
        self._lock = threading.RLock()

    @property
    def is_open(self) -> bool:
        return self._client.status == "running"

    def close(self) -> None:
        threading.Thread(target=self._client.close, kwargs={"timeout": 1}, daemon=True).start()

    def send(self, job_id: str, attempt: int, project: dict[str, Any], device: str) -> None:
        """Queue the job for a worker that offers `device`; it goes on when this process ends."""
        future = self._client.submit(
            run,
            job_id,
            attempt,
            project,
            key=_task_name(job_id, attempt),
            resources={device: 1},
            pure=False,
            retries=0,
        )
        self._client.publish_dataset(future, name=_task_name(job_id, attempt), override=True)
        with self._lock:
            earlier = self._feeds.get(job_id)
            feed = self._follow(job_id, attempt)
            feed.future = future
            if earlier:  # a resumed training shows its curve before its first news
                feed.before, feed.epochs = (
                    {**earlier.before, **feed.before},
                    {**earlier.epochs, **feed.epochs},
                )

    def feed(self, job_id: str, attempt: int) -> Feed:
        """What this attempt at the job has told."""
        with self._lock:
            known = self._feeds.get(job_id)
            feed = known if known and known.attempt == attempt else self._follow(job_id, attempt)
        if feed.n_previews_seen < feed.n_previews:
            self._fetch_preview(job_id, feed)
        return feed

    def future(self, job_id: str, attempt: int) -> Any:
        """The job's Dask future; None when the engine knows nothing of this attempt."""
        feed = self.feed(job_id, attempt)
        if feed.future is None:
            with contextlib.suppress(KeyError):
                feed.future = self._client.get_dataset(_task_name(job_id, attempt))
        return feed.future

    def has_worker(self, device: str) -> bool:
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return any(device in worker["resources"] for worker in workers)

    def stop(self, job_id: str, attempt: int) -> None:
        """Ask the job to stop; one that waits is taken out of the queue."""
        from distributed import Event

        feed = self.feed(job_id, attempt)
        feed.stop_asked_at = feed.stop_asked_at or time.monotonic()
        Event(stop_name(job_id, attempt), client=self._client).set()

    def withdraw(self, job_id: str, attempt: int) -> None:
        """Forget a job that has not begun."""
        future = self.future(job_id, attempt)
        self.forget(job_id, attempt)
        if future is not None:
            future.cancel(force=True)

    def forget(self, job_id: str, attempt: int) -> None:
        """Let the engine drop the ended job; what it told stays here."""
        with contextlib.suppress(KeyError):
            self._client.unpublish_dataset(_task_name(job_id, attempt))

    def insist(self, job_id: str, feed: Feed) -> None:
        """Start the worker anew whose job has not listened to Stop; a shared, remote one is left alone."""
        if not self.where.is_local or not feed.stop_asked_at:
            return
        if time.monotonic() - feed.stop_asked_at < feed.stop_grace_s:
            return
        feed.stop_asked_at = time.monotonic()
        task = _task_name(job_id, feed.attempt)
        running: Any = self._client.processing()
        workers = [worker for worker, tasks in running.items() if task in tasks]
        log.warning("job %s does not stop; starting %s anew", job_id, workers)
        if workers:
            self._client.restart_workers(workers, timeout=STOP_GRACE_S, raise_for_error=False)

    def _follow(self, job_id: str, attempt: int) -> Feed:
        feed = self._feeds[job_id] = Feed(attempt)
        # An event that is told while subscribing is heard twice or late, never lost: Feed sorts that out.
        self._client.subscribe_topic(topic(job_id), lambda event: feed.hear(event[1]))
        past: Any = self._client.get_events(topic(job_id))
        for _, event in past:
            feed.hear(event)
        return feed

    def _fetch_preview(self, job_id: str, feed: Feed) -> None:
        from distributed import Variable

        feed.n_previews_seen = feed.n_previews
        with contextlib.suppress(TimeoutError):
            told: Any = Variable(preview_name(job_id), client=self._client).get(timeout=1)
            feed.preview = previews.from_message(json.loads(told))


_connections: dict[str, Connection] = {}
_failed_at: dict[str, float] = {}
_lock = threading.Lock()


def connect(ws: Workspace) -> Connection | None:
    """The connection to the engine of this workspace; None when none runs or it does not answer."""
    where = engine.find(ws)
    name = str(ws.root)
    with _lock:
        known = _connections.get(name)
        if known and known.where == where and known.is_open:
            return known
        if known:
            _connections.pop(name).close()
        if where is None or time.monotonic() - _failed_at.get(where.address, -RETRY_S) < RETRY_S:
            return None
        try:
            require_reachable(where)
            _connections[name] = Connection(where)
        except (OSError, AnalysisError) as e:
            log.warning("the engine at %s does not answer: %s", where.address, e)
            _failed_at[where.address] = time.monotonic()
            return None
        return _connections[name]


def disconnect(ws: Workspace) -> None:
    with _lock:
        known = _connections.pop(str(ws.root), None)
    if known:
        known.close()


def _task_name(job_id: str, attempt: int) -> str:
    return f"{job_id}-{attempt}"
