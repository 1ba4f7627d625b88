"""The kinds of model that there are, built in one place (paper §2.1, §3)."""

from dataclasses import replace

from crvae.config import ModelConfig, TrainingConfig
from crvae.dense import DenseCvae
from crvae.model import Crvae
from crvae.pure import PureCvae

Model = Crvae | DenseCvae | PureCvae
FAMILIES = {"crvae": Crvae, "dense": DenseCvae, "pure": PureCvae}


def build_model(config: ModelConfig) -> Model:
    """A fresh model of the family that the settings name; its weights come from torch's random numbers."""
    return FAMILIES[config.family](config)


def training_for(config: ModelConfig, training: TrainingConfig) -> TrainingConfig:
    """The training as this model can have it.

    A model of pictures alone has no loss of words, no second modality to restore and no parts to start from.
    """
    if config.has_text:
        return training
    return replace(training, text_weight=0.0, denoising=0.0, warm_start=0.0)
