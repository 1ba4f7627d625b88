"""Words are found exactly as by comparing with every word, whatever the sizes."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_np
from numpy.typing import NDArray

from crvae.training import fit, start
from crvae.verbalize import (
    UNKNOWN,
    WORDS_AT_ONCE,
    Vocabulary,
    nearest_words,
    reconstruct_words,
    verbalize,
    vocabulary_of,
)
from tests.crvae import small

SIZE = small.MODEL.word_vector_size


def brute_force(vectors: NDArray[np.float32], vocabulary: NDArray[np.float32]) -> list[int]:
    """Every distance in float64; row 0 stands for the zero vector, and the first of equals wins."""
    all_words = np.concatenate([np.zeros((1, vectors.shape[1])), vocabulary.astype(np.float64)])
    return [int(np.square(vector - all_words).sum(1).argmin()) - 1 for vector in vectors.astype(np.float64)]


@st.composite
def searches(draw: st.DrawFn) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Vectors and a vocabulary; on a coarse grid many distances are equal."""
    size, step = draw(st.integers(1, 5)), draw(st.sampled_from([0.001, 0.5, 1.0]))
    entries = st.integers(-3, 3).map(lambda i: np.float32(i * step))
    rows = [
        draw(st_np.arrays(np.float32, (draw(st.integers(0, n)), size), elements=entries)) for n in (6, 40)
    ]
    return rows[0], rows[1]


@given(searches())
def test_words_are_those_of_brute_force(search: tuple[NDArray[np.float32], NDArray[np.float32]]):
    vectors, vocabulary = search
    assert nearest_words(vectors, vocabulary).tolist() == brute_force(vectors, vocabulary)


@settings(max_examples=10)
@given(seed=st.integers(0, 1000), far=st.sampled_from([0.0, 100.0]))
def test_words_over_several_pieces_are_those_of_brute_force_even_far_from_zero(seed: int, far: float):
    rng = np.random.default_rng(seed)
    vocabulary = (rng.normal(size=(2 * WORDS_AT_ONCE + 50, 12)) + far).astype(np.float32)
    vocabulary[-40:] = vocabulary[:40]  # equal words in the first piece and in the last
    vectors = vocabulary[rng.integers(0, len(vocabulary), 30)] + rng.normal(0, 1e-3, (30, 12))
    vectors = np.concatenate([vectors, vocabulary[-5:]]).astype(np.float32)
    assert nearest_words(vectors, vocabulary).tolist() == brute_force(vectors, vocabulary)


def test_of_two_equally_near_words_the_first_is_taken():
    vocabulary = np.array([[9, 9], [1, 0], [3, 0], [1, 0]], np.float32)
    assert nearest_words(np.array([[2, 0], [1, 0]], np.float32), vocabulary).tolist() == [1, 1]


def test_memory_does_not_grow_with_vectors_times_words():
    rng = np.random.default_rng(0)
    vocabulary = rng.normal(size=(60_000, 16)).astype(np.float32)
    vectors = rng.normal(size=(600, 16)).astype(np.float32)
    tracemalloc.start()
    nearest_words(vectors, vocabulary)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 25e6  # all distances at once would be 144 MB


def test_a_vector_nearer_to_zero_than_to_any_word_is_unknown():
    vocabulary = Vocabulary(("north", "south"), np.array([[0, 1], [0, -1]], np.float32))
    vectors = np.array([[[0, 0], [0, 0.4], [0, 0.6]]], np.float32)
    assert verbalize(vectors, np.array([3]), vocabulary) == ((UNKNOWN, UNKNOWN, "north"),)


def test_what_lies_behind_the_words_is_not_said():
    vocabulary = Vocabulary(("north", "south"), np.array([[0, 1], [0, -1]], np.float32))
    vectors = np.array([[[0, 1], [0, -1]], [[0, -1], [0, 1]], [[0, 1], [0, 1]]], np.float32)
    assert verbalize(vectors, np.array([2, 1, 0]), vocabulary) == (("north", "south"), ("south",), ())


