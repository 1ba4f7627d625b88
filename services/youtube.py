"""YouTube: reads links, fetches a video without its sound (yt-dlp) and its captions."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from services.captions import transcript_of_rows
from services.errors import AnalysisError
from services.languages import preferred_tracks
from services.records import Progress, Transcript, VideoFile, quiet
from services.youtube_errors import (
    YouTubeTrouble,
    trouble_of_captions,
    trouble_of_download,
    trouble_of_network,
    unreadable,
)

if TYPE_CHECKING:
    import requests
    from youtube_transcript_api import Transcript as Track
    from youtube_transcript_api import TranscriptList
    from yt_dlp import YoutubeDL

log = logging.getLogger(__name__)

Extract = Callable[["YoutubeDL", str], Any]  # (downloader, address) -> yt-dlp's unprocessed info
_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_HOSTS = ("youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "www.youtube-nocookie.com")
_SHORT_HOSTS = ("youtu.be", "www.youtu.be")
_PATHS = ("shorts", "live", "embed", "v", "e")


class NotAVideoLink(AnalysisError):
    def __init__(self, link: str):
        shown = link if len(link) <= 80 else link[:79] + "…"
        super().__init__(
            f"'{shown}' is not a link to one YouTube video. "
            "Paste one like https://www.youtube.com/watch?v=doP5UacBlt0, or upload the video file."
        )


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    height_px: int = 480  # the model sees 200 × 120; people and text reading see this
    max_bytes: int = 2 * 2**30
    max_duration_s: float = 3 * 3600
    socket_timeout_s: float = 20


def is_link(text: str) -> bool:
    """Whether this is meant as a web address rather than a path."""
    return (
        "://" in text
        or re.match(r"(www\.|m\.|music\.)?(youtube\.com|youtu\.be)(/|$)", text, re.I) is not None
    )


def video_id(link: str) -> str:
    """The 11 characters that name the video of a YouTube link. Raises NotAVideoLink."""
    text = link.strip()
    try:
        address = urlsplit(text if "://" in text else f"https://{text}")
        host, port = (address.hostname or "").rstrip("."), address.port
    except ValueError as e:
        raise NotAVideoLink(link) from e
    folder, _, rest = address.path.strip("/").partition("/")
    found = ""
    if host in _SHORT_HOSTS:
        found = folder
    elif host in _HOSTS and folder == "watch":
        found = parse_qs(address.query).get("v", [""])[0]
    elif host in _HOSTS and folder in _PATHS:
        found = rest.partition("/")[0]
    is_web = address.scheme in ("http", "https") and port in (None, 80, 443)
    if not is_web or not _ID.fullmatch(found):
        raise NotAVideoLink(link)
    return found


def watch_address(video: str) -> str:
    """The video's address, rebuilt from its id alone."""
    if not _ID.fullmatch(video):
        raise ValueError(f"video id is {video!r}, expected 11 characters")
    return f"https://www.youtube.com/watch?v={video}"


def ask_youtube(downloader: "YoutubeDL", address: str) -> Any:
    """What YouTube tells of the video, before a stream is chosen."""
    return downloader.extract_info(address, download=False, process=False)


def fetch_video(
    video: str,
    folder: Path,
    progress: Progress = quiet,
    *,
    limits: DownloadLimits | None = None,
    extract: Extract = ask_youtube,
) -> VideoFile:
    """The video's pictures without sound as a file in `folder`; an interrupted download goes on there.

    video:    11-character id
    progress: hears of bytes; what it raises stops the download at once
    extract:  says which streams there are
    Raises YouTubeTrouble.
    """
    from yt_dlp import YoutubeDL
    from yt_dlp.utils import YoutubeDLError

    limits = limits or DownloadLimits()
    address = watch_address(video)
    try:
        with YoutubeDL(_settings(video, folder, progress, limits)) as downloader:
            info = extract(downloader, address)
            _check_length(video, info, limits)
            done = downloader.process_ie_result(info, download=True)
    except YoutubeDLError as e:
        log.info("%s: %s", video, e)
        raise trouble_of_download(video, e) from e
    downloads = done.get("requested_downloads") or [{}]
    path = Path(downloads[0].get("filepath") or folder / "nothing")
    if not path.is_file():  # yt-dlp skips some videos without a word
        raise YouTubeTrouble(video, "no_stream")
    return VideoFile(
        path=path,
        title=str(done.get("title") or video),
        channel=str(done.get("channel") or done.get("uploader") or ""),
        url=address,
        duration_s=float(done.get("duration") or 0),
        width_px=int(done.get("width") or 0),
        height_px=int(done.get("height") or 0),
    )


