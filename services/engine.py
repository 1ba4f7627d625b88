"""Finds, starts and ends the engine: the processes that run jobs outside the web server (docs/jobs.md).

A small file in the workspace says where the engine listens and holds the key that lets one in. The engine
outlives whoever started it and ends by itself when it has had no job for an hour. One that an earlier version
of this program left is replaced as soon as it has nothing to do.
"""

import contextlib
import hashlib
import json
import logging
import os
import subprocess
import sys
import time
import uuid
from dataclasses import asdict, fields
from functools import cache
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock

from services.engine_address import Engine, require_reachable
from services.errors import AnalysisError
from services.logs import log_folder
from services.workspace import Workspace

log = logging.getLogger(__name__)

REPOSITORY = Path(__file__).parents[1]
START_S = 60.0  # a cold disk reads Dask for seconds
STOP_S = 10.0
WAIT_S = 0.02
ANSWER_S = 5.0


class EngineFailed(AnalysisError):
    def __init__(self, root: Path):
        super().__init__(
            "The jobs engine did not start, so no step can run. "
            f"Its log {log_folder(root) / 'engine.out'} says why; start the step again."
        )


class EngineOutdated(AnalysisError):
    def __init__(self):
        super().__init__(
            "The jobs engine still runs a step with another version of Diptych, so nothing was started. "
            "Wait until that step has ended, or stop it, then start this one again."
        )


def find(ws: Workspace) -> Engine | None:
    """The engine that serves this workspace now: DIPTYCH_SCHEDULER's or the local one; None if none runs."""
    remote = os.environ.get("DIPTYCH_SCHEDULER")
    if remote:
        return Engine(remote)
    engine = _read_state(ws.root)
    return engine if engine and _is_alive(engine.pid, engine.token) else None


def start(ws: Workspace) -> Engine:
    """The engine that serves this workspace, started if there is none.

    Raises EngineFailed when it does not come up, EngineOutdated when one of another version is at work,
    BadAddress or NoCertificates when that of DIPTYCH_SCHEDULER cannot be connected to.
    """
    found = find(ws)
    if found and _is_fit(found):
        return found
    with FileLock(_folder(ws.root) / "engine.lock"):
        found = find(ws)
        if found and not _is_fit(found):
            _replace(found)
            found = None
        return found or _launch(ws)


@cache
def code_version() -> str:
    """Names the program that this process runs: its files and packages as they were at the first call."""
    found = hashlib.blake2b(digest_size=8)
    files = [path for folder in ("crvae", "services") for path in (REPOSITORY / folder).rglob("*.py")]
    for path in (REPOSITORY / "requirements.txt", *sorted(files)):
        with contextlib.suppress(FileNotFoundError):
            found.update(path.relative_to(REPOSITORY).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def stop(ws: Workspace) -> None:
    """End this workspace's own engine and the jobs in it; a remote one is left alone."""
    with FileLock(_folder(ws.root) / "engine.lock"):
        engine = _read_state(ws.root)
        if engine is None:
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


_launched: set[str] = set()  # tokens of the engines that this process has started


def _is_fit(engine: Engine) -> bool:
    """Whether jobs may be sent there. Raises BadAddress or NoCertificates."""
    require_reachable(engine)
    # After an update the program may be older than its files: what it starts from them has to do then.
    return not engine.is_local or engine.code == code_version() or engine.token in _launched


def _replace(engine: Engine) -> None:
    """End an engine of another version. Raises EngineOutdated if it is at work."""
    if not _is_idle(engine):
        raise EngineOutdated
    log.info("ending the engine with process %d: it is of another version", engine.pid)
    _end(engine)


def _is_idle(engine: Engine) -> bool:
    from distributed import Client

    try:
        with Client(
            engine.address, security=engine.security(), timeout=ANSWER_S, set_as_default=False
        ) as client:
            scheduler: Any = client.scheduler
            client.sync(scheduler.check_idle)  # this answer may only tell that something has happened before
            return client.sync(scheduler.check_idle) is not None
    except OSError:  # alive without an answer
        return False


def _launch(ws: Workspace) -> Engine:
    token = uuid.uuid4().hex
    _launched.add(token)
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


def _read_state(root: Path) -> Engine | None:
    """The engine that was started last; None if there is none that can be understood."""
    known = {field.name for field in fields(Engine)}  # another version may have written more
    try:
        told: dict[str, Any] = json.loads(_state_file(root).read_text("utf-8"))
        return Engine(**{name: value for name, value in told.items() if name in known})
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _state_file(root: Path) -> Path:
    return _folder(root) / "engine.json"
