"""One download or trial of a model:  python -m services.model_task WORKSPACE get|try ROLE NAME"""

import logging
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from filelock import Timeout

from services import backends, hub
from services.errors import AnalysisError, Cancelled
from services.logs import log_folder, log_to
from services.model_tasks import TaskFiles, files, in_short, write
from services.model_trial import trial

log = logging.getLogger(__name__)

TICK_S = 0.25


class Teller:
    """Writes progress a few times a second, and raises Cancelled when the analyst has pressed Stop."""

    def __init__(self, place: TaskFiles):
        self._place, self._told_at = place, 0.0

    def progress(self, done: int, total: int, note: str) -> None:
        now = time.monotonic()
        if now - self._told_at < TICK_S:
            return
        self._told_at = now
        if self._place.stop.exists():
            raise Cancelled
        told = {"state": "running", "done": done, "total": total, "note": in_short(note), "at": time.time()}
        write(self._place, told)


def run(root: Path, action: str, role: str, name: str) -> None:
    """Carry the task out and leave how it ended. Nothing happens while another process does the same."""
    place = files(root, "get" if action == "get" else "try", role, name)
    try:
        with place.lock:
            write(place, _ending(root, action, role, name, Teller(place)))
    except Timeout:
        return


def _ending(root: Path, action: str, role: str, name: str, teller: Teller) -> dict[str, Any]:
    try:
        backend = backends.find(role, name)
        if action == "get":
            hub.download(backend, teller.progress)
            return {"state": "done"}
        return {"state": "done", "answer": in_short(trial(backend, teller.progress))}
    except Cancelled:
        return {"state": "stopped"}
    except AnalysisError as e:
        return {"state": "failed", "error": str(e)}
    except Exception as e:  # the analyst must hear of any failure
        incident = uuid.uuid4().hex[:8]
        log.error("incident %s", incident, exc_info=e)
        told = f"Something failed that should not have. Note the number {incident} and look for it in "
        return {"state": "failed", "error": f"{told}{log_folder(root)}."}


def main() -> None:
    root = Path(sys.argv[1])
    log_to(root, "models")
    run(root, *sys.argv[2:5])


if __name__ == "__main__":
    main()
