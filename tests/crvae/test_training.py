import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from crvae.config import TrainingConfig
from crvae.epoch import batches_of, uses_bfloat16
from crvae.optimizer import learning_rate
from crvae.records import EmbeddedDataset, EpochMetrics
from crvae.training import (
    TrainingFailed,
    encode,
    fit,
    reconstruct,
    start,
)
from tests.crvae import small


def trained(dataset: EmbeddedDataset, config: TrainingConfig = small.TRAINING):
    state = start(dataset, small.MODEL, config, "cpu")
    for _ in fit(state, dataset):
        pass
    return state


def figures(history: tuple[EpochMetrics, ...]) -> list[EpochMetrics]:
    return [replace(metrics, seconds=0.0) for metrics in history]


def test_one_batch_is_learnt_by_heart():
    dataset = small.drawn()
    config = replace(small.TRAINING, epochs=250, batch_size=8, schedule="one_cycle", beta2=0.98)
    state = trained(dataset, config)
    assert state.history[-1].image_fvu < 0.02
    assert state.history[-1].text_fvu < 0.3


def test_reconstructions_look_like_the_frames_they_came_from():
    dataset = small.drawn()
    config = replace(small.TRAINING, epochs=250, batch_size=8, schedule="one_cycle", beta2=0.98)
    state = trained(dataset, config)
    shown = reconstruct(state.model, dataset, [5, 0])
    assert shown.dtype == np.uint8
    differences = shown.astype(float) - dataset.images[[5, 0]]
    share = (differences**2).mean() / dataset.images.astype(float).var(axis=(0, 2, 3)).mean()
    assert share < 0.05


def test_image_fvu_is_the_error_over_the_variance_of_the_pixels():
    dataset = small.drawn()
    last = trained(dataset).history[-1]
    pixels = dataset.images / 255
    # Per colour the ratio is exact; the mean of ratios stays between the extremes of the colours.
    variances = pixels.var(axis=(0, 2, 3))
    assert variances.min() <= last.image_mse / last.image_fvu <= variances.max()
    words = dataset.word_vectors[np.arange(5) < dataset.lengths[:, None]]
    assert last.text_mse / last.text_fvu == pytest.approx(words.var(axis=0).mean(), rel=1e-4)


def test_before_any_learning_the_share_unexplained_is_about_one():
    dataset = small.drawn()
    first = trained(dataset, replace(small.TRAINING, epochs=1, learning_rate=1e-9)).history[0]
    assert first.image_fvu == pytest.approx(1.0, abs=0.15)
    assert first.text_fvu == pytest.approx(1.0, abs=0.15)


def test_the_same_seed_gives_the_same_training_and_another_seed_another():
    dataset = small.drawn()
    once, again = trained(dataset), trained(dataset)
    other = trained(dataset, replace(small.TRAINING, seed=1))
    assert figures(once.history) == figures(again.history)
    assert np.array_equal(encode(once.model, dataset).mu, encode(again.model, dataset).mu)
    assert figures(once.history) != figures(other.history)


def test_training_leaves_the_callers_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    trained(small.drawn(), replace(small.TRAINING, epochs=1))
    assert torch.equal(torch.rand(1), expected)


def test_a_training_stopped_after_an_epoch_goes_on_as_if_it_never_stopped():
    dataset = small.drawn()
    state = start(dataset, small.MODEL, small.TRAINING, "cpu")
    next(fit(state, dataset))
    assert state.epoch == 1
    encode(state.model, dataset)  # a look in between changes nothing
    assert [metrics.epoch for metrics in fit(state, dataset)] == [2, 3, 4]
    whole = trained(dataset)
    assert figures(state.history) == figures(whole.history)
    assert np.array_equal(encode(state.model, dataset).mu, encode(whole.model, dataset).mu)


def test_a_finished_training_yields_nothing_more():
    dataset = small.drawn()
    assert list(fit(trained(dataset), dataset)) == []


@given(n_pairs=st.integers(2, 200), batch_size=st.integers(2, 32), epoch=st.integers(0, 5))
def test_every_epoch_takes_each_pair_once_in_batches_of_equal_size_and_never_one_alone(
    n_pairs: int, batch_size: int, epoch: int
):
    batches = batches_of(n_pairs, batch_size, TrainingConfig(), epoch)
    sizes = [len(batch) for batch in batches]
    assert sorted(torch.cat(batches).tolist()) == list(range(n_pairs))
    assert max(sizes) - min(sizes) <= 1
    assert min(sizes) >= 2
    assert max(sizes) <= max(batch_size, 3)


def test_epochs_are_shuffled_each_in_its_own_way():
    config = TrainingConfig()
    orders = [torch.cat(batches_of(40, 16, config, epoch)).tolist() for epoch in range(3)]
    assert len({tuple(order) for order in orders}) == 3


@pytest.mark.parametrize("n_pairs", [2, 3, 5, 9, 17])
def test_any_number_of_pairs_from_two_trains(n_pairs: int):
    dataset = small.drawn(n_pairs, n_scenes=2)
    state = trained(dataset, replace(small.TRAINING, epochs=2))
    assert len(state.history) == 2
    assert encode(state.model, dataset).mu.shape == (n_pairs, small.MODEL.latent)


