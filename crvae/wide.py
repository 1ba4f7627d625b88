"""Wide linear layers, trained without their gradient ever being written down (not in the paper).

Nearly all of the model's weights are in two layers of 14,048 x 4,000. For a batch of B pairs with inputs
x (B, in) and errors d (B, out) behind them, the gradient of such a layer is dᵀ x: 56 million numbers.
Its second moments, factored into rows and columns as in Adafactor (Shazeer & Stern 2018, algorithm 4), follow
from these rows alone, and so does the step. Steps are collected as rows and put into the weights once an
epoch; until then the layer computes with both. So a step passes over the weights twice, to multiply, and over
no gradient and no moments.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

TINY = 1e-30  # under the roots: a unit that never fires has no moments
RANK_MAX = 256  # rows collected at most: beyond, putting them into the weights is cheaper


class WideLinear(nn.Linear):
    """nn.Linear, but that while training it hands its gradient to `steps` if there are any."""

    steps: "FactoredSteps | None" = None

    def forward(self, input: Tensor) -> Tensor:  # (B, in)
        if self.steps is None or not self.training:
            return super().forward(input)
        return _Product.apply(input, self.bias, self.steps)


class FactoredSteps:
    """Second moments and steps of one layer's weight; see the module.

    row_moments, column_moments: (out,), (in,) float32, running means of squared gradients
    n_steps:                     taken so far
    """

    def __init__(self, layer: WideLinear):
        self.layer = layer
        weight = layer.weight
        self.row_moments = torch.zeros(weight.shape[0], device=weight.device)
        self.column_moments = torch.zeros(weight.shape[1], device=weight.device)
        self.n_steps = 0
        self.seen: list[tuple[Tensor, Tensor]] = []  # inputs and errors since the last step
        self.rows: tuple[Tensor, Tensor] | None = None  # (R, out), (R, in): steps that are not in the weights
        self.decay = 1.0  # of the weights, not in them either
        self._low: Tensor | None = None

    def weight(self, dtype: torch.dtype) -> Tensor:
        """The layer's weights without the collected steps, in the precision of the products."""
        if dtype == torch.float32:
            return self.layer.weight.detach()
        if self._low is None:
            self._low = self.layer.weight.detach().to(dtype)
        return self._low

    @torch.no_grad()
    def step(self, rate: float, beta2: float, weight_decay: float) -> None:
        """One step from what the layer saw since the last; nothing if it was not used."""
        if not self.seen:
            return
        x, d = (torch.cat([part.float() for part in parts]) for parts in zip(*self.seen, strict=True))
        self.seen.clear()
        self.n_steps += 1
        self.row_moments.lerp_(_mean_squares(d, x), 1 - beta2)
        self.column_moments.lerp_(_mean_squares(x, d), 1 - beta2)
        unbiased = 1 - beta2**self.n_steps
        of_rows, of_columns = self.row_moments / unbiased, self.column_moments / unbiased
        left = d * (of_rows.mean() / (of_rows + TINY)).sqrt()
        right = x * (of_columns + TINY).rsqrt()
        # No step larger than moments of its own would make it (algorithm 4, d = 1).
        size = ((left @ left.T) * (right @ right.T)).sum().div(left.shape[1] * right.shape[1]).sqrt()
        self._collect(left * (-rate / size.clamp(min=1)), right)
        self.decay *= 1 - rate * weight_decay
        if self.rows is not None and len(self.rows[0]) >= RANK_MAX:
            self.flush()

    @torch.no_grad()
    def flush(self) -> None:
        """Put the collected steps into the weights."""
        if self.rows is None:
            return
        left, right = self.rows
        self.layer.weight.addmm_(left.T, right, beta=self.decay)
        if self._low is not None:
            self._low.copy_(self.layer.weight)
        self.rows, self.decay = None, 1.0

    def tensors(self) -> dict[str, Tensor]:
        """What it remembers once all steps are in the weights."""
        return {
            "row_moments": self.row_moments,
            "column_moments": self.column_moments,
            "n_steps": torch.tensor(self.n_steps),
        }

    @torch.no_grad()
    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Go on from what tensors() gave. Raises KeyError or ValueError for another layer's."""
        if (tensors["row_moments"].shape, tensors["column_moments"].shape) != (
            self.row_moments.shape,
            self.column_moments.shape,
        ):
            raise ValueError(f"moments are not of a layer of {tuple(self.layer.weight.shape)}")
        self.row_moments.copy_(tensors["row_moments"])
        self.column_moments.copy_(tensors["column_moments"])
        self.n_steps = int(tensors["n_steps"])

    def _collect(self, left: Tensor, right: Tensor) -> None:
        old = self.rows
        self.rows = (torch.cat([old[0], left]), torch.cat([old[1], right])) if old else (left, right)


class _Product(torch.autograd.Function):
    """x Wᵀ + b, where W is the weights and the collected steps."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, bias: Tensor, steps: FactoredSteps) -> Tensor:
        kind = x.device.type
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else x.dtype
        x = x.to(dtype)
        ctx.save_for_backward(x)
        ctx.steps = steps
        with torch.autocast(kind, enabled=False):
            y = torch.addmm(bias.to(dtype), x, steps.weight(dtype).T)
            if steps.rows is not None:
                left, right = steps.rows
                y += ((x.float() @ right.T) @ left).to(dtype)
        return y

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, None]:
        (x,) = ctx.saved_tensors
        (d,), steps = grads, ctx.steps
        steps.seen.append((x, d))
        back = d @ steps.weight(d.dtype)
        if steps.rows is not None:
            left, right = steps.rows
            back += ((d.float() @ left.T) @ right).to(d.dtype)
        return back, d.float().sum(0), None


def _mean_squares(a: Tensor, b: Tensor) -> Tensor:
    """(n,): mean over m of (aᵀ b)² entry by entry, from a (B, n) and b (B, m) without the product."""
    return (a * ((b @ b.T) @ a)).sum(0).clamp(min=0) / b.shape[1]
