"""Latents without a trained model, with the face of crvae.training.encode, for comparison (paper §5.1)."""

import numpy as np

from crvae.clustering import principal_axes
from crvae.records import EmbeddedDataset, Latents

N_AXES = 50


def encode_pixels(dataset: EmbeddedDataset, n_axes: int = N_AXES) -> Latents:
    """The pictures on the first principal axes of their pixels, (N, min(n_axes, N)); no words.

    Pixels are standardised per colour as for the models. Raises ValueError when n_axes is below 1.
    """
    if n_axes < 1:
        raise ValueError(f"n_axes is {n_axes}, expected at least 1")
    pixels = dataset.images.astype(np.float32)
    spread = pixels.std(axis=(0, 2, 3), keepdims=True)
    scaled = np.asarray(pixels / np.where(spread > 0, spread, 1), np.float32)
    return Latents(principal_axes(scaled.reshape(len(pixels), -1))[:, :n_axes].astype(np.float32))
