"""Downloads and trials of models, each in a process of its own that no click ends (docs/backends.md)."""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from services.backends import Backend
from services.store import told_in_words
from services.workspace import Workspace

Action = Literal["get", "try"]
State = Literal["none", "running", "done", "failed", "stopped"]
REPOSITORY = Path(__file__).parents[1]
START_S = 20.0  # a cold disk; a task that has not taken its lock by then has died
MAX_CHARS = 4000


@dataclass(frozen=True, slots=True)
class TaskStatus:
    state: State = "none"
    done: int = 0
    total: int = 0
    note: str = ""
    answer: str = ""  # of a trial: what went in and what came out
    error: str = ""  # a sentence, for "failed"


@dataclass(frozen=True, slots=True)
class TaskFiles:
    """Where a task keeps what it tells, and hears that it shall stop."""

    folder: Path
    name: str

    @property
    def status(self) -> Path:
        return self.folder / f"{self.name}.json"

    @property
    def stop(self) -> Path:
        return self.folder / f"{self.name}.stop"

    @property
    def lock(self) -> FileLock:
        return FileLock(self.folder / f"{self.name}.lock", timeout=0)


def files(root: Path, action: Action, role: str, name: str) -> TaskFiles:
    """Of the task on the backend of that name. Raises AnalysisError if the folder cannot be made."""
    folder = root / "models"
    with told_in_words("The progress of a model", folder):
        folder.mkdir(mode=0o700, exist_ok=True)
    named = hashlib.blake2b(f"{role}:{name}".encode(), digest_size=8).hexdigest()
    return TaskFiles(folder, f"{action}-{named}")


def start(ws: Workspace, action: Action, backend: Backend) -> None:
    """Begin to download or to try the model, unless that runs already.

    Raises AnalysisError if the workspace cannot be written.
    """
    if status(ws, action, backend).state == "running":
        return
    place = files(ws.root, action, backend.role, backend.name)
    with told_in_words("The progress of a model", place.folder):
        place.stop.unlink(missing_ok=True)
        write(place, {"state": "running", "note": "starting", "at": time.time()})
    command = [sys.executable, "-m", "services.model_task", str(ws.root), action, backend.role, backend.name]
    subprocess.Popen(
        command,
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in the server's terminal is not meant for it
    )


def status(ws: Workspace, action: Action, backend: Backend) -> TaskStatus:
    """How the task stands; one whose process has died has failed."""
    place = files(ws.root, action, backend.role, backend.name)
    told = _read(place.status)
    if told.get("state") not in ("running", "done", "failed", "stopped"):
        return TaskStatus()
    if told["state"] == "running" and not _is_alive(place, told):
        told = _read(place.status)  # it may have ended between the two looks
        if told.get("state") == "running":
            return TaskStatus("failed", error="It was interrupted. Start it again; whole files are kept.")
    return TaskStatus(
        told["state"],
        _number(told.get("done")),
        _number(told.get("total")),
        *(str(told.get(name, ""))[:MAX_CHARS] for name in ("note", "answer", "error")),
    )


def stop(ws: Workspace, action: Action, backend: Backend) -> None:
    """Ask the task to end; it hears of it with its next word of progress."""
    place = files(ws.root, action, backend.role, backend.name)
    with told_in_words("The progress of a model", place.folder):
        place.stop.touch()


def write(place: TaskFiles, told: dict[str, Any]) -> None:
    """Put what is told at its place at one stroke."""
    part = place.status.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    os.replace(part, place.status)


def _is_alive(place: TaskFiles, told: dict[str, Any]) -> bool:
    try:
        with place.lock:
            began = told.get("at")
            return isinstance(began, int | float) and 0 <= time.time() - began < START_S
    except Timeout:
        return True


def _read(path: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        told = json.loads(path.read_text("utf-8"))
        if isinstance(told, dict):
            return told
    return {}


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def in_short(text: str) -> str:
    """The text, its lines kept, as long as a status may be."""
    return text[:MAX_CHARS]
