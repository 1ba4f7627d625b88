"""Routes beside the pages: frames, thumbnails, videos (addresses: services.media_urls) and the font."""

import mimetypes
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Route

from services.errors import StageMissing
from services.media_urls import THUMB_WIDTHS_PX
from services.records import Frames, VideoFile
from services.workspace import Workspace

FONTS = Path(__file__).parents[1] / "assets" / "fonts"
FONT = re.compile(r"[0-9A-Za-z-]+\.woff2")
KEY = re.compile(r"[0-9a-f]{32}")
FRAME = re.compile(r"[0-9]{1,6}")
THUMB_QUALITY = 80
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=31536000, immutable",  # a key, or a font's name, names its content
}


def media_routes(ws: Workspace) -> list[BaseRoute]:
    """The routes /files/frames/KEY/FRAME.jpg (?w= for a thumbnail), /files/video/KEY, /files/fonts/NAME."""

    def frame(request: Request) -> FileResponse:
        frames = _result(ws, request, "frames", Frames)
        number = _checked(FRAME, request.path_params["frame"])
        path = frames.path(int(number))
        if "w" in request.query_params:
            path = _thumbnail(ws, path, request.path_params["key"], _width(request.query_params["w"]))
        return _file(path, "image/jpeg")

    def video(request: Request) -> FileResponse:
        file = _result(ws, request, "video", VideoFile)
        kind = mimetypes.guess_type(file.path.name)[0] or ""
        return _file(file.path, kind if kind.startswith("video/") else "application/octet-stream")

    def font(request: Request) -> FileResponse:
        return _file(FONTS / _checked(FONT, request.path_params["name"]), "font/woff2")

    return [
        Route("/files/frames/{key}/{frame}.jpg", frame),
        Route("/files/video/{key}", video),
        Route("/files/fonts/{name}", font),
    ]


def _result(ws: Workspace, request: Request, stage: str, kind: type) -> Any:
    key = _checked(KEY, request.path_params["key"])
    if key not in ws.store or ws.store.meta(key).get("stage") != stage:
        raise HTTPException(404)
    try:
        return ws.store.get(key, kind)
    except StageMissing as e:  # deleted this moment
        raise HTTPException(404) from e


def _checked(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise HTTPException(404)
    return text


def _width(text: str) -> int:
    if not FRAME.fullmatch(text) or int(text) not in THUMB_WIDTHS_PX:
        raise HTTPException(404)
    return int(text)


def _file(path: Path, media_type: str) -> FileResponse:
    """The file, whole or the range that was asked for; 404 when it is gone or a folder."""
    try:
        is_file = path.is_file()
    except OSError:
        is_file = False
    if not is_file:
        raise HTTPException(404)
    return FileResponse(path, headers=HEADERS, media_type=media_type, stat_result=path.stat())


def _thumbnail(ws: Workspace, picture: Path, key: str, width_px: int) -> Path:
    """A smaller copy of the picture, kept beside the results; the picture itself if that is not wider."""
    from PIL import Image

    thumb = ws.store.root / "thumbs" / key[:2] / key / str(width_px) / picture.name
    if thumb.is_file() or not picture.is_file():
        return thumb
    with Image.open(picture) as image:
        if image.width <= width_px:
            return picture
        height_px = max(1, round(image.height * width_px / image.width))
        image.draft("RGB", (width_px, height_px))  # decodes a JPEG at a fraction of its size
        small = image.convert("RGB").resize((width_px, height_px), Image.Resampling.LANCZOS)
    thumb.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, part = tempfile.mkstemp(dir=thumb.parent, suffix=".part")
    with os.fdopen(number, "wb") as file:
        small.save(file, "JPEG", quality=THUMB_QUALITY)
    os.replace(part, thumb)  # two requests may make it at once
    return thumb
