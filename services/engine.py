"""Finds, starts and ends the engine: the processes that run jobs outside the web server (docs/jobs.md).

A small file in the workspace says where the engine listens and holds the key that lets one in. The engine
outlives whoever started it and ends by itself when it has had no job for an hour.
"""

import contextlib
import json
import logging
import os
import subprocess
import sys
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock

from services.errors import AnalysisError
from services.logs import log_folder
from services.workspace import Workspace

log = logging.getLogger(__name__)

REPOSITORY = Path(__file__).parents[1]
START_S = 60.0  # a cold disk reads Dask for seconds
STOP_S = 10.0
WAIT_S = 0.02


class EngineFailed(AnalysisError):
    def __init__(self, root: Path):
        super().__init__(
            "The jobs engine did not start, so no step can run. "
            f"Its log {log_folder(root) / 'engine.out'} says why; press Start to try again."
        )


@dataclass(frozen=True, slots=True)
class Engine:
    """Where jobs are sent; a remote engine has no pid, and its TLS settings are in Dask's configuration."""

    address: str  # tcp://host:port or tls://host:port
    pid: int = 0
    token: str = ""  # names this start of the engine; in its command line too, so a reused pid fools nobody
    certificate: str = ""  # PEM, for TLS in both directions: nobody else on this machine gets in
    private_key: str = ""

    @property
    def is_local(self) -> bool:
        return self.pid > 0

    def security(self) -> Any:
        """The distributed.Security to connect with; None takes Dask's configuration."""
        if not self.certificate:
            return None
        from distributed import Security

        ends = {f"tls_{role}_cert": self.certificate for role in ("client", "scheduler", "worker")}
        ends |= {f"tls_{role}_key": self.private_key for role in ("client", "scheduler", "worker")}
        return Security(require_encryption=True, tls_ca_file=self.certificate, **ends)


def find(ws: Workspace) -> Engine | None:
    """The engine that serves this workspace now: DIPTYCH_SCHEDULER's or the local one; None if none runs."""
    remote = os.environ.get("DIPTYCH_SCHEDULER")
    if remote:
        return Engine(remote)
    try:
        engine = Engine(**json.loads(_state_file(ws.root).read_text("utf-8")))
    except (OSError, ValueError, TypeError):  # none yet, or written by another version
        return None
    return engine if _is_alive(engine.pid, engine.token) else None


def start(ws: Workspace) -> Engine:
    """The engine that serves this workspace, started if there is none.

    Raises EngineFailed when it does not come up.
    """
    found = find(ws)
    if found:
        return found
    with FileLock(_folder(ws.root) / "engine.lock"):
        return find(ws) or _launch(ws)


def stop(ws: Workspace) -> None:
    """End this workspace's own engine and the jobs in it; a remote one is left alone."""
    with FileLock(_folder(ws.root) / "engine.lock"):
        try:
            engine = Engine(**json.loads(_state_file(ws.root).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return
        _end(engine)
        _state_file(ws.root).unlink(missing_ok=True)


def write_state(root: Path, engine: Engine) -> None:
    """Say where the engine listens; readable by this user alone, for it holds the key."""
    path = _state_file(root)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(engine), file)
    os.replace(part, path)


def _launch(ws: Workspace) -> Engine:
    token = uuid.uuid4().hex
    began = time.monotonic()
    with (log_folder(ws.root) / "engine.out").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.engine_process", str(ws.root), token],
            cwd=REPOSITORY,
            env=_environment(ws.root),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            **_detached(),
        )
    while time.monotonic() - began < START_S and process.poll() is None:
        engine = find(ws)
        if engine and engine.token == token:
            log.info("engine %s, process %d, %.1f s", engine.address, engine.pid, time.monotonic() - began)
            return engine
        time.sleep(WAIT_S)
    if process.poll() is None:
        process.kill()
    raise EngineFailed(ws.root)


def _environment(root: Path) -> dict[str, str]:
    paths = [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]
    # DASK_ variables are for the remote engine; here they would only disturb.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DASK_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "DIPTYCH_HOME": str(root)}


def _detached() -> dict[str, Any]:
    """What lets a process outlive its parent and the parent's terminal."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS}
    return {"start_new_session": True}


def _is_alive(pid: int, token: str) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and token in process.cmdline()
    except (psutil.Error, ValueError):
        return False


def _end(engine: Engine) -> None:
    if not _is_alive(engine.pid, engine.token):
        return
    process = psutil.Process(engine.pid)
    family = [process, *process.children(recursive=True)]
    process.terminate()
    _, alive = psutil.wait_procs(family, timeout=STOP_S)
    for member in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(alive, timeout=STOP_S)


def _folder(root: Path) -> Path:
    folder = root / "engine"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _state_file(root: Path) -> Path:
    return _folder(root) / "engine.json"
