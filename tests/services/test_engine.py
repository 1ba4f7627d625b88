"""The engine: found again, alone on this machine, ended without a trace."""

import json
import os
import signal
import time
from collections.abc import Iterator

import psutil
import pytest

from services import engine
from services.workspace import Workspace
from tests.services.small_training import open_at


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    workspace = open_at(tmp_path_factory.mktemp("engine").resolve() / "workspace")
    yield workspace
    engine.stop(workspace)


@pytest.fixture
def running(ws: Workspace) -> engine.Engine:
    return engine.start(ws)


def family(running: engine.Engine) -> list[psutil.Process]:
    process = psutil.Process(running.pid)
    return [process, *process.children(recursive=True)]


def test_a_second_start_finds_the_engine_that_runs(ws: Workspace, running: engine.Engine):
    assert engine.start(ws) == running
    assert engine.find(ws) == running


def test_the_engine_is_reached_from_this_machine_alone(running: engine.Engine):
    sockets = [socket for process in family(running) for socket in process.net_connections()]
    listening = {socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}


def test_the_engine_lets_nobody_in_without_its_key(running: engine.Engine):
    from distributed import Client, Security

    stranger = Security.temporary()
    with pytest.raises(OSError, match=r"Timed out|CERTIFICATE|certificate|closed"):
        Client(running.address, security=stranger, timeout=1, set_as_default=False)


def test_the_key_is_readable_by_its_owner_alone(ws: Workspace, running: engine.Engine):
    path = ws.root / "engine" / "engine.json"
    assert path.stat().st_mode & 0o077 == 0
    assert json.loads(path.read_text("utf-8"))["pid"] == running.pid


def test_one_worker_trains_and_one_does_the_rest(running: engine.Engine):
    from distributed import Client

    with Client(running.address, security=running.security(), timeout=10, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        workers = client.scheduler_info(n_workers=-1)["workers"].values()
        assert sorted(str(worker["resources"]) for worker in workers) == ["{'CPU': 1}", "{'GPU': 1}"]


def test_a_process_with_the_same_number_is_not_taken_for_the_engine(ws: Workspace, running: engine.Engine):
    path = ws.root / "engine" / "engine.json"
    right = path.read_text("utf-8")
    path.write_text(json.dumps({**json.loads(right), "pid": os.getpid()}), "utf-8")
    found = engine.find(ws)
    path.write_text(right, "utf-8")
    assert found is None


def test_another_engine_named_in_the_environment_is_used_as_it_is(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DIPTYCH_SCHEDULER", "tls://cluster.example:8786")
    assert engine.start(ws) == engine.Engine("tls://cluster.example:8786")
    assert engine.start(ws).security() is None


def test_a_killed_engine_takes_its_workers_along_and_the_next_start_brings_a_new_one(
    ws: Workspace, running: engine.Engine
):
    members = family(running)
    os.kill(running.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(members, timeout=20)
    assert not alive
    assert engine.find(ws) is None
    assert engine.start(ws).pid != running.pid


def test_stop_ends_every_process_of_the_engine(ws: Workspace, running: engine.Engine):
    members = family(running)
    engine.stop(ws)
    _, alive = psutil.wait_procs(members, timeout=5)
    assert (alive, engine.find(ws)) == ([], None)


def test_stop_without_an_engine_does_nothing(tmp_path_factory: pytest.TempPathFactory):
    workspace = open_at(tmp_path_factory.mktemp("none") / "workspace")
    began = time.monotonic()
    engine.stop(workspace)
    assert time.monotonic() - began < 1
