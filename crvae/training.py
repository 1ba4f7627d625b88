"""Training a model on the pairs of one video, epoch by epoch (paper §3.3), and encoding with it (§3.1.4)."""

import logging
import math
import time
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from crvae.config import ModelConfig, TrainingConfig
from crvae.device_data import DeviceData, measure_scale, on_device
from crvae.epoch import Sums, TrainingState, train_epoch, warm_epoch
from crvae.families import Model, build_model, training_for
from crvae.model import Crvae
from crvae.optimizer import Optimizer
from crvae.records import EmbeddedDataset, EpochMetrics, Latents
from crvae.warm_start import Features, join

log = logging.getLogger(__name__)

STUCK_FVU = 0.9
STUCK_EPOCHS_MIN = 20


class TrainingFailed(ValueError):
    """The training leads nowhere; the text says why and what to do next."""


def pick_device(name: str = "auto") -> torch.device:
    """The device of that name; "auto" is CUDA, else MPS, else the CPU."""
    if name != "auto":
        return torch.device(name)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def start(
    dataset: EmbeddedDataset,
    model_config: ModelConfig,
    training_config: TrainingConfig,
    device: str = "auto",
) -> TrainingState:
    """A fresh model at epoch 0 that knows the scale of its data set.

    Raises ValueError when there are fewer than two pairs, when a size does not fit the model, or when a word
    vector is not finite.
    """
    n_pairs = len(dataset.images)
    if n_pairs < 2:
        raise ValueError(f"training needs at least 2 pairs, this video has {n_pairs}: align more of it")
    if not np.isfinite(dataset.word_vectors).all():
        raise ValueError("some word vectors are not finite: choose another source of word vectors")
    target = pick_device(device)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training_config.seed)
        model = build_model(model_config)
    training_config = training_for(model_config, training_config)
    data = on_device(dataset, torch.device("cpu"))
    data.batch(model, torch.arange(1))  # checks the sizes before any work
    measure_scale(model, dataset)
    model = model.to(target)
    return TrainingState(model, Optimizer(model, training_config), training_config, target)


def fit(state: TrainingState, dataset: EmbeddedDataset) -> Iterator[EpochMetrics]:
    """Metrics of each epoch as it ends, up to config.last_epoch; to stop, cease to iterate and call again.

    The figures are means over the epoch's own training steps, weights moving and latent sampled, so they are
    a little worse than what the model at the epoch's end would score. Those of the first config.warm_epochs
    are of the parts around the latent, which is put in between at the end of these epochs.
    Raises TrainingFailed when the loss is not finite, or the images are still not learnt after a tenth.
    """
    data = on_device(dataset, state.device)
    while state.epoch < state.config.last_epoch:
        began = time.perf_counter()
        is_warm = state.epoch < state.config.warm_epochs
        state.model.is_joined = not is_warm
        sums = (warm_epoch if is_warm else train_epoch)(state, data)
        if state.epoch + 1 == state.config.warm_epochs:
            _join(state, data)
        metrics = _metrics(state, sums, began)
        state.epoch += 1
        state.history = (*state.history, metrics)
        _refuse_hopeless(state)
        log.debug("epoch %d: image_fvu %.4f, %.2f s", metrics.epoch, metrics.image_fvu, metrics.seconds)
        yield metrics
    if not state.model.is_joined:  # ended early
        _join(state, data)


def encode(model: Model, dataset: EmbeddedDataset) -> Latents:
    """Latent means of all pairs, in eval mode and float32 whatever the training's precision."""
    data = on_device(dataset, model.image_mean.device)
    model.eval()
    with torch.inference_mode():
        mu = [model.encode(data.batch(model, rows)).mu for rows in data.in_order()]
    return Latents(mu=torch.cat(mu).cpu().numpy())


def reconstruct(model: Model, dataset: EmbeddedDataset, indices: Sequence[int]) -> NDArray[np.uint8]:
    """What the decoder makes of the latent means of these pairs, (n, 3, H, W) uint8 RGB."""
    data = on_device(dataset, model.image_mean.device)
    model.eval()
    with torch.inference_mode():
        output = model(data.batch(model, torch.as_tensor(list(indices), dtype=torch.int64)))
        pixels = output.images.float() * model.image_std[:, None, None] + model.image_mean[:, None, None]
        return (pixels * 255).round().clamp(0, 255).to(torch.uint8).cpu().numpy()


def _join(state: TrainingState, data: DeviceData) -> None:
    model = state.model
    assert isinstance(model, Crvae)  # training_for gives the others no warm start
    model.eval()
    with torch.no_grad():
        parts = [model.features(data.batch(model, rows)) for rows in data.in_order()]
    image, text = (torch.cat([part.float() for part in kind]) for kind in zip(*parts, strict=True))
    join(model, Features(image, text))
    model.is_joined = True
    state.optimizer = Optimizer(model, state.config)  # what it remembers is of another landscape


def _metrics(state: TrainingState, sums: Sums, began: float) -> EpochMetrics:
    model, config = state.model, state.config
    channels = sums.channels / sums.n_pairs
    text_fvu = float(sums.text) / max(1, sums.n_words)
    image_fvu, kl = float(channels.mean()), float(sums.kl) / sums.n_pairs
    return EpochMetrics(
        epoch=state.epoch + 1,
        image_mse=float((channels * model.image_std.square()).mean()),
        text_mse=text_fvu * float(model.word_std) ** 2,
        kl=kl,
        total=image_fvu + config.text_weight * text_fvu + config.kl_weight * kl,
        image_fvu=image_fvu,
        text_fvu=text_fvu,
        seconds=time.perf_counter() - began,
    )


def _refuse_hopeless(state: TrainingState) -> None:
    last = state.history[-1]
    if not math.isfinite(last.total):
        raise TrainingFailed(
            f"the loss is no longer a number after epoch {last.epoch}: train again with another seed or with "
            "the standard preset"
        )
    patience = max(STUCK_EPOCHS_MIN, math.ceil(state.config.epochs / 10))
    best = min(metrics.image_fvu for metrics in state.history)
    if last.epoch >= patience and best > STUCK_FVU:
        raise TrainingFailed(
            f"after {last.epoch} epochs the model explains only {max(0.0, 1 - best):.0%} of the images' "
            "variance: look whether the frames differ at all, and train again with another seed or with the "
            "standard preset"
        )
