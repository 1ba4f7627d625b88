"""What a model makes of some pairs of its video: drawings of frames, and sentences (paper §3.2.4, §5.1)."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from operator import eq
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crvae.config import ModelConfig
from crvae.records import EmbeddedDataset
from services import codec
from services.records import Preview, Sentence
from services.tokens import spaced

if TYPE_CHECKING:
    from crvae.families import Model
    from crvae.verbalize import Vocabulary

NO_WORD = "…"
N_FRAMES, N_SENTENCES = 8, 4
FRAME_WIDTH_PX = 100  # the strip stays below 60 kB


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands in a sentence on a page.

    gap:      before it, a space or nothing
    text:     an ellipsis where the model names no word
    is_wrong: the model names another word than the true one
    """

    gap: str
    text: str
    is_wrong: bool


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The pairs that are shown of a training, chosen once.

    rows:      of the pictures
    told_rows: of the sentences, some of rows; empty for a model of pictures alone
    """

    dataset: EmbeddedDataset
    rows: list[int]
    told_rows: list[int]
    vocabulary: "Vocabulary | None"

    def preview(self, model: "Model", epoch: int) -> Preview:
        """What the model makes of these pairs now; leaves it in eval mode."""
        from crvae import training

        drawn = training.reconstruct(model, self.dataset, self.rows)
        jpeg = strip_jpeg(self.dataset.images[self.rows], drawn)
        return Preview(epoch, jpeg, self._sentences(model))

    def _sentences(self, model: "Model") -> tuple[Sentence, ...]:
        from crvae.verbalize import UNKNOWN, reconstruct_words, verbalize

        if self.vocabulary is None or not self.told_rows:
            return ()
        data, rows = self.dataset, self.told_rows
        drawn = reconstruct_words(model, data, rows)
        said = verbalize(drawn, data.lengths[rows], self.vocabulary)
        # A word without a vector is drawn rightly when nothing is said in its place.
        true = verbalize(data.word_vectors[rows], data.lengths[rows], self.vocabulary)
        return tuple(
            Sentence(
                row,
                data.tokens[row],
                said=tuple("" if word == UNKNOWN else word for word in words),
                is_right=tuple(map(eq, words, should)),
            )
            for row, words, should in zip(rows, said, true, strict=True)
        )


def shown_of(dataset: EmbeddedDataset, model: ModelConfig) -> Shown:
    """The pairs to show, evenly over the video."""
    rows = shown_rows(len(dataset.images))
    if not model.has_text:
        return Shown(dataset, rows, [], None)
    from crvae.verbalize import vocabulary_of

    told = [row for row in rows if dataset.lengths[row] > 0]
    some = [told[i] for i in _evenly(len(told), N_SENTENCES)]
    return Shown(dataset, rows, some, vocabulary_of(dataset))


def shown_rows(n_pairs: int) -> list[int]:
    """Indices of the pairs in the strip, evenly over the video."""
    return _evenly(n_pairs, N_FRAMES)


def strip_jpeg(originals: NDArray[np.uint8], reconstructions: NDArray[np.uint8]) -> bytes:
    """Two rows of pictures as one JPEG; both (N, 3, H, W) RGB."""
    from PIL import Image

    rows = [np.concatenate(list(images), axis=2) for images in (originals, reconstructions)]  # (3, H, N * W)
    strip = Image.fromarray(np.concatenate(rows, axis=1).transpose(1, 2, 0))
    scale = FRAME_WIDTH_PX / originals.shape[3]
    small = strip.resize((round(strip.width * scale), round(strip.height * scale)), Image.Resampling.BOX)
    file = io.BytesIO()
    small.save(file, "JPEG", quality=75)
    return file.getvalue()


def message(preview: Preview) -> dict[str, Any]:
    """The preview in JSON, to be told by a worker."""
    picture = base64.b64encode(preview.jpeg).decode("ascii")
    return {"epoch": preview.epoch, "jpeg_b64": picture, "sentences": codec.encode(preview.sentences)}


def from_message(told: dict[str, Any]) -> Preview:
    sentences = codec.decode(tuple[Sentence, ...], told["sentences"])
    return Preview(int(told["epoch"]), base64.b64decode(told["jpeg_b64"]), sentences)


def said(sentence: Sentence) -> tuple[Word, ...]:
    """What the model says, word by word."""
    words = tuple(word or NO_WORD for word in sentence.said)
    return tuple(
        Word(piece.removesuffix(word), word, is_wrong=not is_right and word != NO_WORD)
        for piece, word, is_right in zip(spaced(words), words, sentence.is_right, strict=True)
    )


def share_right(sentences: Sequence[Sentence]) -> float:
    """Share of the words that the model says as they are, in [0, 1]; 0 where there are none."""
    marks = [mark for sentence in sentences for mark in sentence.is_right]
    return sum(marks) / len(marks) if marks else 0.0


def _evenly(n: int, wanted: int) -> list[int]:
    return np.linspace(0, n - 1, min(wanted, n)).round().astype(int).tolist() if n else []
