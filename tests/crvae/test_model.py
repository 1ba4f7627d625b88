from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from crvae.batch import Batch, Posterior, resample
from crvae.config import ModelConfig
from crvae.loss import loss_of
from crvae.model import Crvae
from crvae.records import EmbeddedDataset
from tests.crvae import small


def model_of(config: ModelConfig = small.MODEL) -> Crvae:
    torch.manual_seed(0)
    return Crvae(config)


def batch_of(model: Crvae, dataset: EmbeddedDataset) -> Batch:
    return model.standardize(
        torch.from_numpy(dataset.images),
        torch.from_numpy(dataset.word_vectors),
        torch.from_numpy(dataset.lengths),
    )


def mu_of(model: Crvae, dataset: EmbeddedDataset) -> Tensor:
    with torch.inference_mode():
        return model.eval().encode(batch_of(model, dataset)).mu


def test_the_papers_model_has_its_layers_and_138_million_weights():
    with torch.device("meta"):
        model = Crvae(ModelConfig())
    assert (model.encoder_fused.in_features, model.encoder_fused.out_features) == (14_048, 4_000)
    assert (model.to_latent.in_features, model.to_latent.out_features) == (4_000, 2_000)
    assert (model.decoder_fused.in_features, model.from_fused.out_features) == (1_000, 14_048)
    assert round(sum(p.numel() for p in model.parameters()) / 1e6) == 138


@pytest.mark.parametrize(
    "config",
    [
        small.MODEL,
        replace(small.MODEL, rnn="rnn"),
        replace(small.MODEL, bidirectional=False, rnn_layers=1),
        replace(small.MODEL, teacher_forcing=False),
    ],
    ids=["lstm", "rnn", "one layer forwards", "own words"],
)
def test_what_comes_out_has_the_shape_of_what_went_in(config: ModelConfig):
    model = model_of(config)
    batch = batch_of(model, small.drawn())
    output = model(batch)
    assert output.images.shape == batch.images.shape
    assert output.word_vectors.shape == batch.word_vectors.shape
    assert output.mu.shape == output.log_sigma.shape == (8, config.latent)


def test_a_training_step_reaches_every_parameter():
    model = model_of().train()
    batch = batch_of(model, small.drawn())
    loss_of(model(batch), batch, small.TRAINING).total.backward()
    without = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert without == []


@settings(max_examples=15)
@given(n_more=st.integers(1, 7), value=st.floats(-100, 100, width=32))
def test_what_lies_behind_the_words_never_changes_the_encoding(n_more: int, value: float):
    model, dataset = model_of(), small.drawn()
    padded = small.padded(dataset, n_more, value)
    assert torch.equal(mu_of(model, dataset), mu_of(model, padded))


def test_the_encoding_of_a_pair_does_not_depend_on_its_neighbours():
    model, dataset = model_of(), small.drawn()
    alone = EmbeddedDataset(
        dataset.images[2:3], dataset.word_vectors[2:3], dataset.lengths[2:3], dataset.tokens[2:3], 0.0
    )
    # Matrices of another size are multiplied in another order: equal but for float32 rounding.
    assert torch.allclose(mu_of(model, alone), mu_of(model, dataset)[2:3], atol=1e-5)


def test_both_image_and_words_move_the_encoding():
    model, dataset = model_of(), small.drawn()
    other_images = replace(dataset, images=255 - dataset.images)
    other_words = replace(dataset, word_vectors=-dataset.word_vectors)
    assert not torch.allclose(mu_of(model, dataset), mu_of(model, other_images), atol=1e-2)
    assert not torch.allclose(mu_of(model, dataset), mu_of(model, other_words), atol=1e-2)


def test_sigma_is_the_exponential_of_log_sigma():
    posterior = Posterior(torch.zeros(2000, 2), torch.tensor([-1.0, 0.0]).expand(2000, 2))
    z = resample(posterior, torch.Generator().manual_seed(0))
    # The standard deviation of 2000 draws has a relative error of 1 / sqrt(2 * 2000), 1.6 %.
    assert z.std(dim=0).tolist() == pytest.approx([np.exp(-1), 1.0], rel=0.06)


def test_log_sigma_starts_low_and_stays_within_its_bounds():
    model, dataset = model_of(), small.drawn()
    with torch.no_grad():
        assert (model.encode(batch_of(model, dataset)).log_sigma == small.MODEL.log_sigma_start).all()
        model.to_latent.bias[small.MODEL.latent :] = 50.0
        assert (model.encode(batch_of(model, dataset)).log_sigma == small.MODEL.log_sigma_max).all()


def test_eval_mode_reconstructs_from_the_mean_and_so_repeats_itself():
    model = model_of().eval()
    batch = batch_of(model, small.drawn())
    with torch.inference_mode():
        assert torch.equal(model(batch).images, model(batch).images)


def test_images_of_another_size_are_refused_with_both_sizes():
    dataset = small.drawn()
    tall = replace(dataset, images=np.zeros((8, 3, 24, 24), np.uint8))
    with pytest.raises(ValueError, match=r"images are \(8, 3, 24, 24\), expected \(B, 3, 16, 24\)"):
        batch_of(model_of(), tall)


def test_word_vectors_of_another_size_are_refused_with_both_sizes():
    dataset = small.drawn()
    wide = replace(dataset, word_vectors=np.zeros((8, 5, 7), np.float32))
    with pytest.raises(ValueError, match=r"word vectors are \(8, 5, 7\), expected \(B, T, 6\)"):
        batch_of(model_of(), wide)
