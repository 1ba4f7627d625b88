"""What holds a cluster together: how much of it stays when pictures or words are hidden from the model."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from crvae.batch import Batch
from crvae.cluster_methods import nearest
from crvae.device_data import on_device
from crvae.families import Model
from crvae.records import Clustering, EmbeddedDataset, Latents

Seen = Literal["picture", "words"]


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """How much of each cluster stays, (k,) in [0, 1]: 0 is chance, 1 is all of it and nothing else."""

    by_picture: NDArray[np.float64]
    by_words: NDArray[np.float64]


def encode_alone(model: Model, dataset: EmbeddedDataset, seen: Seen) -> Latents:
    """Latent means of all pairs when the model gets one modality, and the other one's mean in its place.

    The mean of standardised data is zero; a pair whose words are hidden is like one without words.
    """
    data = on_device(dataset, model.image_mean.device)
    model.eval()
    with torch.inference_mode():
        mu = [model.encode(_alone(data.batch(model, rows), seen)).mu for rows in data.in_order()]
    return Latents(torch.cat(mu).cpu().numpy())


def kept(points: Latents, clustering: Clustering, by_picture: Latents, by_words: Latents) -> Kept:
    """What stays of each cluster by pictures alone and by words alone.

    points: (N, D) that were clustered; by_picture, by_words: the same points with one modality hidden
    """
    return Kept(_kept(points, clustering, by_picture), _kept(points, clustering, by_words))


def _kept(points: Latents, clustering: Clustering, alone: Latents) -> NDArray[np.float64]:
    """(k,): share of the cluster's pairs that stay, less the share of the others that come in.

    The mean displacement is taken away first: it moves all pairs alike and tells none from another. Each
    pair goes to the nearest centroid, which is compared with where it goes when all is seen.
    """
    is_in = clustering.labels >= 0
    shift = (alone.mu - points.mu)[is_in].mean(axis=0, dtype=np.float64)
    centroids = clustering.centroids.astype(np.float64)
    before = nearest(points.mu[is_in].astype(np.float64), centroids)
    after = nearest(alone.mu[is_in] - shift, centroids)
    shares = np.zeros(clustering.k)
    for cluster in range(clustering.k):
        was, is_now = before == cluster, after == cluster
        stays = float(is_now[was].mean()) if was.any() else 0.0
        comes = float(is_now[~was].mean()) if not was.all() else 0.0
        shares[cluster] = max(0.0, stays - comes)
    return shares


def _alone(batch: Batch, seen: Seen) -> Batch:
    if seen == "words":
        return Batch(torch.zeros_like(batch.images), batch.word_vectors, batch.lengths)
    nothing = torch.zeros_like(batch.word_vectors)
    return Batch(batch.images, nothing, torch.zeros_like(batch.lengths))
