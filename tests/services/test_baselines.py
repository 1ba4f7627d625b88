"""Ready-made features tell scenes apart, pictures and texts in the share that was asked for."""

from dataclasses import replace

import numpy as np
import pytest

from crvae.records import EmbeddedDataset
from services.baselines import encode_features, encode_texts, text_vectors
from tests.services.small_training import small_dataset

pytestmark = pytest.mark.models
N_PAIRS = 6


@pytest.fixture(scope="module")
def dataset() -> EmbeddedDataset:
    """Two scenes in pictures and in words; the last pair has no words."""
    tokens = (("rocket", "launch"),) * 3 + (("火箭", "发射"),) * 2 + ((),)
    found = small_dataset(N_PAIRS)
    return replace(found, tokens=tokens, lengths=np.array([len(text) for text in tokens], np.int64))


def test_pictures_and_texts_stand_beside_each_other_in_the_share_asked_for(dataset: EmbeddedDataset):
    mu = encode_features(dataset, text_share=0.25).mu
    assert mu.shape == (N_PAIRS, 1280 + 512)
    variances = mu.var(0)
    assert (variances[:1280].sum(), variances[1280:].sum()) == pytest.approx((1.0, 0.25), rel=1e-3)


def test_pictures_of_one_scene_are_nearer_to_each_other_than_to_those_of_another(dataset: EmbeddedDataset):
    mu = encode_features(dataset, text_share=0.0).mu
    assert not mu[:, 1280:].any()
    within = max(np.linalg.norm(mu[a] - mu[b]) for a, b in ((0, 1), (1, 2), (3, 4), (4, 5)))
    between = min(np.linalg.norm(mu[a] - mu[b]) for a in range(3) for b in range(3, 6))
    assert within < between


def test_texts_have_vectors_and_a_pair_without_words_has_zeros(dataset: EmbeddedDataset):
    vectors = encode_texts(dataset).mu
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1, 1, 1, 0], abs=1e-5)
    assert np.array_equal(vectors, text_vectors(dataset))
    assert vectors[0] @ vectors[3] > 0.5  # the same in English and in Chinese


def test_a_negative_share_is_refused(dataset: EmbeddedDataset):
    with pytest.raises(ValueError, match=r"text_share is -1.0, expected 0 or more"):
        encode_features(dataset, text_share=-1.0)
