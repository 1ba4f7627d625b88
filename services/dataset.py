"""The aligned pairs as numbers: word vectors of the text and small pictures (paper §4.1.2, §4.2.2)."""

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crvae.records import EmbeddedDataset
from services import frames as frame_files
from services.context import Context
from services.errors import AnalysisError
from services.recipe import Embedding
from services.records import AlignedPairs, Frames
from services.script import simplified
from services.tokens import is_han, tokenize
from services.word_vectors import open_word_vectors

log = logging.getLogger(__name__)

HEIGHT_PX, WIDTH_PX = 120, 200  # §3.1.1


def embed_pairs(frames: Frames, pairs: AlignedPairs, embedding: Embedding, ctx: Context) -> EmbeddedDataset:
    """The pairs' words as vectors (N, T, E) and their frames as (N, 3, 120, 200) pictures.

    A Chinese word that has no vector is split into its characters; what is still unknown keeps its place as
    zeros (§4.2.2). Rows end after embedding.max_words; T is the longest row's length.
    Raises AnalysisError when there is no pair, no word, or no word with a vector.
    """
    texts = [tokenize(text) for text in pairs.texts]
    if not any(texts):
        raise AnalysisError(
            f"None of the {len(texts)} pairs has a word in its text, so there is nothing to embed. "
            "Choose another caption track, or write the texts on the Align page."
        )
    source = open_word_vectors(embedding)
    words = sorted({part for text in texts for word in text for part in (word, *_characters(word))})
    forms = sorted(
        {simplified(word) for word in words}
    )  # traditional words have their simplified ones' vectors
    vectors, known = source.look_up(forms, ctx.progress)
    form_row = {form: row for row, form in enumerate(forms)}
    row_of = {word: form_row[simplified(word)] for word in words}
    is_known = {word: bool(known[row]) for word, row in row_of.items()}
    tokens = tuple(_split_unknown(text, is_known)[: embedding.max_words] for text in texts)
    n_words = sum(map(len, tokens))
    n_unknown = sum(not is_known[word] for text in tokens for word in text)
    if n_unknown == n_words:
        raise AnalysisError(
            f"None of the {n_words} words has a vector in the files of word vectors. "
            "Add a file for the language of this video, or take the backend 'use-pca300'."
        )
    log.info("%d pairs, %d words, %d without a vector", len(tokens), n_words, n_unknown)
    ctx.progress(0, 1, "pictures")
    return EmbeddedDataset(
        images=frame_files.model_images(frames, pairs.frame_index, HEIGHT_PX, WIDTH_PX),
        word_vectors=_padded([[row_of[word] for word in text] for text in tokens], vectors),
        lengths=np.array([len(text) for text in tokens], np.int64),
        tokens=tokens,
        unknown=n_unknown / n_words,
    )


def _characters(word: str) -> tuple[str, ...]:
    return tuple(word) if len(word) > 1 and is_han(word) else ()


def _split_unknown(text: Sequence[str], is_known: dict[str, bool]) -> tuple[str, ...]:
    """The words, with each unknown Chinese one as its characters if at least one of them is known."""
    split: list[str] = []
    for word in text:
        characters = _characters(word)
        can_split = not is_known[word] and any(is_known[c] for c in characters)
        split += characters if can_split else (word,)
    return tuple(split)


def _padded(rows: Sequence[Sequence[int]], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, T, E) with T the longest row, zeros after each row's end."""
    padded = np.zeros((len(rows), max(map(len, rows)), vectors.shape[1]), np.float32)
    for n, row in enumerate(rows):
        padded[n, : len(row)] = vectors[list(row)]
    return padded
