"""Work in a thread gives its result or its error, and Stop is heard while it says nothing."""

import threading
import time

import pytest

from services.errors import Cancelled
from services.listening import Tell, while_listening
from services.records import quiet


def test_the_work_s_result_comes_back_and_its_last_word_is_told():
    heard: list[tuple[int, int, str]] = []

    def work(tell: Tell) -> str:
        tell(3, 3, "done")
        return "result"

    assert while_listening(work, lambda *told: heard.append(told), "waiting") == "result"
    assert heard[-1] == (3, 3, "done")


def test_the_work_s_error_rises():
    def work(tell: Tell) -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        while_listening(work, quiet, "waiting")


def test_stop_is_heard_while_the_work_is_silent_and_the_work_hears_of_it_at_its_next_word():
    has_heard, is_let_go = threading.Event(), threading.Event()

    def work(tell: Tell) -> None:
        is_let_go.wait(10)
        try:
            tell(1, 2, "still here")
        except Cancelled:
            has_heard.set()

    def stop(done: int, total: int, note: str) -> None:
        raise Cancelled

    started = time.monotonic()
    with pytest.raises(Cancelled):
        while_listening(work, stop, "waiting")
    assert time.monotonic() - started < 1
    is_let_go.set()
    assert has_heard.wait(2)
