from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from crvae.baselines import encode_pixels
from tests.crvae import small


def test_on_all_axes_distances_are_those_of_the_standardised_pixels():
    dataset = small.drawn()
    pixels = dataset.images / dataset.images.std(axis=(0, 2, 3), keepdims=True)
    expected = pdist(pixels.reshape(8, -1))
    np.testing.assert_allclose(pdist(encode_pixels(dataset, 100).mu), expected, rtol=1e-4)  # float32


def test_fewer_axes_keep_the_largest_differences():
    mu = encode_pixels(small.drawn(12), 3).mu
    assert mu.shape == (12, 3)
    assert (np.diff(mu.var(0)) <= 0).all()


def test_words_do_not_count():
    dataset = small.drawn()
    other = replace(dataset, word_vectors=-dataset.word_vectors)
    assert np.array_equal(encode_pixels(dataset).mu, encode_pixels(other).mu)


def test_a_black_video_does_not_divide_by_zero():
    dataset = small.drawn()
    assert not encode_pixels(replace(dataset, images=np.zeros_like(dataset.images))).mu.any()


def test_no_axis_is_refused():
    with pytest.raises(ValueError, match="n_axes is 0, expected at least 1"):
        encode_pixels(small.drawn(), 0)
