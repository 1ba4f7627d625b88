from dataclasses import replace

import pytest
import torch

from crvae.batch import Batch, Output
from crvae.loss import loss_of
from tests.crvae import small

BATCH = Batch(images=torch.zeros(2, 3, 2, 2), word_vectors=torch.zeros(2, 3, 2), lengths=torch.tensor([3, 1]))


def output(images: float = 0.0, mu: float = 0.0, log_sigma: float = 0.0) -> Output:
    return Output(
        images=torch.full((2, 3, 2, 2), images),
        word_vectors=torch.zeros(2, 3, 2),
        mu=torch.full((2, 4), mu),
        log_sigma=torch.full((2, 4), log_sigma),
    )


def test_text_error_is_the_mean_over_real_words_only():
    word_vectors = torch.zeros(2, 3, 2)
    word_vectors[0, 1] = 2.0  # one word of four is wrong, by 2 in each entry
    word_vectors[1, 2] = 99.0  # padding
    loss = loss_of(replace(output(), word_vectors=word_vectors), BATCH, small.TRAINING)
    assert loss.text.item() == pytest.approx(4 / 4)


def test_a_batch_without_words_has_no_text_error():
    silent = replace(BATCH, lengths=torch.tensor([0, 0]))
    assert loss_of(output(), silent, small.TRAINING).text.item() == 0


def test_image_error_is_the_mean_of_its_colours():
    images = torch.zeros(2, 3, 2, 2)
    images[:, 1] = 3.0
    loss = loss_of(replace(output(), images=images), BATCH, small.TRAINING)
    assert loss.channels.tolist() == [0, 9, 0]
    assert loss.image.item() == pytest.approx(3)


@pytest.mark.parametrize(
    ("mu", "log_sigma", "expected"),
    [(0.0, 0.0, 0.0), (2.0, 0.0, 2.0), (0.0, 1.0, 0.5 * (torch.e**2 - 1) - 1)],
)
def test_kl_is_the_divergence_from_the_unit_gaussian(mu: float, log_sigma: float, expected: float):
    loss = loss_of(output(mu=mu, log_sigma=log_sigma), BATCH, small.TRAINING)
    assert loss.kl.item() == pytest.approx(expected, rel=1e-6)


def test_total_is_image_plus_weighted_text_and_kl():
    word_vectors = torch.ones(2, 3, 2)
    wrong = replace(output(images=2.0, mu=1.0), word_vectors=word_vectors)
    config = replace(small.TRAINING, text_weight=3.0, kl_weight=0.1)
    assert loss_of(wrong, BATCH, config).total.item() == pytest.approx(4 + 3 * 1 + 0.1 * 0.5)
