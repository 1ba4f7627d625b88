"""A folder of pictures that stands for a video: which files count, in which order, opened safely."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from services.errors import AnalysisError

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
MAX_PIXELS = 64_000_000  # 8K video has 33 million; more is a mistake or an attack on the memory


class BadPicture(AnalysisError):
    def __init__(self, path: Path, what: str):
        super().__init__(
            f"{path.name}: {what} Take it out of the folder or save it anew, then add the folder again."
        )
        self.path = path


def picture_files(folder: Path) -> list[Path]:
    """The folder's pictures in natural order: 2.jpg before 10.jpg. Raises AnalysisError if there is none."""
    try:
        found = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file()]
    except OSError as e:
        raise AnalysisError(
            f"The folder {folder} cannot be read ({e.strerror}). Check the path, or add the folder again."
        ) from e
    found = [path for path in found if not path.name.startswith(".")]
    if not found:
        raise AnalysisError(
            f"The folder {folder} holds no pictures. Choose one with {', '.join(SUFFIXES)} files, or a video."
        )
    return sorted(found, key=_natural)


def open_picture(path: Path) -> "Image":
    """The picture as upright RGB. Raises BadPicture if it is damaged or too large."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path, formats=("JPEG", "PNG", "WEBP", "BMP")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise BadPicture(
                    path, f"it has {picture.width} × {picture.height} pixels, too many to work with."
                )
            return ImageOps.exif_transpose(picture).convert("RGB")
    except Image.DecompressionBombError as e:
        raise BadPicture(path, "it has too many pixels to work with.") from e
    except FileNotFoundError as e:
        raise AnalysisError(f"{path} is no longer there. Put it back, or add the folder again.") from e
    except (OSError, SyntaxError, ValueError) as e:  # what Pillow raises for damaged files
        raise BadPicture(path, "it is not a picture that can be read.") from e


def _natural(path: Path) -> tuple[list[tuple[int, str]], str]:
    pieces = re.findall(r"\d+|\D+", path.name.lower())
    return [(int(p), "") if p.isdecimal() else (-1, p) for p in pieces], path.name
