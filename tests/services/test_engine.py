"""The engine: found again, alone on this machine, ended without a trace."""

import json
import os
import signal
import time
from collections.abc import Iterator

import psutil
import pytest

from services import engine, job_feed
from services.engine import EngineOutdated
from services.engine_address import BadAddress, Engine, NoCertificates
from services.workspace import Workspace
from tests.services.small_training import open_at


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    workspace = open_at(tmp_path_factory.mktemp("engine").resolve() / "workspace")
    yield workspace
    engine.stop(workspace)


@pytest.fixture
def running(ws: Workspace) -> Engine:
    return engine.start(ws)


def family(running: Engine) -> list[psutil.Process]:
    process = psutil.Process(running.pid)
    return [process, *process.children(recursive=True)]


def test_a_second_start_finds_the_engine_that_runs(ws: Workspace, running: Engine):
    assert engine.start(ws) == running
    assert engine.find(ws) == running


def test_the_engine_is_reached_from_this_machine_alone(running: Engine):
    sockets = [socket for process in family(running) for socket in process.net_connections()]
    listening = {socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}


def test_the_engine_lets_nobody_in_without_its_key(running: Engine):
    from distributed import Client, Security

    stranger = Security.temporary()
    with pytest.raises(OSError, match=r"Timed out|CERTIFICATE|certificate|closed"):
        Client(running.address, security=stranger, timeout=1, set_as_default=False)


def test_the_key_is_readable_by_its_owner_alone(ws: Workspace, running: Engine):
    path = ws.root / "engine" / "engine.json"
    assert path.stat().st_mode & 0o077 == 0
    assert json.loads(path.read_text("utf-8"))["pid"] == running.pid


def test_one_worker_trains_and_one_does_the_rest(running: Engine):
    from distributed import Client

    with Client(running.address, security=running.security(), timeout=10, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        workers = client.scheduler_info(n_workers=-1)["workers"].values()
        assert sorted(str(worker["resources"]) for worker in workers) == ["{'CPU': 1}", "{'GPU': 1}"]


def test_a_process_with_the_same_number_is_not_taken_for_the_engine(ws: Workspace, running: Engine):
    path = ws.root / "engine" / "engine.json"
    right = path.read_text("utf-8")
    path.write_text(json.dumps({**json.loads(right), "pid": os.getpid()}), "utf-8")
    found = engine.find(ws)
    path.write_text(right, "utf-8")
    assert found is None


def test_another_engine_named_in_the_environment_is_used_as_it_is(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DIPTYCH_SCHEDULER", "tcp://cluster.example:8786")
    assert engine.start(ws) == Engine("tcp://cluster.example:8786")
    assert engine.start(ws).security() is None


@pytest.mark.parametrize(
    "address", ["cluster.example", "http://host:8786", "tcp://", "tcp://host", "tls://h:x"]
)
def test_what_is_no_address_of_a_scheduler_is_told_at_once(
    address: str, ws: Workspace, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DIPTYCH_SCHEDULER", address)
    with pytest.raises(BadAddress, match=r"Write it as tls://HOST:PORT"):
        engine.start(ws)
    assert job_feed.connect(ws) is None


def test_tls_without_certificates_says_where_to_name_them(ws: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIPTYCH_SCHEDULER", "tls://127.0.0.1:8786")
    with pytest.raises(NoCertificates, match=r"none are set\. Name their files in DASK_.*CA_FILE"):
        engine.start(ws)
    assert job_feed.connect(ws) is None


def test_tls_with_certificates_that_are_not_there_says_so(ws: Workspace, monkeypatch: pytest.MonkeyPatch):
    from dask import config

    monkeypatch.setenv("DIPTYCH_SCHEDULER", "tls://127.0.0.1:8786")
    files = {"ca-file": "/none/ca.pem", "client.cert": "/none/cert.pem", "client.key": "/none/key.pem"}
    settings = {f"distributed.comm.tls.{name}": path for name, path in files.items()}
    with (
        config.set(settings),
        pytest.raises(NoCertificates, match=r"cannot be read \(No such file"),
    ):
        engine.start(ws)


def pretend_other_version(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the engine that runs look as if an earlier version of this program had started it."""
    path = ws.root / "engine" / "engine.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "code": "earlier"}), "utf-8")
    monkeypatch.setattr(engine, "_launched", set())  # by another process


def test_the_engine_says_of_which_version_it_is(running: Engine):
    assert running.code == engine.code_version()


def test_an_idle_engine_of_another_version_is_replaced(
    ws: Workspace, running: Engine, monkeypatch: pytest.MonkeyPatch
):
    members = family(running)
    pretend_other_version(ws, monkeypatch)
    new = engine.start(ws)
    assert new.pid != running.pid
    assert new.code == engine.code_version()
    assert not psutil.wait_procs(members, timeout=5)[1]


def test_a_busy_engine_of_another_version_is_left_and_told(
    ws: Workspace, running: Engine, monkeypatch: pytest.MonkeyPatch
):
    from distributed import Client

    pretend_other_version(ws, monkeypatch)
    with Client(running.address, security=running.security(), timeout=10, set_as_default=False) as client:
        step = client.submit(time.sleep, 30, resources={"CPU": 1}, pure=False)
        with pytest.raises(EngineOutdated, match="another version of Diptych"):
            engine.start(ws)
        found = engine.find(ws)  # its jobs can still be followed and stopped
        step.cancel(force=True)
    assert found
    assert found.pid == running.pid
    engine.stop(ws)


def test_what_this_process_has_started_is_used_even_after_its_files_have_changed(
    ws: Workspace, running: Engine
):
    path = ws.root / "engine" / "engine.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "code": "later"}), "utf-8")
    assert engine.start(ws).pid == running.pid


def test_what_a_later_version_adds_to_the_file_is_passed_over(ws: Workspace, running: Engine):
    path = ws.root / "engine" / "engine.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "colour": "red"}), "utf-8")
    found = engine.find(ws)
    assert found
    assert found.pid == running.pid


def test_a_killed_engine_takes_its_workers_along_and_the_next_start_brings_a_new_one(
    ws: Workspace, running: Engine
):
    members = family(running)
    os.kill(running.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(members, timeout=20)
    assert not alive
    assert engine.find(ws) is None
    assert engine.start(ws).pid != running.pid


def test_stop_ends_every_process_of_the_engine(ws: Workspace, running: Engine):
    members = family(running)
    engine.stop(ws)
    _, alive = psutil.wait_procs(members, timeout=5)
    assert (alive, engine.find(ws)) == ([], None)


def test_stop_without_an_engine_does_nothing(tmp_path_factory: pytest.TempPathFactory):
    workspace = open_at(tmp_path_factory.mktemp("none") / "workspace")
    began = time.monotonic()
    engine.stop(workspace)
    assert time.monotonic() - began < 1