def test_a_video_of_one_pair_is_refused():
    with pytest.raises(ValueError, match="training needs at least 2 pairs, this video has 1"):
        start(small.drawn(1, n_scenes=1), small.MODEL, small.TRAINING, "cpu")


def test_a_video_without_a_single_word_trains_on_its_images():
    dataset = small.drawn()
    silent = replace(
        dataset,
        word_vectors=np.zeros_like(dataset.word_vectors),
        lengths=np.zeros_like(dataset.lengths),
        tokens=((),) * 8,
    )
    assert trained(silent).history[-1].text_fvu == 0


def test_a_black_video_trains_without_dividing_by_zero():
    dataset = small.drawn()
    black = replace(dataset, images=np.zeros_like(dataset.images))
    assert math.isfinite(trained(black).history[-1].total)


def test_sizes_that_do_not_fit_are_refused_before_any_training():
    with pytest.raises(ValueError, match=r"expected \(B, 3, 120, 200\)"):
        start(small.drawn(), replace(small.MODEL, height_px=120, width_px=200), small.TRAINING, "cpu")


def test_word_vectors_that_are_not_finite_are_refused():
    dataset = small.drawn()
    broken = replace(dataset, word_vectors=np.where(dataset.word_vectors > 1, np.nan, dataset.word_vectors))
    with pytest.raises(ValueError, match="some word vectors are not finite"):
        start(broken, small.MODEL, small.TRAINING, "cpu")


def test_a_loss_that_is_no_number_ends_the_training_with_a_sentence():
    dataset = small.drawn()
    state = start(dataset, small.MODEL, replace(small.TRAINING, learning_rate=1e30), "cpu")
    with pytest.raises(
        TrainingFailed, match=r"no longer a number after epoch .* another seed or with the standard preset"
    ):
        list(fit(state, dataset))


def test_a_training_that_learns_nothing_ends_with_a_sentence_after_twenty_epochs():
    dataset = small.drawn()
    config = replace(small.TRAINING, epochs=100, learning_rate=1e-9)
    state = start(dataset, small.MODEL, config, "cpu")
    with pytest.raises(TrainingFailed, match="after 20 epochs the model explains only"):
        list(fit(state, dataset))


def test_one_cycle_rises_to_the_peak_and_falls_almost_to_zero_whatever_the_number_of_epochs():
    for epochs in (20, 500):
        config = TrainingConfig(epochs=epochs, learning_rate=1.0, schedule="one_cycle", warmup=0.1)
        shares = np.linspace(0, 1, 101)
        rates = [learning_rate(config, share * epochs) for share in shares]
        assert np.argmax(rates) == 10
        assert rates[10] == pytest.approx(1.0)
        assert rates[0] == pytest.approx(0.04)
        assert rates[-1] == pytest.approx(0.001)
        assert (np.diff(rates[10:]) < 0).all()


def test_a_constant_schedule_is_constant():
    config = TrainingConfig(learning_rate=0.5)
    assert {learning_rate(config, epochs_done) for epochs_done in (0.0, 100.0, 499.9)} == {0.5}


def test_rates_by_inputs_fall_with_the_number_of_inputs():
    dataset = small.drawn()
    wide = replace(small.MODEL, fused=1024)
    optimizer = start(dataset, wide, small.TRAINING, "cpu").optimizer
    scales = {
        tuple(p.shape): group["scale"] for group in optimizer.adamw.param_groups for p in group["params"]
    }
    assert scales[(16, 3, 3, 3)] == pytest.approx(8 / (9 * 3))
    assert scales[(2 * wide.latent, 1024)] == pytest.approx(8 / 1024)


def test_wide_layers_take_the_rate_of_their_inputs_too():
    dataset = small.drawn()
    moved: list[float] = []
    for rates in ("uniform", "by_inputs"):
        config = replace(
            small.TRAINING, epochs=1, batch_size=8, moments="factored", rates=rates, weight_decay=0
        )
        state = start(dataset, replace(small.MODEL, fused=1024), config, "cpu")
        before = state.model.to_latent.weight.detach().clone()
        list(fit(state, dataset))
        moved.append(float((state.model.to_latent.weight.detach() - before).abs().mean()))
    assert moved[1] == pytest.approx(moved[0] * 8 / 1024, rel=0.01)


@pytest.mark.parametrize(("precision", "expected"), [("float32", False), ("bfloat16", True)])
def test_precision_is_as_told(precision: str, expected: bool):
    config = replace(small.TRAINING, precision=precision)
    assert uses_bfloat16(config, torch.device("cpu")) is expected


def test_bfloat16_learns_too():
    config = replace(small.TRAINING, epochs=60, batch_size=8, precision="bfloat16")
    assert trained(small.drawn(), config).history[-1].image_fvu < 0.3


def test_latents_are_the_same_in_any_order_of_encoding(monkeypatch: pytest.MonkeyPatch):
    dataset = small.drawn(9)
    state = trained(dataset)
    whole = encode(state.model, dataset).mu
    monkeypatch.setattr("crvae.device_data.ENCODE_PAIRS", 4)
    # Batches of another size multiply in another order: equal but for float32 rounding.
    assert np.allclose(encode(state.model, dataset).mu, whole, atol=1e-5)
