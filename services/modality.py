"""How much of each cluster stays by pictures alone and by words alone, for every kind of points."""

from typing import TYPE_CHECKING

import numpy as np

from crvae.config import ModelConfig
from crvae.records import Clustering, EmbeddedDataset, Latents
from services.cores import n_threads
from services.profile_records import Basis
from services.recipe import Encoder
from services.records import TrainedModel

if TYPE_CHECKING:
    from crvae.modality import Kept

TYPE_OF: dict[Encoder, Basis] = {"pixels": "picture", "texts": "words", "features": "both"}


def basis(model: ModelConfig, encoder: Encoder) -> Basis:
    """What the points are made of: a model of pictures alone, or an encoder of one modality, sees no more."""
    if encoder == "model":
        return "both" if model.has_text else "picture"
    return TYPE_OF[encoder]


def held_by(
    points: Latents, dataset: EmbeddedDataset, trained: TrainedModel, clustering: Clustering, encoder: Encoder
) -> "Kept | None":
    """What stays of each cluster by each modality alone; None for a single cluster and for points of one."""
    from crvae.modality import kept

    if clustering.k < 2 or basis(trained.model, encoder) != "both":
        return None
    by_picture, by_words = _features_alone(points) if encoder == "features" else _encoded(trained, dataset)
    return kept(points, clustering, by_picture, by_words)


def _encoded(trained: TrainedModel, dataset: EmbeddedDataset) -> tuple[Latents, Latents]:
    import torch

    from crvae.checkpoint import load_model
    from crvae.modality import encode_alone

    torch.set_num_threads(n_threads())
    model = load_model(trained.weights)
    return encode_alone(model, dataset, "picture"), encode_alone(model, dataset, "words")


def _features_alone(points: Latents) -> tuple[Latents, Latents]:
    """The features stand side by side, each about its mean: nought is what nothing is known of."""
    from services.baselines import N_PICTURE_FEATURES

    is_picture = np.arange(points.mu.shape[1]) < N_PICTURE_FEATURES
    return Latents(points.mu * is_picture), Latents(points.mu * ~is_picture)
