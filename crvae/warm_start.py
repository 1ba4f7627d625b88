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

TEXT_SHARE = 0.6  # of the images' variance in the latent: words tell fewer scenes apart than pictures do
NEIGHBOURHOOD = 9  # places of the last maps, a side, over which frames are compared: things move a little
LOG_SIGMA = -7.0  # once joined: noise far below the smallest differences that the decoder needs
REST = 0.05  # of the random start is left to the units that the decomposition does not need


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What the encoders make of all pairs; image (N, 32 * 15 * 25), text (N, 2 * 2 * 512), float32."""

    image: Tensor
    text: Tensor


@torch.no_grad()
def join(model: Crvae, features: Features) -> None:
    """Put the dense layers in between: what the decoders received before, they receive through the latent.

    Nearly exact when the latent has as many dimensions as there are pairs less one, else the nearest.
    Raises ValueError for fewer than two pairs.
    """
    n_pairs = len(features.image)
    if n_pairs < 2:
        raise ValueError(f"a start needs at least 2 pairs, there are {n_pairs}")
    blur = _blur(model.image_decoder.shape).to(features.image)
    image, text = _centred(_over_places(features.image, blur)), _centred(features.text)
    image_scale = _one_over_spread(image)
    text_scale = _one_over_spread(text) * math.sqrt(TEXT_SHARE * image.shape[1] / text.shape[1])
    _set_norm(model.image_norm, features.image, image_scale)
    _set_norm(model.text_norm, features.text, text_scale)
    rank = min(n_pairs - 1, model.config.latent, model.config.fused // 2)
    scores, directions = _principal_axes(torch.cat([image * image_scale, text * text_scale], dim=1), rank)
    of_image, of_text = directions.split([image.shape[1], text.shape[1]], dim=1)
    _set_encoder(model, torch.cat([_over_places(of_image, blur.T), of_text], dim=1))
    _set_decoder(model, scores, features)


def _set_norm(norm: nn.BatchNorm1d, features: Tensor, scale: float) -> None:
    """Centre the features and scale them all alike, so that their own differences in spread stay."""
    variance = features.var(0, unbiased=False)
    norm.running_mean = features.mean(0)
    norm.running_var = variance
    norm.weight.copy_((variance + norm.eps).sqrt() * scale)
    norm.bias.zero_()


def _set_encoder(model: Crvae, directions: Tensor) -> None:
    """Latent means that are the scores on directions (r, D); the noise small.

    Each axis takes two units with opposite signs: relu(a) - relu(-a) = a.
    """
    r, latent = len(directions), model.config.latent
    fused = model.encoder_fused
    fused.weight.mul_(REST)
    fused.bias.zero_()
    fused.weight[: 2 * r] = torch.cat([directions, -directions])
    to_mu = model.to_latent.weight[:latent]
    to_mu.zero_()
    to_mu[:r, : 2 * r] = _differences(r, to_mu)
    model.to_latent.bias[latent:].fill_(max(LOG_SIGMA, model.config.log_sigma_min))


def _set_decoder(model: Crvae, scores: Tensor, features: Features) -> None:
    """What the decoders received, from the scores (N, r) by least squares."""
    r = scores.shape[1]
    model.decoder_fused.weight.mul_(REST)
    model.decoder_fused.bias.zero_()
    model.decoder_fused.weight[: 2 * r] = 0
    model.decoder_fused.weight[: 2 * r, :r] = _differences(r, model.decoder_fused.weight).T
    received = torch.cat([features.image, model.fit_states(features.text)], dim=1)
    # The scores are uncorrelated, so each takes its own share; of_noise keeps idle axes from dividing by 0.
    of_noise = len(scores) * math.exp(2 * LOG_SIGMA)
    back = (scores.T @ _centred(received) / (scores.square().sum(0) + of_noise)[:, None]).T  # (D, r)
    model.from_fused.weight.zero_()
    model.from_fused.weight[:, : 2 * r] = torch.cat([back, -back], dim=1)
    model.from_fused.bias.copy_(received.mean(0))


def _principal_axes(points: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """Scores (N, r) of centred points on their first axes, and directions (r, D) that give them.

    Both are scaled so that the scores' mean variance is 1.
    """
    # On the CPU in float64: small, and the same on every device.
    left, singular, directions = torch.linalg.svd(points.double().cpu(), full_matrices=False)
    mean_variance = float(singular[:rank].square().sum()) / len(points) / rank
    scale = 1 / math.sqrt(mean_variance) if mean_variance > 0 else 1.0
    scores = left[:, :rank] * singular[:rank] * scale
    return scores.to(points), (directions[:rank] * scale).to(points)


def _blur(shape: tuple[int, int, int]) -> Tensor:
    """(P, P): the mean over the neighbourhood of each of the P places of a map."""
    _, height, width = shape
    places = torch.eye(height * width).unflatten(1, (1, height, width))
    pad = NEIGHBOURHOOD // 2
    means = nn.functional.avg_pool2d(places, NEIGHBOURHOOD, 1, pad, count_include_pad=False)
    return means.flatten(1).T


def _over_places(features: Tensor, matrix: Tensor) -> Tensor:
    """A matrix (P, P) applied to the places of every map, (N, C * P)."""
    return (features.unflatten(1, (-1, len(matrix))) @ matrix.T).flatten(1)


def _differences(r: int, like: Tensor) -> Tensor:
    """(r, 2 r): the identity beside its negative."""
    eye = torch.eye(r, dtype=like.dtype, device=like.device)
    return torch.cat([eye, -eye], dim=1)


def _centred(features: Tensor) -> Tensor:
    return features - features.mean(0)


def _one_over_spread(features: Tensor) -> float:
    spread = float(features.var(0, unbiased=False).mean().sqrt())
    return 1 / spread if spread > 0 else 1.0
