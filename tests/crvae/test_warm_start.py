from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.spatial.distance import pdist

from crvae.checkpoint import load, save
from crvae.config import ModelConfig, TrainingConfig
from crvae.loss import loss_of
from crvae.model import Batch, Crvae
from crvae.training import TrainingState, encode, fit, start
from crvae.warm_start import TEXT_SHARE, Features, join
from tests.crvae import small

N_WARM = 3
WARM = replace(small.TRAINING, epochs=6, warm_start=0.5, schedule="one_cycle")
MODEL = replace(small.MODEL, norm_statistics="running")


def features_of(model: Crvae, batch: Batch) -> Features:
    with torch.inference_mode():
        image, text = model.eval().features(batch)
    return Features(image.clone(), text.clone())


def prepared(config: ModelConfig = MODEL) -> tuple[Crvae, Batch]:
    """An untrained model whose parts are joined, and all its pairs."""
    dataset = small.drawn()
    model = start(dataset, config, WARM, "cpu").model
    batch = model.standardize(
        torch.from_numpy(dataset.images),
        torch.from_numpy(dataset.word_vectors),
        torch.from_numpy(dataset.lengths),
    )
    join(model, features_of(model, batch))
    return model.eval(), batch


def after(n_epochs: int, config: TrainingConfig = WARM, model: ModelConfig = MODEL) -> TrainingState:
    dataset = small.drawn()
    state = start(dataset, model, config, "cpu")
    for _ in islice(fit(state, dataset), n_epochs):
        pass
    return state


@pytest.mark.parametrize("change", [{}, {"rnn": "rnn"}, {"bidirectional": False}], ids=str)
def test_what_goes_through_the_latent_comes_out_as_if_it_went_around(change: dict[str, object]):
    model, batch = prepared(replace(MODEL, **change))
    with torch.inference_mode():
        through = model(batch)
        model.is_joined = False
        around = model(batch)
    # 8 pairs need 7 of 16 dimensions; what is left is float32 rounding.
    torch.testing.assert_close(through.images, around.images, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(through.word_vectors, around.word_vectors, atol=1e-3, rtol=1e-3)


def test_distances_of_latents_are_those_of_the_features():
    model, batch = prepared()
    features = features_of(model, batch)
    with torch.inference_mode():
        mu = model.encode(batch).mu.numpy()
    image, text = features.image.numpy(), features.text.numpy()
    share = TEXT_SHARE * image.var(0).sum() / text.var(0).sum()
    expected = np.sqrt(pdist(image) ** 2 + share * pdist(text) ** 2)
    ratios = pdist(mu) / expected
    assert ratios.max() / ratios.min() == pytest.approx(1.0, abs=1e-3)


def test_latents_start_with_a_mean_variance_of_one():
    model, batch = prepared()
    with torch.inference_mode():
        used = model.encode(batch).mu[:, : len(batch.lengths) - 1]
    assert float(used.var(0, unbiased=False).mean()) == pytest.approx(1.0, rel=1e-3)


def test_a_latent_that_is_too_small_keeps_the_largest_differences():
    model, batch = prepared(replace(MODEL, latent=2))
    with torch.inference_mode():
        error = loss_of(model(batch), batch, WARM).image
        model.is_joined = False
        around = loss_of(model(batch), batch, WARM).image
    assert torch.isfinite(error)
    assert float(error) >= float(around) - 0.05


def test_one_pair_has_no_differences_to_start_from():
    model, batch = prepared()
    features = features_of(model, batch)
    with pytest.raises(ValueError, match="at least 2 pairs, there are 1"):
        join(model, Features(features.image[:1], features.text[:1]))


def test_pairs_that_are_all_the_same_do_not_divide_by_zero():
    model, batch = prepared()
    features = features_of(model, batch)
    join(model, Features(features.image[:1].repeat(4, 1), features.text[:1].repeat(4, 1)))
    assert all(bool(torch.isfinite(parameter).all()) for parameter in model.parameters())


def test_the_first_epochs_leave_the_dense_layers_alone():
    fresh, warmed = after(0).model, after(N_WARM - 1).model
    assert torch.equal(fresh.encoder_fused.weight, warmed.encoder_fused.weight)
    assert not torch.equal(fresh.image_encoder.blocks[0].weight, warmed.image_encoder.blocks[0].weight)
    assert not warmed.is_joined


def test_the_parts_are_joined_when_the_first_epochs_end():
    assert after(N_WARM).model.is_joined


def test_joining_does_not_throw_back_what_was_learnt():
    config = replace(WARM, epochs=200)
    history = after(config.epochs, config).history
    assert history[100].image_fvu < history[99].image_fvu + 0.05
    assert history[-1].image_fvu < 0.1


@pytest.mark.parametrize("stopped_after", [1, N_WARM, N_WARM + 1])
def test_a_training_stopped_anywhere_goes_on_as_if_it_never_stopped(tmp_path: Path, stopped_after: int):
    save(after(stopped_after), tmp_path)
    resumed, whole, dataset = load(tmp_path, "cpu"), after(WARM.epochs), small.drawn()
    for _ in fit(resumed, dataset):
        pass
    # Tensors that were read lie elsewhere in memory, which changes how sums round.
    assert [m.total for m in resumed.history] == pytest.approx([m.total for m in whole.history], rel=1e-3)
    assert np.allclose(encode(resumed.model, dataset).mu, encode(whole.model, dataset).mu, atol=1e-2)


def test_at_least_one_epoch_is_left_for_all_together():
    assert replace(WARM, epochs=1).warm_epochs == 0
    assert replace(WARM, epochs=10, warm_start=0.99).warm_epochs == 9


def test_running_statistics_do_not_depend_on_the_pairs_at_hand():
    model, batch = prepared()
    model.train()
    alone = Batch(batch.images[:2], batch.word_vectors[:2], batch.lengths[:2])
    with torch.no_grad():
        for norm in (model.image_norm, model.text_norm):
            norm.momentum = 0.0
        together = model.encode(batch).mu[:2]
        # Other batch sizes round differently.
        torch.testing.assert_close(model.encode(alone).mu, together, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("ended_after", [1, N_WARM, N_WARM + 1])
def test_a_training_that_is_ended_early_took_the_same_steps_and_its_model_is_whole(ended_after: int):
    ended, whole = after(6, replace(WARM, stop_after=ended_after)), after(6)
    assert ended.model.is_joined
    assert [m.image_fvu for m in ended.history] == [m.image_fvu for m in whole.history[:ended_after]]
    assert list(fit(ended, small.drawn())) == []


@pytest.mark.parametrize("ended_after", [1, N_WARM + 1])
def test_a_checkpoint_can_be_taken_up_by_a_training_that_ends_there(tmp_path: Path, ended_after: int):
    save(after(ended_after), tmp_path)
    state = load(tmp_path, "cpu")
    state.config = replace(state.config, stop_after=ended_after)
    assert list(fit(state, small.drawn())) == []
    direct = after(6, replace(WARM, stop_after=ended_after))
    dataset = small.drawn()
    assert np.allclose(encode(state.model, dataset).mu, encode(direct.model, dataset).mu, atol=1e-5)
