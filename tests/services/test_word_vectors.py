import numpy as np
import pytest

from services.errors import AnalysisError
from services.recipe import Embedding
from services.use_encoder import use_encoder
from services.word_vectors import PCA_FILE, UsePca300, open_word_vectors

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def use_pca300() -> UsePca300:
    return UsePca300(use_encoder())


def cosine(vectors: np.ndarray, a: int, b: int) -> float:
    return float(vectors[a] @ vectors[b] / np.linalg.norm(vectors[a]) / np.linalg.norm(vectors[b]))


def test_the_default_backend_gives_300_numbers_a_word(use_pca300):
    vectors, known = open_word_vectors(Embedding()).look_up(["virus"])
    assert vectors.shape == (1, 300)
    assert vectors.dtype == np.float32
    assert known.tolist() == [True]


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("virus", "病毒"),
        ("vaccine", "疫苗"),
        ("elderly", "老年人"),
        ("olympics", "奥运会"),
        ("doctor", "医生"),
    ],
)
def test_a_word_is_near_its_translation_and_far_from_an_unrelated_word(use_pca300, english, chinese):
    vectors, _ = use_pca300.look_up([english, chinese, "guitar"])
    assert cosine(vectors, 0, 1) > 0.5
    assert cosine(vectors, 1, 2) < 0.3


def test_the_axes_keep_more_than_95_percent_of_the_variance_also_of_news_words(use_pca300):
    assert use_pca300.variance_kept > 0.95
    words = "virus vaccine hospital elderly mayor pandemic city 病毒 疫苗 医院 老年人 市长 疫情 城市"
    with np.load(PCA_FILE, allow_pickle=False) as fitted:
        centred = use_encoder().encode(words.split()) - fitted["mean"]
        axes = fitted["axes"].astype(np.float32)
    assert np.square(centred @ axes.T).sum() / np.square(centred).sum() > 0.95


def test_the_axes_are_orthonormal_to_the_rounding_of_float16(use_pca300):
    with np.load(PCA_FILE, allow_pickle=False) as fitted:
        axes = fitted["axes"].astype(np.float32)
    assert np.abs(axes @ axes.T - np.eye(300)).max() < 2e-3


def test_the_axes_stay_a_small_file():
    assert PCA_FILE.stat().st_size < 400_000


def test_every_vector_is_of_the_same_length_so_that_entries_have_mean_square_one(use_pca300):
    vectors, _ = use_pca300.look_up(["virus", "the", "新冠", "2022", "covid-19"])
    np.testing.assert_allclose(np.square(vectors).mean(1), 1, rtol=1e-4)


def test_new_words_have_vectors_and_signs_outside_the_vocabulary_have_none(use_pca300):
    vectors, known = use_pca300.look_up(["新冠", "omicron", "𠮷", "龘"])
    assert known.tolist() == [True, True, False, False]
    assert not vectors[2:].any()


def test_a_words_vector_does_not_depend_on_the_words_beside_it(use_pca300):
    together, _ = use_pca300.look_up([f"word{i}" for i in range(600)] + ["病毒"])
    alone, _ = use_pca300.look_up(["病毒"])
    np.testing.assert_allclose(together[-1], alone[0], atol=1e-4)  # rounding of sums in another order


def test_no_word_gives_no_row(use_pca300):
    vectors, known = use_pca300.look_up([])
    assert vectors.shape == (0, 300)
    assert known.shape == (0,)


def test_progress_tells_how_many_words_are_done(use_pca300):
    heard: list[tuple[int, int]] = []
    use_pca300.look_up(
        [f"word{i}" for i in range(300)], lambda done, total, note: heard.append((done, total))
    )
    assert heard == [(0, 300), (256, 300)]


def test_an_unknown_backend_is_answered_with_the_names_that_exist():
    with pytest.raises(AnalysisError, match="use-pca300, files"):
        open_word_vectors(Embedding(backend="fasttext"))
