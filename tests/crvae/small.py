"""A data set of drawn scenes and a CRVAE small enough to train within a test."""

from dataclasses import replace

import numpy as np

from crvae.config import ModelConfig, TrainingConfig
from crvae.records import EmbeddedDataset

MODEL = ModelConfig(
    height_px=16, width_px=24, channels=16, hidden=12, fused=64, latent=16, word_vector_size=6
)
TRAINING = TrainingConfig(
    epochs=4, batch_size=4, learning_rate=6e-2, gradient_clip=0.0, rates="by_inputs", precision="float32"
)


def drawn(n_pairs: int = 8, n_scenes: int = 4, n_words: int = 5, seed: int = 0) -> EmbeddedDataset:
    """Equally long scenes, each a colour gradient with noise and words of its own; one row without words."""
    rng = np.random.default_rng(seed)
    scenes = np.arange(n_pairs) * n_scenes // n_pairs
    corners = rng.uniform(40, 215, (n_scenes, 3, 2, 2))
    rows, columns = np.linspace(0, 1, MODEL.height_px), np.linspace(0, 1, MODEL.width_px)
    images = np.einsum(
        "ncij,ih,jw->nchw", corners[scenes], np.stack([1 - rows, rows]), np.stack([1 - columns, columns])
    )
    lengths = rng.integers(1, n_words + 1, n_pairs)
    lengths[-1] = 0
    words = rng.normal(size=(n_pairs, n_words, MODEL.word_vector_size))
    words[np.arange(n_words) >= lengths[:, None]] = 0
    return EmbeddedDataset(
        images=(images + rng.normal(0, 2, images.shape)).clip(0, 255).astype(np.uint8),
        word_vectors=words.astype(np.float32),
        lengths=lengths.astype(np.int64),
        tokens=tuple(("word",) * int(length) for length in lengths),
        unknown=0.0,
    )


def padded(dataset: EmbeddedDataset, n_more: int, value: float = 0.0) -> EmbeddedDataset:
    """The same pairs with `value` in n_more places after the words."""
    pad = ((0, 0), (0, n_more), (0, 0))
    return replace(dataset, word_vectors=np.pad(dataset.word_vectors, pad, constant_values=value))
