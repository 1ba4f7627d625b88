"""What is shown of a model: frames and sentences, chosen, drawn, marked, and told from worker to page."""

import dataclasses
import io
import json

import numpy as np
from PIL import Image

from crvae.records import EmbeddedDataset
from crvae.training import start
from services.previews import from_message, message, said, share_right, shown_of, shown_rows, strip_jpeg
from services.records import Preview, Sentence
from tests.services.small_training import SMALL, WORD_VECTOR_SIZE, small_dataset, small_recipe

MODEL = dataclasses.replace(SMALL, word_vector_size=WORD_VECTOR_SIZE)


def distinct_words(n_pairs: int = 12) -> EmbeddedDataset:
    """Each word of the video has a vector of its own but for the last of each pair, which has none."""
    data = small_dataset(n_pairs)
    vectors = data.word_vectors.copy()
    vectors[:, -1] = 0
    tokens = tuple((f"a{row}", f"b{row}", "unheard") for row in range(n_pairs))
    return dataclasses.replace(data, word_vectors=vectors, tokens=tokens)


def test_the_pairs_shown_span_the_video():
    assert shown_rows(100)[0] == 0
    assert shown_rows(100)[-1] == 99
    assert shown_rows(3) == [0, 1, 2]


def test_sentences_are_those_of_shown_pairs_that_have_words():
    data = small_dataset()
    lengths = data.lengths.copy()
    lengths[[0, 11]] = 0
    shown = shown_of(dataclasses.replace(data, lengths=lengths), MODEL)
    assert len(shown.told_rows) == 4
    assert set(shown.told_rows) <= set(shown.rows) - {0, 11}


def test_a_model_of_pictures_alone_says_nothing_and_draws_all_the_same():
    data, pictures_alone = small_dataset(), dataclasses.replace(MODEL, family="dense")
    state = start(data, pictures_alone, small_recipe("a", 1).training, device="cpu")
    preview = shown_of(data, pictures_alone).preview(state.model, epoch=0)
    assert preview.sentences == ()
    assert preview.jpeg.startswith(b"\xff\xd8")


def test_each_word_is_marked_right_where_the_model_says_it():
    data = distinct_words()
    state = start(data, MODEL, small_recipe("a", 1).training, device="cpu")
    preview = shown_of(data, MODEL).preview(state.model, epoch=3)
    assert preview.epoch == 3
    for sentence in preview.sentences:
        assert sentence.words == data.tokens[sentence.pair]
        wanted = [*sentence.words[:2], ""]  # nothing is the right word for one without a vector
        assert list(sentence.is_right) == [a == b for a, b in zip(sentence.said, wanted, strict=True)]


def test_a_preview_arrives_as_it_was_told():
    preview = Preview(7, b"\xff\xd8picture", (Sentence(3, ("新", "闻"), ("新", ""), (True, False)),))
    assert from_message(json.loads(json.dumps(message(preview)))) == preview


def test_four_long_sentences_and_a_strip_stay_small():
    noise = np.random.default_rng(0).integers(0, 256, (8, 3, 120, 200)).astype(np.uint8)
    long = Sentence(0, ("characters",) * 64, ("characters",) * 64, (True,) * 64)
    assert len(json.dumps(message(Preview(1, strip_jpeg(noise, noise), (long,) * 4)))) < 80_000


def test_the_strip_shows_originals_above_reconstructions():
    black, white = np.zeros((8, 3, 120, 200), np.uint8), np.full((8, 3, 120, 200), 255, np.uint8)
    picture = np.asarray(Image.open(io.BytesIO(strip_jpeg(black, white))))
    assert picture.shape[1] == 800  # 8 frames of 100 pixels
    assert picture[: len(picture) // 2 - 8].mean() < 5
    assert picture[len(picture) // 2 + 8 :].mean() > 250


def test_what_is_said_is_spaced_as_its_language_is_written():
    chinese = Sentence(0, ("新", "闻", "nbc", "报"), ("新", "冰", "nbc", ""), (True, False, True, False))
    assert [word.gap + word.text for word in said(chinese)] == ["新", "冰", " nbc", " …"]
    assert [word.is_wrong for word in said(chinese)] == [False, True, False, False]


def test_the_share_of_right_words_counts_all_sentences():
    sentences = [Sentence(0, ("a",), ("a",), (True,)), Sentence(1, ("a",) * 3, ("b",) * 3, (False,) * 3)]
    assert share_right(sentences) == 0.25
    assert share_right([]) == 0
