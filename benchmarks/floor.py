"""How fast a step could be: counted operations and bytes over what the machine was measured to do."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from crvae.batch import Batch
from crvae.config import ModelConfig
from crvae.model import Crvae

MATRIX = 2048
COPIED_BYTES = 512 * 2**20
# Passes over a weight in one step of AdamW, 4 bytes each: read and write weight and both moments.
ADAMW_BYTES = 24
# With factored moments (crvae.wide): read in bfloat16 forwards and backwards; and once an epoch, read and
# write in float32 and write in bfloat16.
FACTORED_BYTES, FLUSH_BYTES = 4, 10


@dataclass(frozen=True, slots=True)
class Machine:
    bytes_per_s: float  # read and written by a large copy
    operations_per_s: float  # of a large matrix product in the faster precision; a multiply-add is two


@dataclass(frozen=True, slots=True)
class Floor:
    """Estimated seconds of a step that cannot be saved: the longer of memory and arithmetic."""

    operations: float
    n_weights: int
    adamw_s: float
    factored_s: float


def measure(device: torch.device) -> Machine:
    source = torch.ones(COPIED_BYTES // 4, device=device)
    target = torch.empty_like(source)
    copy_s = _best_s(lambda: target.copy_(source), device)
    product_s = min(_best_s(_product(device, dtype), device) for dtype in (torch.float32, torch.bfloat16))
    return Machine(2 * COPIED_BYTES / copy_s, 2 * MATRIX**3 / product_s)


def floor_of(config: ModelConfig, machine: Machine, *, batch: int, words: int, steps: int) -> Floor:
    """steps: in an epoch; words: in a text"""
    model = Crvae(config)
    n_weights = sum(p.numel() for p in model.parameters())
    operations = 3 * batch * _operations(model, words)  # backwards takes twice as many as forwards
    arithmetic_s = operations / machine.operations_per_s
    factored = FACTORED_BYTES + FLUSH_BYTES / steps
    return Floor(
        operations,
        n_weights,
        max(arithmetic_s, n_weights * ADAMW_BYTES / machine.bytes_per_s),
        max(arithmetic_s, n_weights * factored / machine.bytes_per_s),
    )


def _operations(model: Crvae, words: int) -> float:
    """Of one pair going forwards."""
    found: list[float] = []

    def count(module: nn.Module, given: tuple[Tensor, ...], made: Tensor) -> None:
        weights = sum(p.numel() for p in module.parameters())
        if isinstance(module, nn.RNNBase):
            found.append(2.0 * weights * words)
        elif isinstance(module, nn.ConvTranspose2d):
            found.append(2.0 * weights * given[0].shape[2] * given[0].shape[3])
        elif isinstance(module, nn.Conv2d):
            found.append(2.0 * weights * made.shape[2] * made.shape[3])
        elif isinstance(module, nn.Linear):
            found.append(2.0 * weights * (made.shape[1] if made.ndim == 3 else 1))

    hooks = [module.register_forward_hook(count) for module in model.modules() if not list(module.children())]
    cfg = model.config
    pair = Batch(
        torch.zeros(1, 3, cfg.height_px, cfg.width_px),
        torch.zeros(1, words, cfg.word_vector_size),
        torch.tensor([words]),
    )
    with torch.inference_mode():
        model.eval()(pair)
    for hook in hooks:
        hook.remove()
    return sum(found)


def _product(device: torch.device, dtype: torch.dtype) -> Callable[[], Tensor]:
    a, b = (torch.randn(MATRIX, MATRIX, device=device).to(dtype) for _ in range(2))
    return partial(torch.mm, a, b)


def _best_s(work: Callable[[], object], device: torch.device, n: int = 5) -> float:
    times: list[float] = []
    for _ in range(n + 1):
        began = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
    return min(times[1:])
