"""Layers whose gradient is never written down do what those do that write it down."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from crvae.wide import RANK_MAX, FactoredSteps, WideLinear

IN, OUT = 7, 5


def layer(seed: int = 0, *, is_recorded: bool = True) -> WideLinear:
    torch.manual_seed(seed)
    made = WideLinear(IN, OUT)
    made.steps = FactoredSteps(made) if is_recorded else None
    return made.train()


def steps_of(made: WideLinear) -> FactoredSteps:
    assert made.steps is not None
    return made.steps


def one_pass(made: nn.Module, x: Tensor, d: Tensor) -> tuple[Tensor, Tensor]:
    """Output and gradient at the input, for the error d behind the layer."""
    x = x.clone().requires_grad_()
    y = made(x)
    y.backward(d)
    assert x.grad is not None
    return y.detach(), x.grad


def batch(seed: int, n: int = 3) -> tuple[Tensor, Tensor]:
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(n, IN, generator=rng), torch.randn(n, OUT, generator=rng)


def test_it_computes_as_a_linear_layer_does_with_steps_in_the_weights_or_beside_them():
    made = layer()
    for seed in range(3):
        one_pass(made, *batch(seed))
        steps_of(made).step(0.1, 0.9, 0.01)
    beside = one_pass(made, *batch(9))
    steps_of(made).flush()
    torch.testing.assert_close(beside, one_pass(made, *batch(9)), rtol=1e-2, atol=1e-2)  # less the decay
    plain = nn.Linear(IN, OUT)
    plain.load_state_dict(made.state_dict())
    torch.testing.assert_close(one_pass(made, *batch(9)), one_pass(plain, *batch(9)))


@given(seed=st.integers(0, 1000), n=st.integers(1, 6), beta2=st.floats(0.5, 0.999))
def test_a_step_is_that_of_adafactor_on_the_whole_gradient(seed: int, n: int, beta2: float):
    made, rate, decay = layer(seed), 0.01, 0.1
    weight = made.weight.detach().clone()
    rows, columns = torch.zeros(OUT), torch.zeros(IN)
    for t in (1, 2):
        x, d = batch(seed + t, n)
        one_pass(made, x, d)
        steps_of(made).step(rate, beta2, decay)
        gradient = d.T @ x
        rows = beta2 * rows + (1 - beta2) * gradient.square().mean(1)
        columns = beta2 * columns + (1 - beta2) * gradient.square().mean(0)
        moments = torch.outer(rows, columns) / rows.mean() / (1 - beta2**t)
        update = gradient / moments.sqrt()
        weight = weight * (1 - rate * decay) - rate * update / update.square().mean().sqrt().clamp(min=1)
    steps_of(made).flush()
    torch.testing.assert_close(made.weight.detach(), weight, rtol=1e-3, atol=1e-4)


def test_the_bias_has_its_gradient_and_the_weight_has_none():
    made = layer()
    x, d = batch(0)
    one_pass(made, x, d)
    assert made.weight.grad is None
    assert made.bias.grad is not None
    torch.testing.assert_close(made.bias.grad, d.sum(0))


def test_a_layer_that_was_not_used_does_not_move():
    made = layer()
    before = made.weight.detach().clone()
    steps_of(made).step(0.1, 0.9, 0.01)
    steps_of(made).flush()
    assert torch.equal(made.weight, before)
    assert steps_of(made).n_steps == 0


def test_rows_are_put_into_the_weights_before_they_are_too_many():
    made = layer()
    before = made.weight.detach().clone()
    for seed in range(RANK_MAX // 32):
        one_pass(made, *batch(seed, 32))
        steps_of(made).step(0.01, 0.9, 0.0)
    assert steps_of(made).rows is None
    assert not torch.equal(made.weight, before)


def test_units_without_any_signal_stay_where_they_are():
    made = layer()
    before = made.weight.detach().clone()
    x, d = batch(0)
    x[:, 2], d[:, 1] = 0, 0
    one_pass(made, x, d)
    steps_of(made).step(0.1, 0.9, 0.0)
    steps_of(made).flush()
    assert torch.isfinite(made.weight).all()
    assert torch.equal(made.weight[1], before[1])
    assert torch.equal(made.weight[:, 2], before[:, 2])


@pytest.mark.parametrize("is_recorded", [True, False])
def test_bfloat16_products_keep_float32_weights(is_recorded: bool):
    made = layer(is_recorded=is_recorded)
    x, d = batch(0)
    with torch.autocast("cpu", torch.bfloat16):
        y = made(x.requires_grad_())
    y.backward(d.to(y.dtype))
    assert y.dtype == torch.bfloat16
    assert made.weight.dtype == torch.float32
    torch.testing.assert_close(
        y.float(), nn.functional.linear(x, made.weight, made.bias), atol=0.05, rtol=0.05
    )


def test_products_in_bfloat16_follow_the_weights():
    made = layer()
    before = steps_of(made).weight(torch.bfloat16).clone()
    for seed in range(5):
        with torch.autocast("cpu", torch.bfloat16):
            y = made(batch(seed)[0].requires_grad_())
        y.sum().backward()
        steps_of(made).step(0.2, 0.9, 0.0)
    steps_of(made).flush()
    after = steps_of(made).weight(torch.bfloat16)
    assert not torch.equal(after, before)
    assert torch.equal(after, made.weight.detach().to(torch.bfloat16))


def test_what_a_layer_remembers_goes_into_no_layer_of_another_size():
    steps = steps_of(layer())
    kept = steps.tensors()
    with pytest.raises(ValueError, match=r"not of a layer of \(5, 7\)"):
        steps.load(kept | {"row_moments": torch.zeros(1)})
