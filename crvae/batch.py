"""What goes through every model: standardised pairs, the latent Gaussian, reconstructions (paper §3.1.4)."""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from crvae.config import ModelConfig
from crvae.layers import initialize


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Standardised pairs on the model's device.

    images:       (B, 3, 120, 200) float32, channels last in memory
    word_vectors: (B, T, E) float32, zero where there is no word
    lengths:      (B,) int64 on the CPU, where packing wants it
    """

    images: Tensor
    word_vectors: Tensor
    lengths: Tensor

    def mask(self) -> Tensor:
        """(B, T) bool on the device: true where there is a word."""
        positions = torch.arange(self.word_vectors.shape[1])
        mask = positions < self.lengths.unsqueeze(1)
        return mask.to(self.word_vectors.device, non_blocking=True)


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Gaussian of each pair in the latent space; mu and log_sigma (B, D), sigma = exp(log_sigma)."""

    mu: Tensor
    log_sigma: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """Reconstructions on the standardised scale, shapes as in Batch, and the latent they came from.

    A model of pictures alone gives zeros for the words: the mean of the video, which explains nothing.
    """

    images: Tensor
    word_vectors: Tensor
    mu: Tensor
    log_sigma: Tensor


class Scaled(Protocol):
    """A model that carries the scale of its video, so that raw pixels and word vectors go in."""

    config: ModelConfig
    image_mean: Tensor  # (3,) of pixels in [0, 1]
    image_std: Tensor  # (3,)
    word_mean: Tensor  # (E,)
    word_std: Tensor  # (), one for all entries: small ones are not blown up


def prepare(model: nn.Module, config: ModelConfig, latent: nn.Linear | nn.Conv2d, output: nn.Conv2d) -> None:
    """The start of a model that was just made, and the buffers of Scaled for a video of mean 0 and spread 1.

    latent: the layer that gives mu and ln sigma
    output: the layer that gives the picture
    """
    model.register_buffer("image_mean", torch.zeros(3))
    model.register_buffer("image_std", torch.ones(3))
    model.register_buffer("word_mean", torch.zeros(config.word_vector_size))
    model.register_buffer("word_std", torch.ones(()))
    model.apply(initialize)
    start_latent(latent, config)
    with torch.no_grad():
        # Start from the mean of the data: an untrained output of full size costs many epochs to unlearn.
        output.weight.mul_(0.1)


def standardized(model: Scaled, images: Tensor, word_vectors: Tensor, lengths: Tensor) -> Batch:
    """Batch from pixels (B, 3, H, W) uint8 and word vectors (B, T, E), both on the model's device.

    Raises ValueError when a shape does not fit the model.
    """
    cfg = model.config
    if images.shape[1:] != (3, cfg.height_px, cfg.width_px):
        raise ValueError(
            f"images are {tuple(images.shape)}, expected (B, 3, {cfg.height_px}, {cfg.width_px})"
        )
    if word_vectors.ndim != 3 or word_vectors.shape[2] != cfg.word_vector_size:
        raise ValueError(
            f"word vectors are {tuple(word_vectors.shape)}, expected (B, T, {cfg.word_vector_size})"
        )
    n_words = max(1, int(lengths.max()))
    pixels = images.contiguous(memory_format=torch.channels_last).float() / 255
    batch = Batch(
        images=(pixels - model.image_mean[:, None, None]) / model.image_std[:, None, None],
        word_vectors=(word_vectors[:, :n_words] - model.word_mean) / model.word_std,
        lengths=lengths,
    )
    return Batch(batch.images, batch.word_vectors * batch.mask().unsqueeze(2), lengths)


def resample(posterior: Posterior, generator: torch.Generator | None = None) -> Tensor:
    """Sample z = mu + sigma * noise, (B, D) (§3.1.4)."""
    noise = torch.randn(posterior.mu.shape, generator=generator, device=posterior.mu.device)
    return posterior.mu + torch.exp(posterior.log_sigma) * noise


def posterior_of(latent: Tensor, config: ModelConfig) -> Posterior:
    """The Gaussian whose mu and unbounded ln sigma lie behind one another in (B, 2 D)."""
    mu, log_sigma = latent.float().chunk(2, dim=1)
    return Posterior(mu, log_sigma.clamp(config.log_sigma_min, config.log_sigma_max))


@torch.no_grad()
def start_latent(layer: nn.Linear | nn.Conv2d, config: ModelConfig) -> None:
    """Let the half of a layer that gives ln sigma start at config.log_sigma_start whatever goes in."""
    assert layer.bias is not None
    n_mu = len(layer.bias) // 2
    layer.weight[n_mu:].zero_()
    layer.bias[n_mu:].fill_(config.log_sigma_start)
