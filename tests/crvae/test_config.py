import json
from dataclasses import asdict, replace
from typing import Any

import pytest

from crvae.config import PRESETS, ModelConfig, TrainingConfig


def test_defaults_are_the_papers_sizes():
    model = ModelConfig()
    assert (model.height_px, model.width_px, model.channels, model.hidden) == (120, 200, 32, 512)
    assert (model.fused, model.latent) == (4000, 1000)


def test_the_paper_preset_keeps_the_papers_hyperparameters():
    training = PRESETS["paper"].training
    assert (training.epochs, training.batch_size, training.learning_rate) == (500, 16, 1e-4)
    assert (training.text_weight, training.kl_weight, training.gradient_clip) == (3.0, 0.0, 0.01)
    assert training.warm_epochs == 0
    assert PRESETS["paper"].model == ModelConfig()


def test_the_standard_preset_keeps_the_papers_sizes():
    assert replace(PRESETS["standard"].model, norm_statistics="batch") == ModelConfig()


def test_presets_are_named_by_their_keys():
    assert list(PRESETS) == ["quick", "standard", "paper"]
    assert all(name == preset.name for name, preset in PRESETS.items())


@pytest.mark.parametrize("name", PRESETS)
def test_settings_survive_json(name: str):
    preset = PRESETS[name]
    assert ModelConfig(**json.loads(json.dumps(asdict(preset.model)))) == preset.model
    assert TrainingConfig(**json.loads(json.dumps(asdict(preset.training)))) == preset.training


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        (ModelConfig, {"height_px": 100}),
        (ModelConfig, {"width_px": 0}),
        (ModelConfig, {"latent": 0}),
        (ModelConfig, {"norm_statistics": "video"}),
        (TrainingConfig, {"warm_start": 1.0}),
        (TrainingConfig, {"warm_rate": 0.0}),
        (TrainingConfig, {"warm_batch_size": 0}),
        (ModelConfig, {"rnn": "gru"}),
        (ModelConfig, {"family": "vae"}),
        (ModelConfig, {"text_encoder": "bert"}),
        (TrainingConfig, {"denoising": 1.5}),
        (ModelConfig, {"log_sigma_start": 1.0}),
        (TrainingConfig, {"epochs": 0}),
        (TrainingConfig, {"epochs": 10**17}),
        (TrainingConfig, {"seed": 10**30}),
        (TrainingConfig, {"text_weight": float("inf")}),
        (TrainingConfig, {"warm_rate": float("inf")}),
        (ModelConfig, {"latent": 10**12}),
        (ModelConfig, {"log_sigma_min": float("-inf")}),
        (TrainingConfig, {"batch_size": 1}),
        (TrainingConfig, {"learning_rate": 0.0}),
        (TrainingConfig, {"learning_rate": float("nan")}),
        (TrainingConfig, {"text_weight": -1.0}),
        (TrainingConfig, {"schedule": "steps"}),
        (TrainingConfig, {"rates": "steps"}),
        (TrainingConfig, {"warmup": 1.0}),
        (TrainingConfig, {"beta2": 1.0}),
        (TrainingConfig, {"precision": "float16"}),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name_and_value(settings: type[Any], wrong: dict[str, Any]):
    [(name, value)] = wrong.items()
    with pytest.raises(ValueError, match=f"{name} is {value!r}, expected"):
        settings(**wrong)
