"""Each kind of model trains, is kept and comes back, and says honestly what it does not do."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from crvae.batch import Batch
from crvae.checkpoint import load, load_model, save, save_model
from crvae.config import ModelConfig, TrainingConfig
from crvae.families import Model, build_model, training_for
from crvae.loss import loss_of
from crvae.pure import PureCvae
from crvae.training import TrainingState, encode, fit, reconstruct, start
from tests.crvae import small

DENSE, PURE = replace(small.MODEL, family="dense"), replace(small.MODEL, family="pure")
OWN_WORDS = replace(small.MODEL, teacher_forcing=False)
MODELS = {
    "lstm": small.MODEL,
    "lstm, own words": OWN_WORDS,
    "rnn": replace(small.MODEL, rnn="rnn"),
    "rnn, own words": replace(OWN_WORDS, rnn="rnn"),
    "rnn, forwards": replace(small.MODEL, rnn="rnn", bidirectional=False),
    "transformer": replace(small.MODEL, text_encoder="transformer"),
    "transformer, rnn": replace(small.MODEL, text_encoder="transformer", rnn="rnn"),
    "dense": DENSE,
    "pure": PURE,
}
PLAIN = replace(small.TRAINING, learning_rate=2e-2)
WARM = replace(PLAIN, warm_start=0.5, schedule="one_cycle")
each_model = pytest.mark.parametrize("config", MODELS.values(), ids=MODELS)
images_alone = pytest.mark.parametrize("config", [DENSE, PURE], ids=["dense", "pure"])


def built(config: ModelConfig) -> Model:
    torch.manual_seed(0)
    return build_model(config)


def batch_of(model: Model) -> Batch:
    dataset = small.drawn()
    return model.standardize(
        torch.from_numpy(dataset.images),
        torch.from_numpy(dataset.word_vectors),
        torch.from_numpy(dataset.lengths),
    )


def trained(
    config: ModelConfig, training: TrainingConfig = PLAIN, n_epochs: int | None = None
) -> TrainingState:
    dataset = small.drawn()
    state = start(dataset, config, training, "cpu")
    for metrics in fit(state, dataset):
        if metrics.epoch == n_epochs:
            break
    return state


@each_model
def test_what_comes_out_has_the_shape_of_what_went_in(config: ModelConfig):
    model = built(config)
    batch = batch_of(model)
    output, posterior = model(batch), model.encode(batch)
    assert output.images.shape == batch.images.shape
    assert output.word_vectors.shape == batch.word_vectors.shape
    assert output.mu.shape == output.log_sigma.shape
    assert posterior.mu.shape == posterior.log_sigma.shape == (8, config.latent_size)


@each_model
def test_a_training_step_reaches_every_parameter(config: ModelConfig):
    model = built(config).train()
    batch = batch_of(model)
    loss_of(model(batch), batch, training_for(config, small.TRAINING)).total.backward()
    without = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert without == []


@pytest.mark.parametrize("name", ["lstm", "rnn", "rnn, forwards", "transformer", "transformer, rnn"])
def test_a_step_around_the_latent_reaches_every_parameter_of_encoders_and_decoders(name: str):
    model = built(MODELS[name]).train()
    model.is_joined = False
    batch = batch_of(model)
    loss_of(model(batch), batch, small.TRAINING).total.backward()
    parts = [(n, p) for n, p in model.named_parameters() if "fused" not in n and "norm." not in n[:12]]
    without = [n for n, p in parts if p.grad is None or not p.grad.any()]
    assert without == ["to_latent.weight", "to_latent.bias"]


@each_model
@pytest.mark.parametrize(
    "training", [PLAIN, replace(WARM, precision="bfloat16")], ids=["plain", "parts first, bfloat16"]
)
def test_every_model_learns_by_every_way_to_start(config: ModelConfig, training: TrainingConfig):
    history = trained(config, replace(training, epochs=20)).history
    assert history[-1].image_fvu < 0.9 * history[0].image_fvu
    assert not config.has_text or history[-1].text_fvu < 0.9 * history[0].text_fvu


@images_alone
def test_a_model_of_pictures_alone_learns_one_batch_by_heart(config: ModelConfig):
    training = replace(small.TRAINING, epochs=150, batch_size=8, schedule="one_cycle", beta2=0.98)
    assert trained(config, training).history[-1].image_fvu < 0.1


@images_alone
def test_a_model_of_pictures_alone_explains_no_words_and_does_not_count_them(config: ModelConfig):
    last = trained(config, replace(WARM, denoising=0.5)).history[-1]
    assert last.text_fvu == pytest.approx(1.0, abs=1e-5)
    assert last.total == pytest.approx(last.image_fvu)


@images_alone
def test_a_model_of_pictures_alone_does_not_look_at_the_words(config: ModelConfig):
    state, dataset = trained(config, n_epochs=1), small.drawn()
    other = replace(dataset, word_vectors=-dataset.word_vectors)
    assert np.array_equal(encode(state.model, dataset).mu, encode(state.model, other).mu)


def test_the_pure_latent_is_the_maximum_of_each_map_and_the_picture_is_not_drawn_from_it():
    model = built(PURE).eval()
    assert isinstance(model, PureCvae)
    batch = batch_of(model)
    with torch.inference_mode():
        maps, output = model.encode_maps(batch), model(batch)
        assert torch.equal(model.encode(batch).mu, maps.mu.unflatten(1, model.shape).amax((2, 3)))
        assert torch.equal(model.decode(maps.mu, batch.word_vectors)[0], output.images)
    assert output.mu.shape == (8, 32 * 2 * 3)


def test_the_papers_dense_cvae_flattens_to_24000_numbers():
    with torch.device("meta"):
        model = build_model(ModelConfig(family="dense"))
    assert model.encoder_fused.in_features == model.from_fused.out_features == 24_000  # §3.1.1


@each_model
def test_a_training_stopped_and_read_back_goes_on_as_if_it_never_stopped(config: ModelConfig, tmp_path: Path):
    stopped = trained(config, WARM, n_epochs=3)
    save(stopped, tmp_path)
    resumed, whole, dataset = load(tmp_path, "cpu"), trained(config, WARM), small.drawn()
    torch.testing.assert_close(resumed.model.state_dict(), stopped.model.state_dict(), rtol=0, atol=0)
    assert [metrics.epoch for metrics in fit(resumed, dataset)] == [4]
    # Tensors that were read lie elsewhere in memory, which changes how sums round.
    assert [m.total for m in resumed.history] == pytest.approx([m.total for m in whole.history], rel=1e-3)


@each_model
def test_a_model_read_back_has_every_weight_and_its_kind(config: ModelConfig, tmp_path: Path):
    model = trained(config, n_epochs=1).model
    save_model(model, tmp_path / "model.safetensors")
    found = load_model(tmp_path / "model.safetensors", "cpu")
    assert (type(found), found.config) == (type(model), config)
    torch.testing.assert_close(found.state_dict(), model.state_dict(), rtol=0, atol=0)
    dataset = small.drawn()
    np.testing.assert_allclose(encode(found, dataset).mu, encode(model, dataset).mu, atol=1e-6)  # rounding
    assert reconstruct(found, dataset, [3, 1]).shape == (2, 3, 16, 24)


@each_model
def test_the_same_seed_gives_the_same_training_and_another_seed_another(config: ModelConfig):
    training, dataset = replace(WARM, denoising=0.5 if config.has_text else 0.0), small.drawn()
    once, again = trained(config, training), trained(config, training)
    other = trained(config, replace(training, seed=1))
    assert np.array_equal(encode(once.model, dataset).mu, encode(again.model, dataset).mu)
    assert not np.array_equal(encode(once.model, dataset).mu, encode(other.model, dataset).mu)


@each_model
def test_images_of_another_size_are_refused_with_both_sizes(config: ModelConfig):
    tall = replace(small.drawn(), images=np.zeros((8, 3, 24, 24), np.uint8))
    with pytest.raises(ValueError, match=r"images are \(\d, 3, 24, 24\), expected \(B, 3, 16, 24\)"):
        start(tall, config, small.TRAINING, "cpu")
