"""YouTube links in all their forms: which video one names, and that video's address."""

import re
from urllib.parse import parse_qs, urlsplit

from services.errors import AnalysisError

_ID = re.compile(r"[A-Za-z0-9_-]{11}")
# Eleven characters too, but a playlist's player and a channel's, not a video.
_NO_IDS = ("videoseries", "live_stream")
_HOSTS = ("youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com")
_EMBED_HOSTS = ("youtube-nocookie.com", "www.youtube-nocookie.com")
_SHORT_HOSTS = ("youtu.be", "www.youtu.be")
_PATHS = ("shorts", "live", "embed", "v", "e")
_BARE = re.compile(r"((www\.|m\.|music\.)?youtube\.com|(www\.)?(youtu\.be|youtube-nocookie\.com))(/|$)", re.I)


class NotAVideoLink(AnalysisError):
    def __init__(self, link: str):
        shown = link if len(link) <= 80 else link[:79] + "…"
        super().__init__(
            f"'{shown}' is not a link to one YouTube video. "
            "Paste one like https://www.youtube.com/watch?v=doP5UacBlt0, or upload the video file."
        )


def is_link(text: str) -> bool:
    """Whether this is meant as a web address rather than a path."""
    return "://" in text or _BARE.match(text) is not None


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
    elif host in (*_HOSTS, *_EMBED_HOSTS) and folder in _PATHS:
        found = rest.partition("/")[0]
    is_web = address.scheme in ("http", "https") and port in (None, 80, 443)
    if not is_web or not _ID.fullmatch(found) or found in _NO_IDS:
        raise NotAVideoLink(link)
    return found


def watch_address(video: str) -> str:
    """The video's address, rebuilt from its id alone."""
    if not _ID.fullmatch(video):
        raise ValueError(f"video id is {video!r}, expected 11 characters")
    return f"https://www.youtube.com/watch?v={video}"
