"""Work that may wait long for the network, while Stop is listened for."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from services.errors import Cancelled
from services.records import Progress

T = TypeVar("T")
LISTEN_S = 0.25

Tell = Callable[[int, int, str], None]  # progress from within the work; raises Cancelled after Stop


def while_listening(work: Callable[[Tell], T], progress: Progress, note: str) -> T:
    """What `work` returns; it runs in a thread while `progress` is called four times a second.

    work:     tells its progress by the call it is given, which raises Cancelled once the work is not wanted
    progress: called in this thread alone, with what was told last; `note` stands until the work tells more
    Raises what `work` raises, and what `progress` raises within LISTEN_S: the thread then ends by itself.
    """
    latest = [(0, 1, note)]
    is_stopped = threading.Event()
    outcome: Future[T] = Future()

    def tell(done: int, total: int, told: str) -> None:
        if is_stopped.is_set():
            raise Cancelled
        latest[0] = (done, total, told)

    def run() -> None:
        try:
            outcome.set_result(work(tell))
        except BaseException as e:  # noqa: BLE001 - it rises in the thread that waits
            outcome.set_exception(e)

    thread = threading.Thread(target=run, name=note, daemon=True)
    thread.start()
    try:
        while not outcome.done():
            progress(*latest[0])
            _wait(outcome, LISTEN_S)
        progress(*latest[0])
    finally:
        is_stopped.set()
    return outcome.result()


def _wait(outcome: "Future[Any]", seconds: float) -> None:
    """Until the outcome is there, at most `seconds`."""
    until = time.monotonic() + seconds
    while not outcome.done() and time.monotonic() < until:
        time.sleep(0.01)
