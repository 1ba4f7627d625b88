"""A start for the dense layers in closed form, once the halves around them are learnt (not in the paper).

The convolutions and recurrent cells are first trained as two small autoencoders around the latent. Their
features of all pairs then give the dense layers by a singular value decomposition: the latent means become
the features' principal components, so that distances between latents are distances between features.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from crvae.model import Crvae

TEXT_SHARE = 0.3  # of the images' variance in the latent: words tell fewer scenes apart than pictures do
REST = 0.05  # of the random start is left to the units that the decomposition does not need


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What the encoders make of all pairs; image (N, 32 * 15 * 25), text (N, 2 * 2 * 512), float32."""

    image: Tensor
    text: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class _Axes:
    """Principal axes of the scaled features.

    directions: (r, D) orthonormal rows
    scale:      a latent is the score on an axis times this
    """

    directions: Tensor
    scale: float


@torch.no_grad()
def join(model: Crvae, features: Features) -> None:
    """Put the dense layers in between: what the decoders received before, they receive through the latent.

    Exact when the latent has as many dimensions as there are pairs less one, else the best of its size.
    Raises ValueError for fewer than two pairs.
    """
    n_pairs = len(features.image)
    if n_pairs < 2:
        raise ValueError(f"a start needs at least 2 pairs, there are {n_pairs}")
    image_scale = _one_over_spread(features.image)
    text_scale = _one_over_spread(features.text) * math.sqrt(
        TEXT_SHARE * features.image.shape[1] / features.text.shape[1]
    )
    _set_norm(model.image_norm, features.image, image_scale)
    _set_norm(model.text_norm, features.text, text_scale)
    scaled = torch.cat([_centred(features.image) * image_scale, _centred(features.text) * text_scale], dim=1)
    rank = min(n_pairs - 1, model.config.latent, model.config.fused // 2)
    axes = _principal_axes(scaled, rank)
    _set_encoder(model, axes)
    _set_decoder(model, axes, features, (image_scale, text_scale))


def _set_norm(norm: nn.BatchNorm1d, features: Tensor, scale: float) -> None:
    """Centre the features and scale them all alike, so that their own differences in spread stay."""
    variance = features.var(0, unbiased=False)
    norm.running_mean = features.mean(0)
    norm.running_var = variance
    norm.weight.copy_((variance + norm.eps).sqrt() * scale)
    norm.bias.zero_()


def _set_encoder(model: Crvae, axes: _Axes) -> None:
    """Each axis takes two units with opposite signs: relu(a) - relu(-a) = a."""
    r, latent = len(axes.directions), model.config.latent
    fused = model.encoder_fused
    fused.weight.mul_(REST)
    fused.bias.zero_()
    fused.weight[: 2 * r] = torch.cat([axes.directions, -axes.directions])
    to_mu = model.to_latent.weight[:latent]
    to_mu.zero_()
    to_mu[:r, : 2 * r] = _differences(r, to_mu) * axes.scale


def _set_decoder(model: Crvae, axes: _Axes, features: Features, scales: tuple[float, float]) -> None:
    r, n_image = len(axes.directions), features.image.shape[1]
    model.decoder_fused.weight.mul_(REST)
    model.decoder_fused.bias.zero_()
    model.decoder_fused.weight[: 2 * r] = 0
    model.decoder_fused.weight[: 2 * r, :r] = _differences(r, model.decoder_fused.weight).T
    image = axes.directions[:, :n_image] / scales[0]
    text = model.fit_states(axes.directions[:, n_image:] / scales[1])
    back = torch.cat([image, text], dim=1).T / axes.scale  # (D, r)
    model.from_fused.weight.zero_()
    model.from_fused.weight[:, : 2 * r] = torch.cat([back, -back], dim=1)
    means = [features.image.mean(0), model.fit_states(features.text.mean(0, keepdim=True))[0]]
    model.from_fused.bias.copy_(torch.cat(means))


def _principal_axes(points: Tensor, rank: int) -> _Axes:
    """The first axes of centred points, scaled so that a latent's mean variance is 1."""
    # On the CPU in float64: small, and the same on every device.
    _, singular, directions = torch.linalg.svd(points.double().cpu(), full_matrices=False)
    mean_variance = float(singular[:rank].square().sum()) / len(points) / rank
    scale = 1 / math.sqrt(mean_variance) if mean_variance > 0 else 1.0
    return _Axes(directions[:rank].to(points), scale)


def _differences(r: int, like: Tensor) -> Tensor:
    """(r, 2 r): the identity beside its negative."""
    eye = torch.eye(r, dtype=like.dtype, device=like.device)
    return torch.cat([eye, -eye], dim=1)


def _centred(features: Tensor) -> Tensor:
    return features - features.mean(0)


def _one_over_spread(features: Tensor) -> float:
    spread = float(features.var(0, unbiased=False).mean().sqrt())
    return 1 / spread if spread > 0 else 1.0
