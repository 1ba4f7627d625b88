"""One epoch of a training: all parts together (paper §3.3), or the parts around the latent on their own."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from crvae.config import TrainingConfig
from crvae.denoising import hide_one
from crvae.device_data import DeviceData
from crvae.families import Model
from crvae.loss import channel_errors, loss_of, text_error
from crvae.model import Crvae
from crvae.optimizer import Optimizer
from crvae.records import EpochMetrics

HIDING = 500_009  # keeps the draw of hidden modalities apart from the other random numbers of all epochs


@dataclass(slots=True, eq=False)
class TrainingState:
    """A training that stands after `epoch` epochs: fit() moves it on, checkpoint.save() keeps it.

    It holds no random state: the random numbers of an epoch follow from (seed, epoch) alone, so a training
    that is resumed takes the very steps of one that never stopped.
    """

    model: Model
    optimizer: Optimizer
    config: TrainingConfig
    device: torch.device
    epoch: int = 0
    history: tuple[EpochMetrics, ...] = ()


@dataclass(slots=True, eq=False)
class Sums:
    """Running sums of one epoch on the device, so that no step waits for a number."""

    channels: Tensor  # (3,) squared error per colour, over pairs
    text: Tensor  # () squared error over words
    kl: Tensor  # () over pairs
    n_pairs: int = 0
    n_words: int = 0

    def add_images(self, channels: Tensor, n_pairs: int) -> None:
        self.channels += channels.detach() * n_pairs
        self.n_pairs += n_pairs

    def add_words(self, error: Tensor, lengths: Tensor) -> None:
        n_words = int(lengths.sum())
        self.text += error.detach() * n_words
        self.n_words += n_words


def train_epoch(state: TrainingState, data: DeviceData) -> Sums:
    """One pass over all pairs, every weight of the model learning (§3.3)."""
    model, config, device = state.model.train(), state.config, state.device
    noise = torch.Generator(device).manual_seed(_epoch_seed(config, state.epoch))
    hiding = torch.Generator().manual_seed(_epoch_seed(config, state.epoch) + HIDING)
    sums = _no_sums(device)
    for epochs_done, rows in _steps(state, data, config.batch_size):
        batch = data.batch(model, rows)
        seen = hide_one(batch, config.denoising, hiding) if config.denoising else None
        with _precision(state):
            output = model(batch, noise, seen)
        loss = loss_of(output, batch, config)
        loss.total.backward()
        if config.gradient_clip:
            nn.utils.clip_grad_value_(model.parameters(), config.gradient_clip)
        state.optimizer.step(epochs_done)
        sums.add_images(loss.channels, len(rows))
        sums.add_words(loss.text, batch.lengths)
        sums.kl += loss.kl.detach() * len(rows)
    state.optimizer.flush()
    return sums


def warm_epoch(state: TrainingState, data: DeviceData) -> Sums:
    """One pass over all pairs for the parts around the latent: pictures first, then words (crvae.warm_start).

    The convolutions take small batches, which cost them nothing, for steps teach; the recurrent cells cost
    the same for one pair as for many.
    """
    model, config = state.model.train(), state.config
    assert isinstance(model, Crvae)  # crvae.families.training_for gives the others no warm start
    sums = _no_sums(state.device)
    for epochs_done, rows in _steps(state, data, config.warm_batch_size):
        batch = data.batch(model, rows)
        with _precision(state):
            images = model.image_decoder(model.image_encoder(batch.images))
        channels = channel_errors(images, batch)
        channels.mean().backward()
        state.optimizer.step(epochs_done)
        sums.add_images(channels, len(rows))
    for epochs_done, rows in _steps(state, data, config.batch_size):
        batch = data.batch(model, rows)
        with _precision(state):
            words = model.words_around(batch)
        error = text_error(words, batch)
        error.backward()
        state.optimizer.step(epochs_done)
        sums.add_words(error, batch.lengths)
    return sums


def batches_of(n_pairs: int, batch_size: int, config: TrainingConfig, epoch: int) -> list[Tensor]:
    """Shuffled rows of one epoch in batches of equal size, within one; none weighs more than another."""
    rng = torch.Generator().manual_seed(_epoch_seed(config, epoch))
    # No batch of a single row, which batch normalisation could not take.
    n_batches = max(1, min(math.ceil(n_pairs / batch_size), n_pairs // 2))
    return list(torch.randperm(n_pairs, generator=rng).tensor_split(n_batches))


def uses_bfloat16(config: TrainingConfig, device: torch.device) -> bool:
    """Whether matrices are multiplied in bfloat16: as told, else where the device computes in it."""
    if config.precision != "auto":
        return config.precision == "bfloat16"
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    capabilities = torch.cpu.get_capabilities() if device.type == "cpu" else {}
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def _steps(state: TrainingState, data: DeviceData, batch_size: int) -> Iterator[tuple[float, Tensor]]:
    """The moment of each step, in epochs since the training began, and the rows of its batch."""
    batches = batches_of(len(data.lengths), batch_size, state.config, state.epoch)
    for step, rows in enumerate(batches):
        yield state.epoch + (step + 0.5) / len(batches), rows


def _precision(state: TrainingState) -> torch.autocast:
    enabled = uses_bfloat16(state.config, state.device)
    return torch.autocast(state.device.type, torch.bfloat16, enabled=enabled)


def _no_sums(device: torch.device) -> Sums:
    zero = torch.zeros((), device=device)
    return Sums(channels=torch.zeros(3, device=device), text=zero, kl=zero.clone())


def _epoch_seed(config: TrainingConfig, epoch: int) -> int:
    return config.seed * 1_000_003 + epoch
