"""The Convolutional-Recurrent Variational Autoencoder (paper §3, figure 3)."""

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
from crvae.layers import (
    ImageDecoder,
    ImageEncoder,
    TextDecoder,
    decoder_states,
    feature_shape,
    norm_of,
    text_encoder_of,
    text_features,
)
from crvae.wide import WideLinear


class Crvae(nn.Module):
    """CRVAE of the given sizes. It carries the scale of its video, so raw pixels and word vectors go in."""

    image_mean: Tensor
    image_std: Tensor
    word_mean: Tensor
    word_std: Tensor

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        n_image = prod(feature_shape(config))  # 12,000
        n_text = text_features(config)  # 2,048
        n_states = decoder_states(config) * config.rnn_layers * config.hidden  # 2,048
        self.image_encoder = ImageEncoder(config)
        self.text_encoder = text_encoder_of(config)
        self.image_norm = norm_of(n_image, config)
        self.text_norm = norm_of(n_text, config)
        self.encoder_fused = WideLinear(n_image + n_text, config.fused)  # 14,048 -> 4,000
        self.to_latent = WideLinear(config.fused, 2 * config.latent)  # mu and ln sigma
        self.decoder_fused = WideLinear(config.latent, config.fused)
        self.from_fused = WideLinear(config.fused, n_image + n_states)  # 4,000 -> 14,048
        self.image_decoder = ImageDecoder(config)
        self.text_decoder = TextDecoder(config)
        self.split = (n_image, n_states)
        self.is_joined = True  # False: decoders take the encoders' features as they are (crvae.warm_start)
        prepare(self, config, self.to_latent, self.image_decoder.output)
        with torch.no_grad():
            self.text_decoder.output.weight.mul_(0.1)

    def standardize(self, images: Tensor, word_vectors: Tensor, lengths: Tensor) -> Batch:
        """Batch of raw pairs; crvae.batch.standardized says more."""
        return standardized(self, images, word_vectors, lengths)

    def features(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What the two encoders make of each pair, (B, 12,000) and (B, 2,048), before the normalisation."""
        return self.image_encoder(batch.images), self.text_encoder(batch.word_vectors, batch.lengths)

    def encode(self, batch: Batch) -> Posterior:
        """Latent Gaussian of each pair."""
        image, text = self.features(batch)
        image, text = self.image_norm(image), self.text_norm(text)
        fused = torch.relu(self.encoder_fused(torch.cat([image, text], dim=1)))  # (B, 4000)
        return posterior_of(self.to_latent(fused), self.config)

    def decode(self, z: Tensor, word_vectors: Tensor) -> tuple[Tensor, Tensor]:
        """Standardised images and word vectors from z (B, D); word_vectors (B, T, E) for teacher forcing."""
        hidden = torch.relu(self.decoder_fused(z))
        features, states = self.from_fused(hidden).split(self.split, dim=1)
        images = self.image_decoder(torch.relu(features))
        # The states stay without ReLU: an LSTM's own states have both signs.
        return images, self.text_decoder(states, word_vectors)

    def forward(
        self, batch: Batch, generator: torch.Generator | None = None, seen: Batch | None = None
    ) -> Output:
        """Reconstruction from a sampled latent while training, from the mean otherwise.

        seen: what the encoder gets in place of the batch (crvae.denoising); None for the batch itself
        """
        if not self.is_joined:
            return self._around_latent(batch)
        posterior = self.encode(seen or batch)
        z = resample(posterior, generator) if self.training else posterior.mu
        images, word_vectors = self.decode(z, batch.word_vectors)
        return Output(images, word_vectors, posterior.mu, posterior.log_sigma)

    def fit_states(self, text: Tensor) -> Tensor:
        """The text encoder's features as the decoder's states, linearly: zeros behind if there are too few.

        If there are too many, pieces are summed, so that every feature has its part in the words.
        """
        n_states = self.split[1]
        padded = nn.functional.pad(text, (0, -text.shape[1] % n_states))
        return padded.unflatten(1, (-1, n_states)).sum(1)

    def words_around(self, batch: Batch) -> Tensor:
        """Words drawn from the text encoder's features themselves, the latent left aside, (B, T, E)."""
        text = self.text_encoder(batch.word_vectors, batch.lengths)
        return self.text_decoder(self.fit_states(text), batch.word_vectors)

    def _around_latent(self, batch: Batch) -> Output:
        images = self.image_decoder(self.image_encoder(batch.images))
        nothing = torch.zeros(len(images), self.config.latent, device=images.device)
        return Output(images, self.words_around(batch), mu=nothing, log_sigma=nothing)
