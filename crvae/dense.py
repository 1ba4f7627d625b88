"""The dense CVAE: pictures alone, with fully connected layers around the latent (paper §2.1, figure 1b)."""

from math import prod

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
from crvae.wide import WideLinear


class DenseCvae(nn.Module):
    """Dense CVAE of the given sizes, with the face of Crvae; it takes words and does not look at them."""

    image_mean: Tensor
    image_std: Tensor
    word_mean: Tensor
    word_std: Tensor

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        n_image = prod(feature_shape(config))  # 24,000
        self.image_encoder = ImageEncoder(config)
        self.encoder_fused = WideLinear(n_image, config.fused)  # 24,000 -> 4,000
        self.to_latent = WideLinear(config.fused, 2 * config.latent)  # mu and ln sigma
        self.decoder_fused = WideLinear(config.latent, config.fused)
        self.from_fused = WideLinear(config.fused, n_image)
        self.image_decoder = ImageDecoder(config)
        self.is_joined = True  # it has no parts to be trained on their own
        prepare(self, config, self.to_latent, self.image_decoder.output)

    def standardize(self, images: Tensor, word_vectors: Tensor, lengths: Tensor) -> Batch:
        """Batch of raw pairs; crvae.batch.standardized says more."""
        return standardized(self, images, word_vectors, lengths)

    def encode(self, batch: Batch) -> Posterior:
        """Latent Gaussian of each picture."""
        fused = torch.relu(self.encoder_fused(self.image_encoder(batch.images)))  # (B, 4000)
        return posterior_of(self.to_latent(fused), self.config)

    def decode(self, z: Tensor, word_vectors: Tensor) -> tuple[Tensor, Tensor]:
        """Standardised images from z (B, D), and zeros in the place of words."""
        features = torch.relu(self.from_fused(torch.relu(self.decoder_fused(z))))  # (B, 24000)
        return self.image_decoder(features), torch.zeros_like(word_vectors)

    def forward(
        self, batch: Batch, generator: torch.Generator | None = None, seen: Batch | None = None
    ) -> Output:
        """Reconstruction from a sampled latent while training, from the mean otherwise; seen: as in Crvae."""
        posterior = self.encode(seen or batch)
        z = resample(posterior, generator) if self.training else posterior.mu
        images, word_vectors = self.decode(z, batch.word_vectors)
        return Output(images, word_vectors, posterior.mu, posterior.log_sigma)
