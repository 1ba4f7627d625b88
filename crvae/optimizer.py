"""The optimiser and its learning rates over the course of a training (paper §3.3)."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from crvae.config import TrainingConfig
from crvae.wide import FactoredSteps, WideLinear

FULL_RATE_INPUTS = 8  # inputs up to which a layer keeps the full rate when rates go "by_inputs"
MOMENTS = ("exp_avg", "exp_avg_sq")  # as AdamW calls what it remembers of each weight
RISE = 0.1  # share of the epochs around the latent in which their rate rises


class Optimizer:
    """AdamW (§3.3) in its fused form, one pass over memory instead of ten; for the wide layers see "moments".

    With rates "by_inputs", a layer's rate falls with its number of inputs. Adam moves every weight by about
    the rate, whatever the gradient, so 14,048 inputs that agree move an output 50 times as far as a
    convolution's 288: one rate for all is too small for the one or kills the ReLUs behind the other.
    """

    def __init__(self, model: nn.Module, config: TrainingConfig):
        self.config = config
        self.wide: dict[str, FactoredSteps] = {}
        groups: list[dict[str, object]] = []
        for name, module in model.named_modules():
            parameters = dict(module.named_parameters(recurse=False))
            if isinstance(module, WideLinear):
                module.steps = None
                if config.moments == "factored":
                    module.steps = self.wide[name] = FactoredSteps(module)
                    del parameters["weight"]
            if parameters:
                groups.append({"params": list(parameters.values()), "scale": self._scale(module)})
        self.adamw = torch.optim.AdamW(
            groups,
            lr=config.learning_rate,
            betas=(0.9, config.beta2),
            weight_decay=config.weight_decay,
            fused=True,
        )

    def step(self, epochs_done: float) -> None:
        """One step with the gradients at hand, at the rates of this moment of the training; forgets them."""
        rate = learning_rate(self.config, epochs_done)
        is_warm = epochs_done < self.config.warm_epochs
        for group in self.adamw.param_groups:
            group["lr"] = rate if is_warm else rate * group["scale"]
        self.adamw.step()
        self.adamw.zero_grad(set_to_none=True)
        for steps in self.wide.values():
            steps.step(rate * self._scale(steps.layer), self.config.beta2, self.config.weight_decay)

    def flush(self) -> None:
        """Put everything into the weights; only then are they the model's."""
        for steps in self.wide.values():
            steps.flush()

    def tensors(self) -> dict[str, Tensor]:
        """All that it remembers, by name, after flush()."""
        kept: dict[str, Tensor] = {}
        for index, values in self.adamw.state_dict()["state"].items():
            kept |= {f"adamw.{index}.{name}": tensor for name, tensor in values.items()}
        for layer, steps in self.wide.items():
            kept |= {f"wide.{layer}/{name}": tensor for name, tensor in steps.tensors().items()}
        return kept

    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Go on from what tensors() gave. Raises KeyError or ValueError for another model's."""
        states: dict[int, dict[str, Tensor]] = {}
        wide: dict[str, dict[str, Tensor]] = {name: {} for name in self.wide}
        for key, tensor in tensors.items():
            kind, _, rest = key.partition(".")
            if kind == "wide":
                layer, _, name = rest.partition("/")
                wide[layer][name] = tensor
            else:
                index, _, name = rest.partition(".")
                states.setdefault(int(index), {})[name] = tensor
        parameters = [p for group in self.adamw.param_groups for p in group["params"]]
        for index, values in states.items():
            # The fused kernel would read past the end of a tensor that is too small.
            _require_shapes(values, dict.fromkeys(MOMENTS, parameters[index].shape))
        groups = self.adamw.state_dict()["param_groups"]
        self.adamw.load_state_dict({"state": states, "param_groups": groups})
        for layer, steps in self.wide.items():
            steps.load(wide[layer])

    def _scale(self, module: nn.Module) -> float:
        return min(1.0, FULL_RATE_INPUTS / _inputs(module)) if self.config.rates == "by_inputs" else 1.0


def _require_shapes(tensors: Mapping[str, Tensor], shapes: Mapping[str, torch.Size]) -> None:
    for name, shape in shapes.items():
        if tensors[name].shape != shape:
            raise ValueError(f"{name} is {tuple(tensors[name].shape)}, expected {tuple(shape)}")


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
