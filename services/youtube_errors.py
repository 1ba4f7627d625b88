"""What YouTube's refusals mean for the analyst: one sentence and a way on for each."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.errors import AnalysisError

if TYPE_CHECKING:
    import requests
    from youtube_transcript_api import CouldNotRetrieveTranscript

_UPLOAD_VIDEO = "Upload the video file and a caption file instead."
_WORDS = {  # code -> what happened, what to do next
    "unreachable": (
        "YouTube cannot be reached from this machine.",
        "Check the network or the proxy (HTTPS_PROXY) and try again, or upload the video and a caption file.",
    ),
    "gone": ("the video was removed, or the link is wrong.", "Check the link, or choose another video."),
    "blocked": (
        "YouTube blocks this machine's address for now.",
        "Wait an hour, set a proxy (HTTPS_PROXY), or upload the video and a caption file.",
    ),
    "sign_in": ("YouTube does not give this video without signing in.", _UPLOAD_VIDEO),
    "region": ("YouTube does not show this video in this machine's country.", _UPLOAD_VIDEO),
    "live": (
        "this is a live stream or premiere that has not ended.",
        "Come back when it is over, or choose another video.",
    ),
    "no_stream": (
        "YouTube offers no video stream that this tool can fetch.",
        "Update yt-dlp and yt-dlp-ejs (YouTube changes often), or upload the video file.",
    ),
    "javascript": (
        "its streams are found by running YouTube's JavaScript, and no JavaScript runtime works here.",
        "Install one (python -m pip install -U deno yt-dlp-ejs), or upload the video file.",
    ),
    "elsewhere": (
        "YouTube sent this tool on to another site, which it does not follow.",
        "Check the link and the network, or upload the video and a caption file.",
    ),
    "too_long": ("the video is too long.", "Choose a shorter one, or cut it and upload the part."),
    "too_large": ("the video is too large.", "Choose a shorter one, or upload a smaller file."),
    "disk_full": ("the disk is full, so the video cannot be saved.", "Free some space and start again."),
    "no_captions": (
        "there are no captions in this language.",
        "Choose one of the languages there are, or upload an .srt or .vtt file.",
    ),
    "token": (
        "YouTube asks for a token that this tool cannot make.",
        "Upload the captions as an .srt or .vtt file.",
    ),
    "refused": ("YouTube did not give what was asked for.", "Try again later, or upload the file instead."),
}
# The first that is found in yt-dlp's message tells the code; the order matters.
_SIGNS = (
    ("elsewhere", r"sent elsewhere"),
    ("disk_full", r"no space left|errno 28|disk quota"),
    ("blocked", r"not a bot|(error |^)(429|403)\b|too many requests|rate.?limited"),
    ("gone", r"terminated|removed"),
    ("sign_in", r"confirm your age|age.?restricted|inappropriate|private|members.only|join this channel"),
    ("region", r"in your country|geo.?restrict|from your location"),
    ("live", r"live event will|premieres? |is upcoming|will begin in|stream is offline"),
    ("no_stream", r"requested format|no video formats|only images|javascript|\bdrm\b|challenge"),
    ("sign_in", r"sign in|log ?in|account|requires payment|purchase|rental"),
    ("gone", r"(error |^)(404|410)\b|unavailable|not available|does not exist|incomplete youtube id"),
    ("unreachable", r"unable to download|timed? ?out|connection|resolve|proxy|\bssl\b|certificate|network"),
)

# yt-dlp only warns of these, goes on, and ends with "no video formats".
_CAUSES = (
    ("elsewhere", r"sent elsewhere"),
    ("blocked", r"error (429|403)\b|too many requests|not a bot"),
    ("javascript", r"javascript runtime|challenge solving failed"),
)


class YouTubeTrouble(AnalysisError):
    """code: a key of the table above, for those who must tell the cases apart."""

    def __init__(self, video_id: str, code: str, detail: str = ""):
        what, next_step = _WORDS[code]
        if detail:
            what = f"{what.removesuffix('.')} ({detail})."
        super().__init__(f"YouTube video {video_id}: {what} {next_step}")
        self.video_id = video_id
        self.code = code


def trouble_of_download(video_id: str, error: Exception, warnings: Sequence[str] = ()) -> YouTubeTrouble:
    """What a failure of yt-dlp means. warnings: that came before it, for it does not name their cause."""
    # "ERROR: [youtube] dQw4w9WgXcQ: Private video. Sign in …; see https://…"
    reason = re.sub(r"\x1b\[[\d;]*m|^ERROR:\s*|\[youtube\]\s*|[\w-]{11}:\s", "", str(error)).strip()
    for code, sign in _SIGNS:
        if re.search(sign, reason, re.IGNORECASE):
            return YouTubeTrouble(video_id, _cause(warnings) if code == "no_stream" else code)
    return YouTubeTrouble(video_id, "refused", _short(reason))


def _cause(warnings: Sequence[str]) -> str:
    """Why there is no stream, by what was warned of before."""
    told = "\n".join(warnings)
    return next((code for code, sign in _CAUSES if re.search(sign, told, re.IGNORECASE)), "no_stream")


def trouble_of_captions(video_id: str, error: "CouldNotRetrieveTranscript") -> YouTubeTrouble:
    """What a refusal met by youtube-transcript-api means."""
    import youtube_transcript_api as api

    if isinstance(error, api.RequestBlocked):  # IpBlocked too
        return YouTubeTrouble(video_id, "blocked")
    if isinstance(error, api.TranscriptsDisabled):
        return YouTubeTrouble(video_id, "no_captions", "there are none at all")
    if isinstance(error, api.VideoUnavailable | api.InvalidVideoId):
        return YouTubeTrouble(video_id, "gone")
    if isinstance(error, api.AgeRestricted):
        return YouTubeTrouble(video_id, "sign_in")
    if isinstance(error, api.PoTokenRequired):
        return YouTubeTrouble(video_id, "token")
    if isinstance(error, api.VideoUnplayable):
        return trouble_of_download(video_id, Exception(error.reason or "no reason given"))
    if isinstance(error, api.YouTubeRequestFailed):
        return trouble_of_download(video_id, Exception(error.reason))
    return YouTubeTrouble(video_id, "refused", _short(error.cause))


def trouble_of_network(video_id: str, error: "requests.RequestException") -> YouTubeTrouble:
    """What a failure of the connection means."""
    import requests

    from services.youtube_reach import SentElsewhere

    if isinstance(error, requests.exceptions.InvalidJSONError):
        return unreadable(video_id)
    if isinstance(error, SentElsewhere):
        return trouble_of_download(video_id, error)
    return YouTubeTrouble(video_id, "unreachable")


def unreadable(video_id: str) -> YouTubeTrouble:
    return YouTubeTrouble(video_id, "refused", "its answer cannot be read")


def _short(reason: str) -> str:
    first = (reason.splitlines() or [""])[0].rstrip(". ")
    return first if len(first) <= 120 else first[:119] + "…"