class _DebugLog:
    """yt-dlp's talk as debug lines; its failures come as exceptions too, and are told in our words."""

    def debug(self, text: str) -> None:
        log.debug("%s", text)

    warning = error = debug


def _settings(video: str, folder: Path, progress: Progress, limits: DownloadLimits) -> Any:
    """yt-dlp's options: this one video, one stream, so that no ffmpeg is needed."""

    def told(event: dict[str, Any]) -> None:
        done = int(event.get("downloaded_bytes") or 0)
        total = int(event.get("total_bytes") or event.get("total_bytes_estimate") or 0)
        if max(done, total) > limits.max_bytes:
            raise YouTubeTrouble(video, "too_large", f"more than {limits.max_bytes / 1e6:.0f} MB")
        progress(done, max(done, total, 1), f"{done / 1e6:.1f} of {total / 1e6:.1f} MB")

    return {
        "allowed_extractors": ["^youtube$"],
        "noplaylist": True,
        "format": "bv*[vcodec!^=av01]/bv*",  # OpenCV's wheel reads no AV1
        # Up to this size by the shorter side, so that upright videos count alike.
        "format_sort": [f"res:{limits.height_px}", "vcodec:h264", "proto"],
        # The stream's name keeps a later try from going on with another stream's part.
        "outtmpl": {"default": "%(id)s.%(format_id)s.%(ext)s"},
        "paths": {"home": str(folder)},
        "progress_hooks": [told],
        "socket_timeout": limits.socket_timeout_s,
        "retries": 3,
        "fragment_retries": 3,
        "extractor_retries": 1,
        "fixup": "never",
        "updatetime": False,
        "cachedir": False,
        "quiet": True,
        "noprogress": True,
        "logger": _DebugLog(),
        "js_runtimes": {"deno": {"path": _deno()}},  # YouTube's streams need JavaScript to be found
    }


def _deno() -> str | None:
    """The deno that installs as a package; None lets yt-dlp look for one on the PATH."""
    try:
        from deno import find_deno_bin

        return str(find_deno_bin())
    except (ImportError, FileNotFoundError):
        return None


def _check_length(video: str, info: dict[str, Any], limits: DownloadLimits) -> None:
    if info.get("is_live") or info.get("live_status") in ("is_live", "is_upcoming"):
        raise YouTubeTrouble(video, "live")
    duration_s = float(info.get("duration") or 0)
    if duration_s > limits.max_duration_s:
        detail = f"{duration_s / 60:.0f} minutes, and at most {limits.max_duration_s / 60:.0f} are fetched"
        raise YouTubeTrouble(video, "too_long", detail)


def fetch_captions(video: str, language: str, *, session: "requests.Session | None" = None) -> Transcript:
    """The video's captions in this language: those that people wrote before YouTube's automatic ones.

    video:   11-character id
    session: what the requests go through
    Raises YouTubeTrouble.
    """
    import requests
    from youtube_transcript_api import CouldNotRetrieveTranscript, YouTubeTranscriptApi

    watch_address(video)
    try:
        listing = YouTubeTranscriptApi(http_client=session or _session()).list(video)
        track = _choose_track(video, language, listing)
        rows = track.fetch().to_raw_data()
    except CouldNotRetrieveTranscript as e:
        raise trouble_of_captions(video, e) from e
    except requests.RequestException as e:
        raise trouble_of_network(video, e) from e
    except (SyntaxError, ValueError, LookupError, TypeError, AttributeError) as e:
        raise unreadable(video) from e  # an answer of another form than the library expects
    return transcript_of_rows(
        rows, track.language_code, f"YouTube: {track.language}", is_generated=track.is_generated
    )


def _choose_track(video: str, language: str, listing: "TranscriptList") -> "Track":
    tracks = list(listing)
    for is_generated in (False, True):
        by_code = {track.language_code: track for track in tracks if track.is_generated == is_generated}
        for code in preferred_tracks(language, by_code):
            return by_code[code]
    there_are = ", ".join(sorted({track.language_code for track in tracks})) or "none"
    raise YouTubeTrouble(video, "no_captions", f"{language}; there are: {there_are}")


def _session() -> "requests.Session":
    import requests
    from requests.adapters import HTTPAdapter

    class TimeLimited(HTTPAdapter):  # the library sets no time-out of its own
        def send(self, *args: Any, **kwargs: Any) -> requests.Response:
            return super().send(*args, **{**kwargs, "timeout": (10, 30)})

    session = requests.Session()
    session.mount("https://", TimeLimited(max_retries=2))
    return session
