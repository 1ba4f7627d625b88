"""The pure CVAE: pictures alone, convolutions alone, global max pooling on top (paper §2.1, figure 1a).

The latent vector is the maximum of each latent feature map. The decoder never sees it: it draws the picture
from the maps. That is the defect for which the paper gives this model up, kept here to be measured.
"""

import torch
from torch import Tensor, nn

from crvae.batch import (
    Batch,
    Output,
    Posterior,
    posterior_of,
    prepare,
    resample,
    standardized,
)
from crvae.config import ModelConfig
from crvae.layers import ImageDecoder, ImageEncoder, feature_shape


class PureCvae(nn.Module):
    """Pure CVAE of the given sizes, with the face of Crvae; it takes words and does not look at them."""

    image_mean: Tensor
    image_std: Tensor
    word_mean: Tensor
    word_std: Tensor

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.shape = feature_shape(config)  # (64, 15, 25)
        n_maps = self.shape[0]
        self.image_encoder = ImageEncoder(config)
        self.to_latent = nn.Conv2d(n_maps, 2 * n_maps, 3, padding=1)  # maps of mu and of ln sigma
        self.image_decoder = ImageDecoder(config)
        self.is_joined = True  # it has no parts to be trained on their own
        prepare(self, config, self.to_latent, self.image_decoder.output)

    def standardize(self, images: Tensor, word_vectors: Tensor, lengths: Tensor) -> Batch:
        """Batch of raw pairs; crvae.batch.standardized says more."""
        return standardized(self, images, word_vectors, lengths)

    def encode_maps(self, batch: Batch) -> Posterior:
        """Gaussian of every place of the latent maps, (B, 64 * 15 * 25)."""
        maps = self.to_latent(self.image_encoder(batch.images).unflatten(1, self.shape))
        return posterior_of(maps.flatten(1), self.config)

    def encode(self, batch: Batch) -> Posterior:
        """Gaussian at the brightest place of each latent map, (B, 64): the global max pooling of §2.1."""
        maps = self.encode_maps(batch)
        mu, brightest = maps.mu.unflatten(1, self.shape).flatten(2).max(2, keepdim=True)
        log_sigma = maps.log_sigma.unflatten(1, self.shape).flatten(2).gather(2, brightest)
        return Posterior(mu.squeeze(2), log_sigma.squeeze(2))

    def decode(self, z: Tensor, word_vectors: Tensor) -> tuple[Tensor, Tensor]:
        """Standardised images from latent maps z (B, 64 * 15 * 25), and zeros in the place of words."""
        return self.image_decoder(z), torch.zeros_like(word_vectors)

    def forward(
        self, batch: Batch, generator: torch.Generator | None = None, seen: Batch | None = None
    ) -> Output:
        """Reconstruction from sampled maps while training, from their mean otherwise; seen: as in Crvae."""
        maps = self.encode_maps(seen or batch)
        z = resample(maps, generator) if self.training else maps.mu
        images, word_vectors = self.decode(z, batch.word_vectors)
        return Output(images, word_vectors, maps.mu, maps.log_sigma)
