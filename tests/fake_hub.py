"""A local server that answers as huggingface.co does for one model, owner/model."""

import json
import threading
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

COMMIT = "c0ffee" + "0" * 34
WEIGHTS = bytes(range(256)) * 4000  # 1 MB
FILES = {
    "config.json": b"{}",
    "tokenizer.json": b"{}",
    "README.md": b"#",
    "code.py": b"raise SystemExit",
    "pytorch_model.bin": b"old",
    "model.safetensors": WEIGHTS,
}


@dataclass
class FakeHub:
    """Gives the files, or refuses, breaks off and misleads as told; keeps what it was asked."""

    files: dict[str, bytes] = field(default_factory=lambda: dict(FILES))
    refusal: tuple[int, str] | None = None  # status and X-Error-Code
    refused_files: tuple[str, ...] = ()  # those that the refusal is for; none: the whole model
    breaks_at: int = 0  # bytes of the weights after which the connection ends, once
    is_xet: bool = False
    page: bytes = b""  # what anything is answered with, as a network's log-in page
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> "FakeHub":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, hub: FakeHub, *args: Any):
        self.hub = hub
        super().__init__(*args)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        span = self.headers.get("Range", "")
        self.hub.asked.append(f"{self.command} {path} {span}".strip())
        name = path.partition(f"/resolve/{COMMIT}/")[2]
        if self.hub.page:
            self.answer(self.hub.page)
        elif self.hub.refusal and (name in self.hub.refused_files or not self.hub.refused_files):
            self.answer(b"", self.hub.refusal[0], {"X-Error-Code": self.hub.refusal[1]})
        elif path.startswith("/api/models/owner/model"):
            names = [{"rfilename": n, "size": len(body)} for n, body in self.hub.files.items()]
            self.answer(json.dumps({"id": "owner/model", "sha": COMMIT, "siblings": names}).encode())
        elif name in self.hub.files:
            self.give(name, int(span.removeprefix("bytes=").rstrip("-") or 0))
        else:
            self.answer(b"", 404, {"X-Error-Code": "EntryNotFound"})

    def give(self, name: str, start: int) -> None:
        body = self.hub.files[name]
        more = {"X-Repo-Commit": COMMIT, "ETag": f'"{name.replace("/", "-")}"'}
        if self.hub.is_xet:
            more |= {"X-Xet-Hash": "a" * 64, "X-Xet-Refresh-Route": f"{self.hub.address}/xet"}
        if start:
            more["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        self.answer(body[start:], 206 if start else 200, more)

    def answer(self, body: bytes, status: int = 200, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **(more or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if 0 < self.hub.breaks_at < len(body):
            body, self.hub.breaks_at, self.close_connection = body[: self.hub.breaks_at], 0, True
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...
