"""The connection of one answer of a chat server: what comes is counted, and it can be cut at any moment."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx2  # what the client of chat servers speaks with

from services.errors import AnalysisError, Cancelled

MAX_BYTES = 2_000_000  # of an answer; 20,000 characters in pieces of a few take a tenth of it
_DONE = re.compile(rb"[\r\n]data: ?\[DONE\]")
_TAIL_BYTES = 32  # enough to see [DONE] where it comes in two parts


class Wire:
    """Holds what one answer needs: its hooks go into an httpx2.Client that is used for it alone."""

    def __init__(self) -> None:
        self.is_done = False  # the server has said that the answer is at its end
        self._is_cut = threading.Event()
        self._sockets: list[Any] = []

    @property
    def hooks(self) -> dict[str, list[Any]]:
        return {"request": [self._before_asking], "response": [self._before_reading]}

    def cut(self) -> None:
        """End the answer, from any thread: who waits for it is woken, and the server hears of it."""
        self._is_cut.set()
        for end in tuple(self._sockets):
            with suppress(OSError):
                socket.socket.shutdown(end, socket.SHUT_RDWR)  # of the plain socket below TLS too

    def _before_asking(self, request: httpx2.Request) -> None:
        self._stop_if_cut()
        request.headers["Accept-Encoding"] = "identity"  # so that what is counted is what is kept
        request.extensions["trace"] = self._hear

    def _hear(self, event: str, info: dict[str, Any]) -> None:
        """Keep the socket of every connection; the client tells of it before the first byte is sent."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            end = info["return_value"].get_extra_info("socket")
            self._sockets += [end] if isinstance(end, socket.socket) else []
            self._stop_if_cut()

    def _before_reading(self, response: httpx2.Response) -> None:
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise AnalysisError(
                "The chat server sends its answers compressed though it is asked not to. Turn compression "
                "off there, or in the proxy before it."
            )
        response.stream = _Counted(response.stream, self, is_error=not response.is_success)

    def parts(self, stream: Any, *, is_error: bool) -> Iterator[bytes]:
        """What the server sends. Raises AnalysisError where it is too much; an error's text just ends."""
        n_bytes, tail = 0, b"\n"
        for part in stream:
            self._stop_if_cut()
            n_bytes += len(part)
            if n_bytes > MAX_BYTES:
                if is_error:
                    return
                raise AnalysisError(
                    f"The chat server sent more than {MAX_BYTES // 10**6} MB for one answer, so it was cut "
                    "off. Look at its own messages, or choose another model."
                )
            self.is_done = self.is_done or bool(_DONE.search(tail + part))
            tail = (tail + part)[-_TAIL_BYTES:]
            yield part

    def _stop_if_cut(self) -> None:
        if self._is_cut.is_set():
            raise Cancelled  # which the client does not try again


class _Counted(httpx2.SyncByteStream):
    """The body of a response on its way through a Wire; the client takes none but its own kind."""

    def __init__(self, stream: Any, wire: Wire, *, is_error: bool):
        self._stream, self._wire, self._is_error = stream, wire, is_error

    def __iter__(self) -> Iterator[bytes]:
        return self._wire.parts(self._stream, is_error=self._is_error)

    def close(self) -> None:
        self._stream.close()
