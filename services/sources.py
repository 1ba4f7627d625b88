"""What the analyst brings: links, files and folders as sources, opened when a stage needs them."""

import contextlib
import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from services.captions import read_captions, require_captions
from services.content import blocks, digest_of, digest_of_all
from services.context import Context
from services.errors import AnalysisError
from services.pictures import open_picture, picture_files
from services.recipe import Source, TranscriptChoice
from services.records import Transcript, VideoFile
from services.store import told_in_words
from services.text_origins import open_text
from services.uploads import safe_name
from services.video_container import VideoGone
from services.video_file import probe_video
from services.youtube_captions import fetch_captions
from services.youtube_links import is_link, video_id, watch_address
from services.youtube_video import Extract, ask_youtube, fetch_video

if TYPE_CHECKING:
    import requests


def source_of(text: str) -> Source:
    """The source that a YouTube link, the path of a video or the path of a folder of pictures names.

    A link is not followed and nothing is downloaded. A file or folder is read to its end.
    Raises AnalysisError if it is none of these, or cannot be read.
    """
    given = text.strip().strip("'\"").strip()
    if not given:
        raise AnalysisError("No video is given. Paste a YouTube link, or choose a video file.")
    if is_link(given):
        video = video_id(given)
        return Source("youtube", video, watch_address(video), f"YouTube {video}")
    path = _existing(given)
    if path.is_dir():
        files = picture_files(path)
        open_picture(files[0])
        return Source("frames", digest_of_all(files), str(path), path.name)
    probe_video(path)
    return Source("file", digest_of(blocks(path)), str(path), path.stem)


def captions_of(path: str, language: str) -> TranscriptChoice:
    """The choice of this caption file, after it has been read once. Raises AnalysisError if it cannot be."""
    file = Path(path.strip()).expanduser().absolute()
    require_captions(file, language)
    return TranscriptChoice("captions", language, digest_of(blocks(file)), str(file))


def same_content(left: Source, right: Source) -> bool:
    """Whether two sources are the same video, wherever it lies."""
    return (left.kind, left.digest) == (right.kind, right.digest)


def open_video(
    source: Source,
    ctx: Context,
    *,
    extract: Extract = ask_youtube,
    session: "requests.Session | None" = None,
) -> VideoFile:
    """The source as a file in ctx.folder: fetched from YouTube, or a copy that outlives the original.

    extract: says which streams a YouTube video has
    session: what requests to YouTube go through
    Raises AnalysisError if it cannot be fetched, is gone, or is no longer what it was.
    """
    if source.kind == "youtube":
        video = fetch_video(source.digest, ctx.work, ctx.progress, extract=extract, session=session)
        path = _kept(ctx) / f"{source.digest}{video.path.suffix}"
        os.replace(video.path, path)
        facts = probe_video(path)
        return replace(
            video,
            path=path,
            duration_s=facts.duration_s or video.duration_s,
            width_px=facts.width_px,
            height_px=facts.height_px,
        )
    location = Path(source.location)
    if source.kind == "frames":
        return _open_folder(source, location, ctx)
    path = _kept(ctx) / safe_name(location.name)
    _bring(location, path, source.digest, ctx)
    facts = probe_video(path)
    return VideoFile(path, source.title, "", "", facts.duration_s, facts.width_px, facts.height_px)


def open_transcript(
    video: VideoFile,
    choice: TranscriptChoice,
    source: Source,
    ctx: Context,
    *,
    session: "requests.Session | None" = None,
) -> Transcript:
    """The segments that are spoken or burnt in, of the chosen caption file, or of the YouTube captions.

    session: what requests to YouTube go through
    Raises AnalysisError.
    """
    if choice.origin in ("asr", "subtitles"):
        return open_text(video, choice, ctx)
    if choice.digest:
        file = Path(choice.location)
        transcript = read_captions(file, choice.language, duration_s=video.duration_s)
        if digest_of(blocks(file)) != choice.digest:
            raise _changed(file)
        return transcript
    if source.kind == "youtube":
        return fetch_captions(source.digest, choice.language, ctx.progress, session=session)
    raise AnalysisError(
        f"{video.title} has no captions yet. Choose an .srt or .vtt file for it on the Sources page."
    )


def _existing(given: str) -> Path:
    path = Path(given).expanduser().absolute()
    try:
        is_there = path.is_file() or path.is_dir()
    except (OSError, ValueError):  # a name too long, a zero byte
        is_there = False
    if not is_there:
        shown = given if len(given) <= 120 else given[:119] + "…"
        raise AnalysisError(
            f"'{shown}' is neither a YouTube link nor a file or folder on this machine. "
            "Check the path, or paste the link as it stands in the browser."
        )
    return path


def _kept(ctx: Context) -> Path:
    """An empty folder for what is kept under its own name, which messages then show."""
    folder = ctx.folder / "source"
    shutil.rmtree(folder, ignore_errors=True)
    with told_in_words("The video", ctx.folder):
        folder.mkdir()
    return folder


def _open_folder(source: Source, location: Path, ctx: Context) -> VideoFile:
    if not location.is_dir():
        raise VideoGone(location)
    files = picture_files(location)
    if digest_of_all(files, ctx.progress) != source.digest:
        raise _changed(location)
    folder = _kept(ctx)
    with told_in_words("The pictures", ctx.folder):
        for file in files:
            shutil.copyfile(file, folder / file.name)
    width_px, height_px = open_picture(files[0]).size
    return VideoFile(folder, source.title, "", "", 0.0, width_px, height_px, is_folder=True)


def _bring(location: Path, path: Path, digest: str, ctx: Context) -> None:
    """Make `path` a file with the content that `digest` names."""
    if not location.is_file():
        raise VideoGone(location)
    if location.parent.name == digest:  # an upload, named by its content and never rewritten
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
            os.link(location, path)
            return
    size = location.stat().st_size
    part = ctx.work / "part"
    found = hashlib.blake2b(digest_size=16)
    done = 0
    with told_in_words("The copy of the video", ctx.folder), part.open("wb") as file:
        for block in blocks(location):
            found.update(block)
            file.write(block)
            done += len(block)
            ctx.progress(done, size, f"{done / 1e6:.0f} of {size / 1e6:.0f} MB")
    if found.hexdigest() != digest:
        part.unlink()
        raise _changed(location)
    os.replace(part, path)


def _changed(path: Path) -> AnalysisError:
    return AnalysisError(
        f"{path} has changed since the project was made, so old and new results would be mixed. "
        "Add it again on the Sources page, or put the old one back."
    )
