"""A local server that answers as YouTube does: watch page, player, captions, and streams."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import HTTPAdapter

from services.youtube_reach import youtube_session

YOUTUBE = "https://www.youtube.com"
STREAMS = "https://rr1---sn-local.googlevideo.com"
WATCH_PAGE = (
    '<html><script>ytcfg.set({"INNERTUBE_API_KEY":"local-key",'
    '"INNERTUBE_CONTEXT":{"client":{"clientName":"WEB","clientVersion":"2.20260101"}}});</script></html>'
)
CAPTCHA_PAGE = '<html><form><div class="g-recaptcha"></div></form></html>'


@dataclass(frozen=True)
class Answer:
    body: bytes
    status: int = 200
    delay_s: float = 0.0  # before each block of 64 kB
    location: str = ""  # where the answer sends on to


class FakeYouTube:
    """Knows the videos it was told of; counts what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def session(self) -> requests.Session:
        """The real session that reaches YouTube alone, whose requests to YouTube come here."""
        session = youtube_session()
        session.trust_env = False
        for host in (YOUTUBE, STREAMS):
            session.mount(host, _Redirect(host, self.address))
        return session

    def add_player(
        self,
        video: str,
        *,
        status: str = "OK",
        reason: str = "",
        tracks: Sequence[Mapping[str, Any]] | None = None,
        page: Answer | None = None,
    ) -> None:
        """A video; without `tracks` its captions are turned off."""
        self.answers[f"/watch?{video}"] = page or Answer(WATCH_PAGE.encode())
        data: dict[str, Any] = {"playabilityStatus": {"status": status, "reason": reason}}
        if tracks is not None:
            data["captions"] = {"playerCaptionsTracklistRenderer": {"captionTracks": list(tracks)}}
        self.answers[f"/embed/{video}"] = Answer(WATCH_PAGE.encode())
        self.answers[f"/player?{video}"] = Answer(json.dumps(data).encode())

    def add_track(
        self,
        language: str,
        lines: Sequence[tuple[float, float, str]],
        *,
        is_generated: bool = False,
        needs_token: bool = False,
    ) -> dict[str, Any]:
        """A caption track of (start, duration, text) lines, in the form the player lists it."""
        name = f"/api/timedtext/{language}{'-asr' if is_generated else ''}"
        rows = "".join(f'<text start="{s}" dur="{d}">{escape(text)}</text>' for s, d, text in lines)
        self.answers[name] = Answer(
            f'<?xml version="1.0" encoding="utf-8" ?><transcript>{rows}</transcript>'.encode()
        )
        track: dict[str, Any] = {
            "baseUrl": f"https://www.youtube.com{name}?v=x{'&exp=xpe' if needs_token else ''}",
            "name": {"runs": [{"text": f"{language} captions"}]},
            "languageCode": language,
            "isTranslatable": False,
        }
        return {**track, "kind": "asr"} if is_generated else track

    def add_stream(self, name: str, body: bytes, *, status: int = 200, delay_s: float = 0.0) -> str:
        """The address of a file that this server gives."""
        self.answers[f"/streams/{name}"] = Answer(body, status, delay_s)
        return f"{STREAMS}/streams/{name}"

    def add_redirect(self, name: str, target: str) -> None:
        """Answer requests for `name` by sending them on to `target`."""
        self.answers[name] = Answer(b"", 302, location=target)

    def telling(self, video: str, *streams: Mapping[str, Any], **more: Any) -> Callable[[Any, str], Any]:
        """An `extract` for fetch_video that tells of these streams, as yt-dlp's YouTube extractor would."""

        def extract(downloader: Any, address: str) -> dict[str, Any]:
            return {
                "id": video,
                "title": "Officials / sound: the *alarm*",
                "channel": "CBS Mornings",
                "duration": 20,
                "upload_date": "20220204",
                "extractor": "youtube",
                "extractor_key": "Youtube",
                "webpage_url": address,
                "formats": [dict(stream) for stream in streams],
                **more,
            }

        return extract

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                video = parse_qs(parts.query).get("v", [""])[0]
                self._answer(f"/watch?{video}" if parts.path == "/watch" else parts.path)

            def do_POST(self) -> None:
                data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._answer(f"/player?{data['videoId']}")

            def _answer(self, name: str) -> None:
                fake.asked.append(name)
                answer = fake.answers.get(name, Answer(b"", 404))
                first = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
                self.send_response(206 if first else answer.status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(answer.body) - first))
                if answer.location:
                    self.send_header("Location", answer.location)
                if first:
                    self.send_header(
                        "Content-Range", f"bytes {first}-{len(answer.body) - 1}/{len(answer.body)}"
                    )
                self.end_headers()
                try:
                    for start in range(first, len(answer.body), 65536):
                        time.sleep(answer.delay_s)
                        self.wfile.write(answer.body[start : start + 65536])
                except ConnectionError:
                    return  # the client has stopped, as a cancelled download does

            def log_message(self, format: str, *args: Any) -> None:
                return

        return Handler


def stream(url: str, height: int, **more: Any) -> dict[str, Any]:
    """A picture stream as yt-dlp lists it."""
    return {
        "format_id": str(height),
        "url": url,
        "ext": "mp4",
        "vcodec": "avc1.4d401e",
        "acodec": "none",
        "width": height * 16 // 9,
        "height": height,
        "protocol": "https",
        **more,
    }


def sound(url: str, **more: Any) -> dict[str, Any]:
    """A sound stream as yt-dlp lists it."""
    return stream(
        url, 0, **{"format_id": "140", "ext": "m4a", "vcodec": "none", "acodec": "mp4a.40.2", **more}
    )


class _Redirect(HTTPAdapter):
    """Sends what is meant for a host of YouTube's to a local address."""

    def __init__(self, host: str, address: str):
        super().__init__()
        self._host, self._address = host, address

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = (request.url or "").replace(self._host, self._address)
        return super().send(request, *args, **kwargs)
