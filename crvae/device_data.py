"""A data set where the model computes, and the scale that a model learns from it (paper §3.1)."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from crvae.batch import Batch
from crvae.families import Model
from crvae.records import EmbeddedDataset

ENCODE_PAIRS = 64  # at once, without gradients


@dataclass(frozen=True, slots=True, eq=False)
class DeviceData:
    """The data set, on the device once and for all: 7 MB of pixels per 100 pairs.

    images:       (N, 3, H, W) uint8
    word_vectors: (N, T, E) float32
    lengths:      (N,) int64, on the CPU
    """

    images: Tensor
    word_vectors: Tensor
    lengths: Tensor

    def batch(self, model: Model, rows: Tensor) -> Batch:
        there = rows.to(self.images.device, non_blocking=True)
        return model.standardize(self.images[there], self.word_vectors[there], self.lengths[rows])

    def in_order(self) -> tuple[Tensor, ...]:
        """All rows in pieces that fit into memory."""
        return torch.arange(len(self.lengths)).split(ENCODE_PAIRS)


def on_device(dataset: EmbeddedDataset, device: torch.device) -> DeviceData:
    return DeviceData(
        images=torch.from_numpy(dataset.images).to(device),
        word_vectors=torch.from_numpy(dataset.word_vectors).float().to(device),
        lengths=torch.from_numpy(dataset.lengths).to(torch.int64),
    )


def measure_scale(model: Model, dataset: EmbeddedDataset) -> None:
    """Mean and spread of the pixels per channel and of the real words' vectors, into the model's buffers."""
    pixels = dataset.images.transpose(1, 0, 2, 3).reshape(3, -1)
    model.image_mean.copy_(torch.from_numpy(pixels.mean(axis=1) / 255))
    model.image_std.copy_(torch.from_numpy(_spread(pixels.std(axis=1) / 255)))
    is_word = np.arange(dataset.word_vectors.shape[1]) < dataset.lengths[:, None]  # (N, T)
    words = dataset.word_vectors[is_word].astype(np.float64)
    if len(words):
        model.word_mean.copy_(torch.from_numpy(words.mean(axis=0)))
        model.word_std.copy_(torch.from_numpy(_spread(np.sqrt(words.var(axis=0).mean()))))


def _spread(std: NDArray[np.float64]) -> NDArray[np.float64]:
    """The standard deviation, or 1 where nothing varies and there is nothing to divide by."""
    return np.where(np.asarray(std) > 1e-6, std, 1.0)