def test_no_texts_give_no_words():
    vocabulary = Vocabulary((), np.zeros((0, 2), np.float32))
    assert verbalize(np.zeros((0, 3, 2), np.float32), np.zeros(0, np.int64), vocabulary) == ()


def test_an_empty_vocabulary_knows_no_word():
    assert nearest_words(np.ones((2, 3), np.float32), np.zeros((0, 3), np.float32)).tolist() == [-1, -1]


@pytest.mark.parametrize("size", [2, 4])
def test_vectors_of_another_size_are_refused(size: int):
    with pytest.raises(ValueError, match="the vocabulary is"):
        nearest_words(np.ones((1, 3), np.float32), np.ones((1, size), np.float32))


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(broken: float):
    ones, wrong = np.ones((1, 2), np.float32), np.full((1, 2), broken, np.float32)
    for vectors, vocabulary in ((ones, wrong), (wrong, ones)):
        with pytest.raises(ValueError, match="not finite"):
            nearest_words(vectors, vocabulary)


def test_words_and_vectors_of_a_vocabulary_go_together():
    with pytest.raises(ValueError, match=r"1 words have vectors \(2, 3\)"):
        Vocabulary(("a",), np.zeros((2, 3), np.float32))


def test_the_vocabulary_of_a_video_has_each_word_once_and_none_without_a_vector():
    dataset = small.drawn(n_pairs=2, n_scenes=1, n_words=2)
    vectors = np.zeros_like(dataset.word_vectors)
    vectors[0] = [[1] * SIZE, [0] * SIZE]
    told = replace(
        dataset, word_vectors=vectors, lengths=np.array([2, 1]), tokens=(("snow", "ice"), ("snow",))
    )
    assert vocabulary_of(told).words == ("snow",)
    assert vocabulary_of(told).vectors.tolist() == [[1.0] * SIZE]


@pytest.mark.parametrize("teacher_forcing", [True, False])
def test_a_model_that_has_learnt_its_texts_says_them_again(teacher_forcing: bool):
    dataset = small.drawn(n_pairs=4, n_scenes=2, n_words=3)
    names = [f"word {i}" for i in range(12)]
    tokens = tuple(tuple(names[3 * n : 3 * n + int(k)]) for n, k in enumerate(dataset.lengths))
    dataset = replace(dataset, tokens=tokens)
    config = replace(small.MODEL, hidden=24, teacher_forcing=teacher_forcing)
    training = replace(small.TRAINING, epochs=80, learning_rate=2e-2, warm_start=0.7, schedule="one_cycle")
    state = start(dataset, config, training, "cpu")
    for _ in fit(state, dataset):
        pass
    rows = [2, 0, 3]
    vectors = reconstruct_words(state.model, dataset, rows)
    assert vectors.shape == (3, max(dataset.lengths[rows]), SIZE)
    assert verbalize(vectors, dataset.lengths[rows], vocabulary_of(dataset)) == tuple(
        tokens[row] for row in rows
    )


def test_words_come_back_on_the_scale_of_the_data_with_zeros_behind():
    dataset = small.drawn()
    far = replace(dataset, word_vectors=dataset.word_vectors * 3 + 50)
    model = start(far, small.MODEL, small.TRAINING, "cpu").model
    vectors = reconstruct_words(model, far, range(8))
    is_word = np.arange(vectors.shape[1]) < far.lengths[:, None]
    assert vectors[is_word].mean() == pytest.approx(50, abs=5)  # an untrained model says about the mean
    assert not vectors[~is_word].any()


def test_a_model_of_pictures_alone_has_no_words_to_say():
    dataset = small.drawn()
    model = start(dataset, replace(small.MODEL, family="dense"), small.TRAINING, "cpu").model
    with pytest.raises(ValueError, match="family 'dense' draws no words"):
        reconstruct_words(model, dataset, [0])
