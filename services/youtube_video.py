"""Fetches a YouTube video's pictures and sound with yt-dlp, behind the gate of services.youtube_reach."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.listening import Tell, while_listening
from services.mux import join_sound
from services.records import Progress, VideoFile, quiet
from services.youtube_errors import YouTubeTrouble, trouble_of_download
from services.youtube_links import watch_address

if TYPE_CHECKING:
    import requests
    from yt_dlp import YoutubeDL

log = logging.getLogger(__name__)

Extract = Callable[["YoutubeDL", str], Any]  # (downloader, address) -> yt-dlp's unprocessed info
# AV1 takes longest to decode. Sound comes as a file of its own: yt-dlp would need ffmpeg to join them.
FORMAT = "bv*[vcodec!^=av01]/bv*,ba[ext=m4a]/ba"
_SAME_BOX = {(".mp4", ".m4a"): ".mp4", (".webm", ".webm"): ".webm"}  # else .mkv, which takes every codec


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    height_px: int = 480  # the model sees 200 × 120; people and text reading see this
    max_bytes: int = 2 * 2**30
    max_duration_s: float = 3 * 3600
    socket_timeout_s: float = 20


def ask_youtube(downloader: "YoutubeDL", address: str) -> Any:
    """What YouTube tells of the video, before streams are chosen."""
    return downloader.extract_info(address, download=False, process=False)


def fetch_video(
    video: str,
    folder: Path,
    progress: Progress = quiet,
    *,
    limits: DownloadLimits | None = None,
    extract: Extract = ask_youtube,
    session: "requests.Session | None" = None,
) -> VideoFile:
    """The video with its sound, if it has any, as a file in `folder`; an interrupted download goes on there.

    video:    11-character id
    progress: hears of bytes; what it raises stops the download within half a second, also in a silent network
    extract:  says which streams there are
    session:  what the requests go through; None reaches YouTube and nothing else
    Raises YouTubeTrouble.
    """
    limits = limits or DownloadLimits()
    address = watch_address(video)

    def work(tell: Tell) -> dict[str, Any]:
        return _downloaded(video, folder, tell, limits, extract, session)

    done = while_listening(work, progress, "asking YouTube")
    files = [
        Path(part.get("filepath") or folder / "nothing") for part in done.get("requested_downloads") or ()
    ]
    if not files or not files[0].is_file():  # yt-dlp skips some videos without a word
        raise YouTubeTrouble(video, "no_stream")
    shown = done["requested_downloads"][0]
    return VideoFile(
        path=_joined(files, shown, folder / video, progress),
        title=str(done.get("title") or video),
        channel=str(done.get("channel") or done.get("uploader") or ""),
        url=address,
        duration_s=float(done.get("duration") or 0),
        width_px=int(shown.get("width") or 0),
        height_px=int(shown.get("height") or 0),
        published=_date(done.get("upload_date")),
    )


def _downloaded(
    video: str,
    folder: Path,
    tell: Tell,
    limits: DownloadLimits,
    extract: Extract,
    session: "requests.Session | None",
) -> dict[str, Any]:
    """yt-dlp's info after the download."""
    from yt_dlp.utils import YoutubeDLError

    from services.youtube_reach import YouTubeDownloader

    talk = _Talk()

    def check() -> None:
        tell(0, 1, "asking YouTube")

    try:
        with YouTubeDownloader(_settings(video, folder, tell, limits, talk), check, session) as downloader:
            info = extract(downloader, watch_address(video))
            _check_length(video, info, limits)
            return dict(downloader.process_ie_result(info, download=True))
    except YoutubeDLError as e:
        log.info("%s: %s", video, e)
        raise trouble_of_download(video, e, talk.warnings) from e


class _Talk:
    """yt-dlp's talk as debug lines; its failures come as exceptions too, and are told in our words."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def debug(self, text: str) -> None:
        log.debug("%s", text)

    def warning(self, text: str) -> None:
        log.debug("%s", text)
        self.warnings.append(text)

    error = debug


def _settings(video: str, folder: Path, tell: Tell, limits: DownloadLimits, talk: _Talk) -> Any:
    """yt-dlp's options: this one video, its pictures and its sound as two files, no program but deno."""

    def told(event: dict[str, Any]) -> None:
        done = int(event.get("downloaded_bytes") or 0)
        total = int(event.get("total_bytes") or event.get("total_bytes_estimate") or 0)
        if max(done, total) > limits.max_bytes:
            raise YouTubeTrouble(video, "too_large", f"more than {limits.max_bytes / 1e6:.0f} MB")
        is_sound = (event.get("info_dict") or {}).get("vcodec") == "none"
        what = "sound" if is_sound else "pictures"
        tell(done, max(done, total, 1), f"{what}, {done / 1e6:.1f} of {total / 1e6:.1f} MB")

    return {
        "allowed_extractors": ["^youtube$"],
        "noplaylist": True,
        "format": FORMAT,
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
        "ffmpeg_location": str(folder / "no ffmpeg"),  # it would fetch streams itself, past the gate
        "updatetime": False,
        "cachedir": False,
        "quiet": True,
        "noprogress": True,
        "logger": talk,
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


def _joined(files: Sequence[Path], shown: dict[str, Any], stem: Path, progress: Progress) -> Path:
    """One file of pictures and sound; the pictures' own where they bring their sound or there is none."""
    if shown.get("vcodec") == "none":
        raise YouTubeTrouble(stem.name, "no_stream")
    if len(files) < 2 or shown.get("acodec") not in (None, "none"):
        return files[0]
    suffix = _SAME_BOX.get((files[0].suffix, files[1].suffix), ".mkv")
    joined = stem.with_suffix(suffix)
    join_sound(files[0], files[1], joined, progress)
    for file in files:
        file.unlink()
    return joined


def _date(told: Any) -> str:
    """20220204 as 2022-02-04."""
    text = str(told or "")
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else ""
