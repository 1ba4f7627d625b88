"""Training a model on the pairs of one video, epoch by epoch (paper §3.3), and encoding with it (§3.1.4)."""

import logging
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from crvae.batch import Batch
from crvae.config import ModelConfig, TrainingConfig
from crvae.denoising import hide_one
from crvae.families import Model, build_model, training_for
from crvae.loss import Loss, loss_of
from crvae.model import Crvae
from crvae.optimizer import new_optimizer, set_rates
from crvae.records import EmbeddedDataset, EpochMetrics, Latents
from crvae.warm_start import Features, join

log = logging.getLogger(__name__)

ENCODE_PAIRS = 64  # at once, without gradients
STUCK_FVU = 0.9
STUCK_EPOCHS_MIN = 20
HIDING = 500_009  # keeps the draw of hidden modalities apart from the other random numbers of all epochs


class TrainingFailed(ValueError):
    """The training leads nowhere; the text says why and what to do next."""


@dataclass(slots=True, eq=False)
class TrainingState:
    """A training that stands after `epoch` epochs: fit() moves it on, checkpoint.save() keeps it.

    It holds no random state: the random numbers of an epoch follow from (seed, epoch) alone, so a training
    that is resumed takes the very steps of one that never stopped.
    """

    model: Model
    optimizer: torch.optim.AdamW
    config: TrainingConfig
    device: torch.device
    epoch: int = 0
    history: tuple[EpochMetrics, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _DeviceData:
    """The data set, on the device once and for all: 7 MB of pixels per 100 pairs."""

    images: Tensor  # (N, 3, H, W) uint8
    word_vectors: Tensor  # (N, T, E) float32
    lengths: Tensor  # (N,) int64, on the CPU

    def batch(self, model: Model, rows: Tensor) -> Batch:
        there = rows.to(self.images.device, non_blocking=True)
        return model.standardize(self.images[there], self.word_vectors[there], self.lengths[rows])


@dataclass(slots=True, eq=False)
class _Sums:
    """Running sums of one epoch on the device, so that no step waits for a number."""

    channels: Tensor  # (3,) squared error per colour, over pairs
    text: Tensor  # () squared error over words
    kl: Tensor  # () over pairs
    n_pairs: int = 0
    n_words: int = 0

    def add(self, loss: Loss, batch: Batch) -> None:
        n_pairs, n_words = len(batch.lengths), int(batch.lengths.sum())
        self.channels += loss.channels.detach() * n_pairs
        self.text += loss.text.detach() * n_words
        self.kl += loss.kl.detach() * n_pairs
        self.n_pairs += n_pairs
        self.n_words += n_words


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
    data = _on_device(dataset, torch.device("cpu"))
    data.batch(model, torch.arange(1))  # checks the sizes before any work
    _measure_scale(model, dataset)
    model = model.to(target)
    return TrainingState(model, new_optimizer(model, training_config), training_config, target)


def fit(state: TrainingState, dataset: EmbeddedDataset) -> Iterator[EpochMetrics]:
    """Metrics of each epoch as it ends, up to config.epochs; to stop, cease to iterate; to go on, call again.

    The figures are means over the epoch's own training steps, weights moving and latent sampled, so they are
    a little worse than what the model at the epoch's end would score. Those of the first config.warm_epochs
    are of the parts around the latent, which is put in between at the end of these epochs.
    Raises TrainingFailed when the loss is not finite, or the images are still not learnt after a tenth.
    """
    data = _on_device(dataset, state.device)
    while state.epoch < state.config.epochs:
        began = time.perf_counter()
        state.model.is_joined = state.epoch >= state.config.warm_epochs
        sums = _train_epoch(state, data)
        if state.epoch + 1 == state.config.warm_epochs:
            _join(state, data)
        metrics = _metrics(state, sums, began)
        state.epoch += 1
        state.history = (*state.history, metrics)
        _refuse_hopeless(state)
        log.debug("epoch %d: image_fvu %.4f, %.2f s", metrics.epoch, metrics.image_fvu, metrics.seconds)
        yield metrics


def encode(model: Model, dataset: EmbeddedDataset) -> Latents:
    """Latent means of all pairs, in eval mode and float32 whatever the training's precision."""
    data = _on_device(dataset, model.image_mean.device)
    model.eval()
    with torch.inference_mode():
        mu = [model.encode(data.batch(model, rows)).mu for rows in _in_order(len(data.lengths))]
    return Latents(mu=torch.cat(mu).cpu().numpy())


def reconstruct(model: Model, dataset: EmbeddedDataset, indices: Sequence[int]) -> NDArray[np.uint8]:
    """What the decoder makes of the latent means of these pairs, (n, 3, H, W) uint8 RGB."""
    data = _on_device(dataset, model.image_mean.device)
    model.eval()
    with torch.inference_mode():
        output = model(data.batch(model, torch.as_tensor(list(indices), dtype=torch.int64)))
        pixels = output.images.float() * model.image_std[:, None, None] + model.image_mean[:, None, None]
        return (pixels * 255).round().clamp(0, 255).to(torch.uint8).cpu().numpy()


def batches_of(n_pairs: int, config: TrainingConfig, epoch: int) -> list[Tensor]:
    """Shuffled rows of one epoch in batches of equal size, within one.

    So no batch has a single row, which batch normalisation could not take, and none weighs more than another.
    """
    rng = torch.Generator().manual_seed(_epoch_seed(config, epoch))
    if epoch < config.warm_epochs:
        n_batches = math.ceil(n_pairs / config.warm_batch_size)
    else:
        n_batches = max(1, min(math.ceil(n_pairs / config.batch_size), n_pairs // 2))
    return list(torch.randperm(n_pairs, generator=rng).tensor_split(n_batches))


def uses_bfloat16(config: TrainingConfig, device: torch.device) -> bool:
    """Whether matrices are multiplied in bfloat16: as told, else where the device computes in it."""
    if config.precision != "auto":
        return config.precision == "bfloat16"
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    capabilities = torch.cpu.get_capabilities() if device.type == "cpu" else {}
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def _train_epoch(state: TrainingState, data: _DeviceData) -> _Sums:
    model, config, device = state.model, state.config, state.device
    model.train()
    noise = torch.Generator(device).manual_seed(_epoch_seed(config, state.epoch))
    hiding = torch.Generator().manual_seed(_epoch_seed(config, state.epoch) + HIDING)
    batches = batches_of(len(data.lengths), config, state.epoch)
    sums = _Sums(
        channels=torch.zeros(3, device=device),
        text=torch.zeros((), device=device),
        kl=torch.zeros((), device=device),
    )
    is_bfloat16 = uses_bfloat16(config, device)
    for step, rows in enumerate(batches):
        set_rates(state.optimizer, config, state.epoch + (step + 0.5) / len(batches))
        batch = data.batch(model, rows)
        seen = hide_one(batch, config.denoising, hiding) if config.denoising else None
        with torch.autocast(device.type, torch.bfloat16, enabled=is_bfloat16):
            output = model(batch, noise, seen)
        loss = loss_of(output, batch, config)
        state.optimizer.zero_grad(set_to_none=True)
        loss.total.backward()
        if config.gradient_clip and model.is_joined:
            nn.utils.clip_grad_value_(model.parameters(), config.gradient_clip)
        state.optimizer.step()
        sums.add(loss, batch)
    return sums


def _join(state: TrainingState, data: _DeviceData) -> None:
    model = state.model
    assert isinstance(model, Crvae)  # training_for gives the others no warm start
    model.eval()
    with torch.no_grad():
        parts = [model.features(data.batch(model, rows)) for rows in _in_order(len(data.lengths))]
    image, text = (torch.cat([part.float() for part in kind]) for kind in zip(*parts, strict=True))
    join(model, Features(image, text))
    model.is_joined = True
    state.optimizer = new_optimizer(model, state.config)  # what it remembers is of another landscape


def _metrics(state: TrainingState, sums: _Sums, began: float) -> EpochMetrics:
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
            f"the loss is no longer a number after epoch {last.epoch}: train again with a learning rate "
            f"below {state.config.learning_rate:g}"
        )
    patience = max(STUCK_EPOCHS_MIN, math.ceil(state.config.epochs / 10))
    best = min(metrics.image_fvu for metrics in state.history)
    if last.epoch >= patience and best > STUCK_FVU:
        raise TrainingFailed(
            f"after {last.epoch} epochs the model explains only {max(0.0, 1 - best):.0%} of the images' "
            "variance: train again with another learning rate or the standard preset"
        )


def _on_device(dataset: EmbeddedDataset, device: torch.device) -> _DeviceData:
    return _DeviceData(
        images=torch.from_numpy(dataset.images).to(device),
        word_vectors=torch.from_numpy(dataset.word_vectors).float().to(device),
        lengths=torch.from_numpy(dataset.lengths).to(torch.int64),
    )


def _measure_scale(model: Model, dataset: EmbeddedDataset) -> None:
    """Mean and spread of the pixels per channel and of the real words' vectors, into the model's buffers."""
    pixels = dataset.images.transpose(1, 0, 2, 3).reshape(3, -1)
    model.image_mean.copy_(torch.from_numpy(pixels.mean(axis=1) / 255))
    model.image_std.copy_(torch.from_numpy(_spread(pixels.std(axis=1) / 255)))
    is_word = np.arange(dataset.word_vectors.shape[1]) < dataset.lengths[:, None]  # (N, T)
    words = dataset.word_vectors[is_word].astype(np.float64)
    if len(words):
        model.word_mean.copy_(torch.from_numpy(words.mean(axis=0)))
        model.word_std.copy_(torch.from_numpy(_spread(np.sqrt(words.var(axis=0).mean()))))


def _spread(std: NDArray[np.float64]) -> NDArray[np.float64]:
    """The standard deviation, or 1 where nothing varies and there is nothing to divide by."""
    return np.where(np.asarray(std) > 1e-6, std, 1.0)


def _epoch_seed(config: TrainingConfig, epoch: int) -> int:
    return config.seed * 1_000_003 + epoch


def _in_order(n_pairs: int) -> tuple[Tensor, ...]:
    return torch.arange(n_pairs).split(ENCODE_PAIRS)
