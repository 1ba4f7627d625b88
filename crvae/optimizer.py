"""The optimiser and its learning rates over the course of a training (paper §3.3)."""

import math

import torch
from torch import nn

from crvae.config import TrainingConfig

FULL_RATE_INPUTS = 8  # inputs up to which a layer keeps the full rate when rates go "by_inputs"
RISE = 0.1  # share of the epochs around the latent in which their rate rises


def new_optimizer(model: nn.Module, config: TrainingConfig) -> torch.optim.AdamW:
    """AdamW (§3.3) in its fused form: one pass over memory instead of ten.

    With rates "by_inputs", a layer's rate falls with its number of inputs. Adam moves every weight by about
    the rate, whatever the gradient, so 14,048 inputs that agree move an output 50 times as far as a
    convolution's 288: one rate for all is too small for the one or kills the ReLUs behind the other.
    """
    groups: list[dict[str, object]] = []
    for module in model.modules():
        parameters = list(module.parameters(recurse=False))
        if parameters:
            scale = min(1.0, FULL_RATE_INPUTS / _inputs(module)) if config.rates == "by_inputs" else 1.0
            groups.append({"params": parameters, "scale": scale})
    return torch.optim.AdamW(
        groups,
        lr=config.learning_rate,
        betas=(0.9, config.beta2),
        weight_decay=config.weight_decay,
        fused=True,
    )


def set_rates(optimizer: torch.optim.AdamW, config: TrainingConfig, epochs_done: float) -> None:
    """The rate of every layer at this moment of the training."""
    rate = learning_rate(config, epochs_done)
    is_warm = epochs_done < config.warm_epochs
    for group in optimizer.param_groups:
        group["lr"] = rate if is_warm else rate * group["scale"]


def learning_rate(config: TrainingConfig, epochs_done: float) -> float:
    """The rate at a moment of the training; a function of the share of its epochs that are done.

    "one_cycle" rises in a line for the warm-up's share, then falls along a cosine to a thousandth. The epochs
    before the parts are joined have a cycle of their own.
    """
    n_warm = config.warm_epochs
    if epochs_done < n_warm:
        return config.warm_rate * _cycle(epochs_done / n_warm, RISE)
    if config.schedule == "constant":
        return config.learning_rate
    return config.learning_rate * _cycle((epochs_done - n_warm) / (config.epochs - n_warm), config.warmup)


def _cycle(share: float, rise: float) -> float:
    if share < rise:
        return 0.04 + 0.96 * share / rise
    return 0.001 + 0.999 * 0.5 * (1 + math.cos(math.pi * (share - rise) / (1 - rise)))


def _inputs(module: nn.Module) -> float:
    if isinstance(module, nn.Linear):
        return module.in_features
    if isinstance(module, nn.MultiheadAttention):
        return module.embed_dim
    if isinstance(module, nn.RNNBase):
        return module.input_size + module.hidden_size
    if isinstance(module, nn.Conv2d):
        return module.in_channels * 9
    if isinstance(module, nn.ConvTranspose2d):
        return module.in_channels * 9 / 4  # with stride 2 a pixel is reached by 9 / 4 of the taps on average
    return 1  # normalisation
