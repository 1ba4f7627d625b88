"""Tags by a chat server: answers, refusals in one sentence, the key that nobody sees."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services import backends, tag_server
from services.context import Context
from services.errors import AnalysisError, Cancelled
from services.material import Material
from services.recipe import Tagging
from services.records import FrameDescription
from services.tag_asking import asked_tags
from services.tag_server_settings import KEY, MODEL, URL, hand_on, server_settings
from services.taggers import tag_model
from tests.chat_server import TEN, ChatServer, piece, smollm_server

SECRET = "sk-very-secret-0123456789"
SETTINGS = Tagging("server", n_tags=10)
SAID = ("The rocket stands on its launch pad before dawn.", "Engineers have filled the tanks with fuel.")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (URL, MODEL, KEY):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with ChatServer() as running:
        monkeypatch.setenv(URL, running.address)
        monkeypatch.setenv(MODEL, "tiny")
        monkeypatch.setenv(KEY, SECRET)
        yield running


def keep_in(kept: list[str]) -> Callable[[str, Callable[[], Any]], Any]:
    """A remember() that keeps the answers' texts, too."""

    def remember(name: str, compute: Callable[[], Any]) -> Any:
        found = compute()
        kept.append(found[0])
        return found

    return remember


def material(*said: str) -> Material:
    frames = (FrameDescription(0, "a rocket", (), ()),)
    return Material(0, said, (1.0,) * len(said), frames)


def ask(ctx: Context, part: Material | None = None, name: str = "server"):
    model = tag_model(backends.find("tags", name))
    return asked_tags([part or material(*SAID)], model, SETTINGS, "use", ctx)[0]


def test_the_servers_tags_come_back_with_model_seed_and_temperature_as_asked(server: ChatServer, ctx):
    found = ask(ctx)
    assert found.draws[0][:3] == ("rocket", "tower", "fuel")
    assert set(found.sources) == {"model"}
    assert server.asked[0]["model"] == "tiny"
    assert server.asked[0]["temperature"] == 0.9
    assert isinstance(server.asked[0]["seed"], int)
    assert server.asked[0]["messages"][1]["content"].startswith("Text caption: The rocket stands")
    assert server.keys == [f"Bearer {SECRET}"]


def test_the_model_is_part_of_the_backends_name_and_another_one_may_be_named(server: ChatServer, ctx):
    assert backends.find("tags", "server").name == "server:tiny"
    ask(ctx, name="server:qwen2.5:7b")
    assert server.asked[0]["model"] == "qwen2.5:7b"


def test_a_question_that_is_too_long_is_asked_with_fewer_texts(server: ChatServer, ctx):
    server.max_chars = 3000
    long = material(*(f"Segment {n} tells of the rocket and of the weather." for n in range(200)))
    found = ask(ctx, long)
    assert len(server.asked) >= 2
    assert 0 < found.share_read < 0.5


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"status": 401, "error": f"wrong key {SECRET}"}, "refuses the key"),
        ({"status": 403, "error": "no"}, "refuses the key"),
        ({"status": 404, "error": "no such model"}, "knows no model 'tiny'"),
        ({"status": 429, "error": "slow down"}, "is busy"),
        ({"status": 500, "error": f"oops {SECRET}"}, "answered with an error"),
        ({"status": 400, "error": f"bad field {SECRET}"}, "answered with an error"),
        ({"max_chars": 10}, "reads too little"),
        ({"answer": " "}, "answered with nothing"),
        ({"is_page": True}, "answered with nothing"),
        (
            {"goes_to": "http://127.0.0.1:9/v1"},
            r"sends elsewhere \(307: http://127.0.0.1:9/v1\).*Set DIPTYCH_",
        ),
        ({"status": 401, "is_endless": True}, "refuses the key"),
        ({"is_endless": True}, "more than 2 MB"),
        ({"events": ("[" * 200_000,)}, r"does not answer as a chat server does\. Check"),
    ],
)
def test_a_refusal_is_one_sentence_without_the_key(server: ChatServer, ctx, told, sentence, caplog):
    caplog.set_level(logging.INFO)
    for name, value in told.items():
        setattr(server, name, value)
    with pytest.raises(AnalysisError, match=sentence) as refused:
        ask(ctx)
    assert SECRET not in str(refused.value)
    assert SECRET not in caplog.text
    assert len(server.asked) <= 2 * (1 + tag_server.RETRIES)


def test_a_server_that_is_not_there_is_told(monkeypatch, ctx):
    monkeypatch.setenv(URL, "http://127.0.0.1:9/v1")
    monkeypatch.setenv(MODEL, "tiny")
    with pytest.raises(AnalysisError, match="cannot be reached"):
        ask(ctx)


def test_stop_is_heard_while_the_server_is_silent(server: ChatServer, tmp_path):
    server.delay_s = 20

    def stop(done: int, total: int, note: str) -> None:
        if server.asked:
            raise Cancelled

    began = time.monotonic()
    with pytest.raises(Cancelled):
        ask(Context(tmp_path, lambda name, compute: compute(), stop))
    assert time.monotonic() - began < server.delay_s  # not a speed: it did not wait for the answer


