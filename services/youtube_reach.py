"""How far a pasted link may reach: to YouTube's own hosts, through every redirect too."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from yt_dlp import YoutubeDL
from yt_dlp.networking._requests import RequestsRH

# Pages and captions, streams, and the interface that some of YouTube's own players ask.
HOSTS = ("youtube.com", "youtube-nocookie.com", "googlevideo.com", "youtubei.googleapis.com")
_BLOCK_PAGE = ("www.google.com", "/sorry/")  # where Google sends addresses that it takes for robots
TIMEOUT_S = (10.0, 30.0)  # to connect, between two pieces of an answer


class SentElsewhere(requests.RequestException):
    """An address outside YouTube was to be fetched; it was not. is_block_page: Google's "unusual traffic"."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self.host = parts.hostname or "nowhere"
        self.is_block_page = (self.host, parts.path[:7]) == _BLOCK_PAGE
        told = "too many requests" if self.is_block_page else f"sent elsewhere: {self.host}"
        super().__init__(told)


def require_youtube(url: str) -> None:
    """Raises SentElsewhere unless this is an HTTPS address of YouTube's."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    is_youtubes = any(host == known or host.endswith(f".{known}") for known in HOSTS)
    if parts.scheme != "https" or parts.port not in (None, 443) or not is_youtubes:
        raise SentElsewhere(url)


class Gate(BaseAdapter):
    """Lets requests pass to YouTube alone. Redirects come through here too, as requests of their own."""

    def __init__(self, inner: BaseAdapter, check: Callable[[], None]):
        super().__init__()
        self._inner, self._check = inner, check

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self._check()
        require_youtube(request.url or "")
        kwargs["timeout"] = kwargs.get("timeout") or TIMEOUT_S  # youtube-transcript-api sets none
        response = self._inner.send(request, *args, **kwargs)
        read = response.raw.read

        def checked_read(*args: Any, **kwargs: Any) -> bytes:
            data: bytes = read(*args, **kwargs)
            self._check()  # after Stop nothing more is written, even if the network wakes up late
            return data

        response.raw.read = checked_read
        return response

    def close(self) -> None:
        self._inner.close()


def youtube_session(check: Callable[[], None] = lambda: None) -> requests.Session:
    """A session that can reach YouTube and nothing else. check: raises to end a request."""
    session = requests.Session()
    gate = Gate(HTTPAdapter(max_retries=2), check)
    session.mount("https://", gate)
    session.mount("http://", gate)
    return session


class YouTubeDownloader(YoutubeDL):
    """yt-dlp behind the gate. session: whose adapters are taken in place of yt-dlp's own."""

    def __init__(
        self, settings: Any, check: Callable[[], None], session: requests.Session | None = None
    ) -> None:
        self._check, self._session = check, session
        super().__init__(settings)

    def build_request_director(self, handlers: Any, preferences: Any = None) -> Any:
        check, given = self._check, self._session
        plain: Any = RequestsRH

        class GatedRH(RequestsRH):
            def _create_instance(self, cookiejar: Any, legacy_ssl_support: Any = None) -> Any:
                made = plain._create_instance(self, cookiejar, legacy_ssl_support)
                adapters = given.adapters if given else made.adapters
                made.adapters = type(made.adapters)()
                for prefix, adapter in adapters.items():
                    made.mount(prefix, adapter if given else Gate(adapter, check))
                return made

        # The only handler: the others (urllib, curl, websockets) would follow redirects on their own.
        only: Any = [GatedRH]
        return super().build_request_director(only)
