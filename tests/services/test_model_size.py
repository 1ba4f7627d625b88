"""The reckoned number of weights is that of the real model."""

import dataclasses
from collections.abc import Callable

import pytest
import torch

from crvae.config import PRESETS, ModelConfig
from crvae.families import build_model
from services.model_size import model_size

VARIANTS: dict[str, Callable[[ModelConfig], ModelConfig]] = {
    "crvae": lambda config: config,
    "rnn": lambda config: dataclasses.replace(config, rnn="rnn"),
    "one direction": lambda config: dataclasses.replace(config, bidirectional=False, rnn_layers=3),
    "transformer": lambda config: dataclasses.replace(config, text_encoder="transformer"),
    "rnn after transformer": lambda config: dataclasses.replace(
        config, text_encoder="transformer", rnn="rnn"
    ),
    "dense": lambda config: dataclasses.replace(config, family="dense"),
    "pure": lambda config: dataclasses.replace(config, family="pure"),
    "other pictures": lambda config: dataclasses.replace(config, height_px=64, width_px=88),
}


@pytest.mark.parametrize("preset", ["quick", "paper"])
@pytest.mark.parametrize("varied", VARIANTS.values(), ids=VARIANTS)
def test_it_is_the_real_model_s(preset: str, varied: Callable[[ModelConfig], ModelConfig]):
    config = varied(PRESETS[preset].model)
    with torch.device("meta"):  # counts without the memory of 138 million weights
        model = build_model(config)
    assert model_size(config).total == sum(parameter.numel() for parameter in model.parameters())


def test_the_wide_layers_are_those_around_the_latent():
    config = PRESETS["quick"].model
    with torch.device("meta"):
        model = build_model(config)
    wide = ("encoder_fused.", "to_latent.", "decoder_fused.", "from_fused.")
    counted = sum(p.numel() for name, p in model.named_parameters() if name.startswith(wide))
    assert model_size(config).wide == counted
    assert model_size(dataclasses.replace(config, family="pure")).wide == 0