def test_stop_hangs_up_on_a_server_that_sends_without_end(server: ChatServer, tmp_path, monkeypatch):
    monkeypatch.setattr("services.tag_server_wire.MAX_BYTES", 2**40)
    server.is_endless = True
    _ask_and_stop(server, tmp_path)
    assert server.is_left.wait(20)
    _wait_for_readers()


def test_stop_hangs_up_on_a_silent_server_and_does_not_ask_again(server: ChatServer, tmp_path):
    server.delay_s = 60
    _ask_and_stop(server, tmp_path)
    _wait_for_readers()
    assert len(server.asked) == 1


def _ask_and_stop(server: ChatServer, folder: Path) -> None:
    def stop(done: int, total: int, note: str) -> None:
        if server.asked:
            raise Cancelled

    with pytest.raises(Cancelled):
        ask(Context(folder, lambda name, compute: compute(), stop))


def _wait_for_readers() -> None:
    """Fails if a thread still reads an answer after half a minute."""
    for thread in threading.enumerate():
        if "_read" in thread.name:
            thread.join(30)
            assert not thread.is_alive()


@pytest.mark.parametrize(
    ("events", "tag"),
    [
        ((piece("1. \ud800 moon"), piece("", "stop")), "moon"),
        ((piece("1. \ud83c"), piece("\udf15 moon"), piece("", "stop")), "🌕 moon"),
    ],
)
def test_halves_of_characters_are_joined_or_left_out(server: ChatServer, tmp_path, events, tag):
    server.events = events
    kept: list[str] = []
    assert ask(Context(tmp_path, keep_in(kept))).draws[0][0] == tag
    assert kept[0].encode()


@pytest.mark.parametrize(
    ("answer", "reason", "kept_text"),
    [
        ("1. moon landing\n2. lunar du", "", "1. moon landing\n"),
        ("1. moon landing\n2. lunar du", "length", "1. moon landing\n"),
        ("1. moon landing\n2. lunar dust", "stop", "1. moon landing\n2. lunar dust"),
        ("1. moon landing\n2. lunar dust", "eos_token", "1. moon landing\n2. lunar dust"),
    ],
)
def test_a_half_tag_is_neither_taken_nor_remembered(server: ChatServer, tmp_path, answer, reason, kept_text):
    server.answer, server.reason = answer, reason
    kept: list[str] = []
    found = ask(Context(tmp_path, keep_in(kept)))
    assert kept == [kept_text, kept_text]
    assert "lunar du" not in found.draws[0]


def test_a_stream_that_only_says_done_is_whole(server: ChatServer, tmp_path):
    server.events = (piece("1. moon landing\n2. lunar dust"), "[DONE]")
    kept: list[str] = []
    ask(Context(tmp_path, keep_in(kept)))
    assert kept[0] == "1. moon landing\n2. lunar dust"


def test_a_list_goes_before_what_is_guessed_from_plain_lines(monkeypatch, tmp_path):
    answers = iter([["They stand there, on the pad, in the dark", 1.0], [TEN, 1.0]])
    monkeypatch.setenv(URL, "http://127.0.0.1:9/v1")
    monkeypatch.setenv(MODEL, "tiny")
    found = ask(Context(tmp_path, lambda name, compute: next(answers)))
    assert found.draws[0][:2] == ("rocket", "tower")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://host/v1",
        "127.0.0.1:8080",
        "http://",
        "http://user:pw@host/v1",
        "http://[x",
    ],
)
def test_an_address_that_is_no_web_address_is_refused(monkeypatch, url):
    monkeypatch.setenv(URL, url)
    monkeypatch.setenv(MODEL, "tiny")
    with pytest.raises(AnalysisError, match="no address of a chat server"):
        server_settings()
    assert not backends.is_present(backends.find("tags", "server"))


def test_without_an_address_the_way_to_set_one_is_told(ctx):
    assert not backends.is_present(backends.find("tags", "server"))
    with pytest.raises(AnalysisError, match=f"Set {URL}"):
        ask(ctx, name="server:tiny")


def test_secrets_are_handed_on_but_the_environment_wins(monkeypatch):
    monkeypatch.setenv(URL, "http://here/v1")
    monkeypatch.setenv(MODEL, "")  # so that what is handed on goes away again
    monkeypatch.delenv(MODEL)
    monkeypatch.setenv(KEY, "")
    monkeypatch.delenv(KEY)
    hand_on({"url": "http://there/v1", "model": "tiny", "key": SECRET, "other": 3})
    settings = server_settings()
    assert (settings.url, settings.model, settings.key) == ("http://here/v1", "tiny", SECRET)
    assert SECRET not in repr(settings)


@pytest.mark.models
def test_a_real_model_answers_behind_a_real_server(monkeypatch, tmp_path):
    answers: list[str] = []
    with smollm_server() as address:
        monkeypatch.setenv(URL, address)
        monkeypatch.setenv(MODEL, "smollm2")
        found = ask(Context(tmp_path, keep_in(answers)))
    assert all(any(c.isalpha() for c in answer) for answer in answers)
    # So small a model seldom writes a list of ten: what lacks is filled up, and marked so.
    assert len(found.draws[0]) >= 8
    assert len(found.sources) == len(found.draws[0])
