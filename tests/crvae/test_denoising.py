"""One modality is hidden from the encoder, never both, and always the same one for the same seed."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from crvae.batch import Batch
from crvae.denoising import hide_one
from crvae.training import TrainingState, encode, fit, start
from tests.crvae import small

N_PAIRS = 400


def batch_of_ones() -> Batch:
    """Every tenth pair has no words."""
    lengths = torch.full((N_PAIRS,), 2)
    lengths[::10] = 0
    words = torch.ones(N_PAIRS, 2, 3) * (lengths > 0)[:, None, None]
    return Batch(torch.ones(N_PAIRS, 3, 2, 2), words, lengths)


def hidden(share: float, seed: int = 0) -> Batch:
    return hide_one(batch_of_ones(), share, torch.Generator().manual_seed(seed))


def trained(denoising: float, seed: int = 0, n_epochs: int | None = None) -> TrainingState:
    dataset = small.drawn()
    training = replace(small.TRAINING, learning_rate=2e-2, denoising=denoising, seed=seed)
    state = start(dataset, small.MODEL, training, "cpu")
    for metrics in fit(state, dataset):
        if metrics.epoch == n_epochs:
            break
    return state


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_about_the_share_of_the_pairs_loses_one_modality_and_none_loses_both(share: float):
    seen, had_words = hidden(share), batch_of_ones().lengths > 0
    no_image, no_words = ~seen.images.any((1, 2, 3)), ~seen.word_vectors.any((1, 2))
    assert not (no_image & no_words).any()
    n_hidden = int((no_image | (no_words & had_words)).sum())
    # The standard deviation of 360 draws is at most 2.6 %.
    assert n_hidden / int(had_words.sum()) == pytest.approx(share, abs=0.1)
    assert share == 0 or 0.3 < float(no_image[had_words].sum()) / n_hidden < 0.7


def test_hidden_words_leave_no_length_behind():
    seen = hidden(1.0)
    assert torch.equal(seen.lengths > 0, seen.word_vectors.any((1, 2)))


def test_what_is_hidden_follows_from_the_seed():
    assert torch.equal(hidden(0.5).lengths, hidden(0.5).lengths)
    assert not torch.equal(hidden(0.5).lengths, hidden(0.5, seed=1).lengths)


def test_denoising_changes_the_training_and_repeats_itself():
    dataset = small.drawn()
    plain, once, again = trained(0.0), trained(0.5), trained(0.5)
    assert np.array_equal(encode(once.model, dataset).mu, encode(again.model, dataset).mu)
    assert not np.array_equal(encode(once.model, dataset).mu, encode(plain.model, dataset).mu)


def test_a_denoising_training_that_stopped_goes_on_as_if_it_never_stopped():
    dataset, stopped, whole = small.drawn(), trained(0.5, n_epochs=1), trained(0.5)
    for _ in fit(stopped, dataset):
        pass
    assert np.array_equal(encode(stopped.model, dataset).mu, encode(whole.model, dataset).mu)


def test_both_modalities_are_evaluated_whatever_is_hidden():
    # Nothing is learnt at this rate, so the loss is that of the mean: 1 for all pairs together.
    dataset = small.drawn()
    training = replace(small.TRAINING, epochs=1, learning_rate=1e-9, denoising=1.0)
    (metrics,) = fit(start(dataset, small.MODEL, training, "cpu"), dataset)
    assert (metrics.image_fvu, metrics.text_fvu) == pytest.approx((1.0, 1.0), abs=0.15)
