"""A local chat server that speaks OpenAI's protocol: SmolLM2's own, or one that answers as told."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WORDS = ("rocket", "tower", "fuel", "dawn", "crew", "ice", "dust", "nest", "vote", "money")
TEN = "\n".join(f"{n}. {word}" for n, word in enumerate(WORDS, 1))


@dataclass
class ChatServer:
    """Streams the answer, or refuses as told; keeps what it was asked."""

    answer: str = TEN
    status: int = 200
    error: str = ""
    max_chars: int = 0  # of a question; longer ones are refused as too long
    delay_s: float = 0.0  # before the first piece
    is_page: bool = False  # gives a web page, as a network's log-in does
    goes_to: str = ""  # sends on to another address
    events: tuple[str, ...] = ()  # what is streamed in the place of the answer, as it is
    reason: str = "stop"  # why the answer ends; "": the connection just closes
    is_endless: bool = False  # the first line, or the error's text, has no end
    is_left: threading.Event = field(default_factory=threading.Event)  # who asked has hung up
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def __enter__(self) -> "ChatServer":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, told: ChatServer, *args: Any):
        self.told = told
        super().__init__(*args)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.told.asked.append(body)
        self.told.keys.append(self.headers.get("Authorization", ""))
        length = sum(len(message["content"]) for message in body["messages"])
        if self.told.goes_to:
            self._give(307, b"", "text/plain", self.told.goes_to)
        elif self.told.is_page:
            self._give(200, b"<html>log in</html>", "text/html")
        elif self.told.max_chars and length > self.told.max_chars:
            self._refuse(400, f"request exceeds the available context size, {length} characters")
        elif self.told.is_endless:
            self.send_response(self.told.status)
            self.end_headers()
            self._pour()
        elif self.told.status != 200:
            self._refuse(self.told.status, self.told.error)
        else:
            self._stream()

    def _refuse(self, status: int, message: str) -> None:
        self._give(status, json.dumps({"error": {"message": message}}).encode(), "application/json")

    def _give(self, status: int, body: bytes, kind: str, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Retry-After-Ms", "1")
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def _pour(self) -> None:
        """Bytes without end and without a line, until who asked hangs up."""
        try:
            while True:
                self.wfile.write(b"data: " + b"x" * 2**16)
        except ConnectionError:
            self.told.is_left.set()

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        time.sleep(self.told.delay_s)
        try:
            for event in self.told.events or self._events():
                self._event(event)
        except ConnectionError:
            return  # who asked has heard enough

    def _events(self) -> Iterator[str]:
        """The answer in pieces of twenty characters, and its end."""
        told = self.told
        for start in range(0, len(told.answer), 20):
            yield piece(told.answer[start : start + 20])
        if told.reason:
            yield piece("", told.reason)
            yield "[DONE]"

    def _event(self, data: str) -> None:
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None: ...


def piece(text: str, reason: str | None = None) -> str:
    """One event of a stream, as JSON."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": reason}
    return json.dumps({"id": "1", "choices": [choice]})


@contextmanager
def smollm_server() -> Iterator[str]:
    """Address of llama.cpp's own server with the packaged SmolLM2 behind it."""
    import xllamacpp

    from services import backends
    from services.tag_smollm import weights_file

    settings = xllamacpp.CommonParams()
    settings.model.path = str(weights_file(backends.find("tags", "smollm2")))
    settings.n_ctx, settings.n_parallel, settings.cpuparams.n_threads = 2048, 1, 1
    settings.warmup, settings.verbosity = False, -1
    server = xllamacpp.Server(settings)
    yield f"{server.listening_address}/v1"
    del server
