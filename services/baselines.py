"""Ready-made features in place of a trained model's latents, for comparison (paper §5.1)."""

import numpy as np
from numpy.typing import NDArray

from crvae.records import EmbeddedDataset, Latents
from services.describe_labels import IMAGE_PX, MEAN, STD, classifier, one_thread
from services.tokens import joined
from services.use_encoder import use_encoder

PICTURES_AT_ONCE = 16
N_PICTURE_FEATURES = 1280  # of EfficientNet-Lite0; they stand before the words


def encode_features(dataset: EmbeddedDataset, *, text_share: float | None = None) -> Latents:
    """EfficientNet-Lite0 features beside sentence vectors, (N, 1280 + 512), each about its mean.

    text_share: variance of the texts' part over that of the pictures' part, 0 for pictures alone; None takes
                what the CRVAE's latents start with, so that a comparison is one of the features
    Raises AnalysisError when a package is missing, ValueError for a negative share.
    """
    from crvae.warm_start import TEXT_SHARE

    share = TEXT_SHARE if text_share is None else text_share
    if share < 0:
        raise ValueError(f"text_share is {share}, expected 0 or more")
    image, text = _unit_variance(image_features(dataset)), _unit_variance(text_vectors(dataset))
    return Latents(np.concatenate([image, np.sqrt(np.float32(share)) * text], axis=1))


def encode_texts(dataset: EmbeddedDataset) -> Latents:
    """The sentence vectors alone, (N, 512)."""
    return Latents(text_vectors(dataset))


def image_features(dataset: EmbeddedDataset) -> NDArray[np.float32]:
    """What EfficientNet-Lite0 makes of each picture before it names things, (N, 1280)."""
    import torch

    found: list[NDArray[np.float32]] = []
    model = classifier()
    with one_thread(), torch.inference_mode():
        for start in range(0, len(dataset.images), PICTURES_AT_ONCE):
            squares = torch.from_numpy(_squares(dataset.images[start : start + PICTURES_AT_ONCE]))
            found.append(model.extract_features(squares).mean((2, 3)).numpy())
    return np.concatenate(found)


def text_vectors(dataset: EmbeddedDataset) -> NDArray[np.float32]:
    """The sentence encoder's vector of each text, (N, 512), zero for a text without words."""
    texts = [joined(tokens) for tokens in dataset.tokens]
    return use_encoder().encode(texts) * (dataset.lengths > 0)[:, None].astype(np.float32)


def _squares(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, 3, 224, 224) on the scale of the weights, each picture pressed into a square."""
    import cv2

    size = (IMAGE_PX, IMAGE_PX)
    squares = [cv2.resize(image.transpose(1, 2, 0), size, interpolation=cv2.INTER_AREA) for image in images]
    scaled = (np.stack(squares).astype(np.float32) / 255 - MEAN) / STD
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2), dtype=np.float32)


def _unit_variance(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """The features about their mean, scaled so that their variances add up to 1."""
    centred = features - features.mean(0)
    total = float(np.square(centred).mean(0).sum())
    return centred / np.float32(total**0.5 if total > 0 else 1.0)
