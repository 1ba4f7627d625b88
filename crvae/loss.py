"""The training loss and its parts (paper §3.3), on standardised data."""

from dataclasses import dataclass

import torch
from torch import Tensor

from crvae.batch import Batch, Output
from crvae.config import TrainingConfig


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """Scalars of one batch.

    image, text: mean squared errors on standardised data, that is shares of variance not explained
    channels:    image, (3,) by colour; image is their mean
    kl:          KL divergence of the latent from N(0, 1), mean over pairs and latent dimensions
    total:       image + λ text + β kl
    """

    image: Tensor
    channels: Tensor
    text: Tensor
    kl: Tensor
    total: Tensor


def loss_of(output: Output, batch: Batch, config: TrainingConfig) -> Loss:
    """Loss of one batch; padding is left out of the text's part."""
    channels = channel_errors(output.images, batch)
    image = channels.mean()
    text = text_error(output.word_vectors, batch)
    # D(N(mu, sigma) || N(0, 1)) per dimension, Kingma & Welling 2014, appendix B
    sigma_squared = torch.exp(2 * output.log_sigma)
    kl = (0.5 * (output.mu.square() + sigma_squared - 1) - output.log_sigma).mean()
    total = image + config.text_weight * text
    if config.kl_weight:
        total = total + config.kl_weight * kl
    return Loss(image=image, channels=channels, text=text, kl=kl, total=total)


def channel_errors(images: Tensor, batch: Batch) -> Tensor:
    """Mean squared error of reconstructed pictures by colour, (3,)."""
    return (images.float() - batch.images).square().mean((0, 2, 3))


def text_error(word_vectors: Tensor, batch: Batch) -> Tensor:
    """Mean squared error of reconstructed words, a scalar; padding is left out."""
    squared = (word_vectors.float() - batch.word_vectors).square().mean(2)  # (B, T)
    mask = batch.mask()
    return (squared * mask).sum() / mask.sum().clamp(min=1)
