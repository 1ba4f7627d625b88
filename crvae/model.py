"""The Convolutional-Recurrent Variational Autoencoder (paper §3, figure 3)."""

from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor, nn

from crvae.config import ModelConfig
from crvae.layers import (
    ImageDecoder,
    ImageEncoder,
    TextDecoder,
    TextEncoder,
    decoder_states,
    feature_shape,
    initialize,
    norm_of,
)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Standardised pairs on the model's device.

    images:       (B, 3, 120, 200) float32, channels last in memory
    word_vectors: (B, T, E) float32, zero where there is no word
    lengths:      (B,) int64 on the CPU, where packing wants it
    """

    images: Tensor
    word_vectors: Tensor
    lengths: Tensor

    def mask(self) -> Tensor:
        """(B, T) bool on the device: true where there is a word."""
        positions = torch.arange(self.word_vectors.shape[1])
        mask = positions < self.lengths.unsqueeze(1)
        return mask.to(self.word_vectors.device, non_blocking=True)


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Gaussian of each pair in the latent space; mu and log_sigma (B, D), sigma = exp(log_sigma)."""

    mu: Tensor
    log_sigma: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """Reconstructions on the standardised scale, shapes as in Batch, and the latent they came from."""

    images: Tensor
    word_vectors: Tensor
    mu: Tensor
    log_sigma: Tensor


class Crvae(nn.Module):
    """CRVAE of the given sizes. It carries the scale of its video, so raw pixels and word vectors go in."""

    image_mean: Tensor  # (3,) of pixels in [0, 1]
    image_std: Tensor  # (3,)
    word_mean: Tensor  # (E,)
    word_std: Tensor  # (), one for all entries: small ones are not blown up

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        n_image = prod(feature_shape(config))  # 12,000
        n_text = config.rnn_layers * (1 + config.bidirectional) * config.hidden  # 2,048
        n_states = decoder_states(config) * config.rnn_layers * config.hidden  # 2,048
        self.image_encoder = ImageEncoder(config)
        self.text_encoder = TextEncoder(config)
        self.image_norm = norm_of(n_image, config)
        self.text_norm = norm_of(n_text, config)
        self.encoder_fused = nn.Linear(n_image + n_text, config.fused)  # 14,048 -> 4,000
        self.to_latent = nn.Linear(config.fused, 2 * config.latent)  # mu and ln sigma
        self.decoder_fused = nn.Linear(config.latent, config.fused)
        self.from_fused = nn.Linear(config.fused, n_image + n_states)  # 4,000 -> 14,048
        self.image_decoder = ImageDecoder(config)
        self.text_decoder = TextDecoder(config)
        self.split = (n_image, n_states)
        self.is_joined = True  # False: decoders take the encoders' features as they are (crvae.warm_start)
        self.register_buffer("image_mean", torch.zeros(3))
        self.register_buffer("image_std", torch.ones(3))
        self.register_buffer("word_mean", torch.zeros(config.word_vector_size))
        self.register_buffer("word_std", torch.ones(()))
        self.apply(initialize)
        with torch.no_grad():
            # Start from the mean of the data: an untrained output of full size costs many epochs to unlearn.
            self.image_decoder.output.weight.mul_(0.1)
            self.text_decoder.output.weight.mul_(0.1)
            self.to_latent.weight[config.latent :].zero_()
            self.to_latent.bias[config.latent :].fill_(config.log_sigma_start)

    def standardize(self, images: Tensor, word_vectors: Tensor, lengths: Tensor) -> Batch:
        """Batch from pixels (B, 3, H, W) uint8 and word vectors (B, T, E), both on the model's device.

        Raises ValueError when a shape does not fit this model.
        """
        cfg = self.config
        if images.shape[1:] != (3, cfg.height_px, cfg.width_px):
            raise ValueError(
                f"images are {tuple(images.shape)}, expected (B, 3, {cfg.height_px}, {cfg.width_px})"
            )
        if word_vectors.ndim != 3 or word_vectors.shape[2] != cfg.word_vector_size:
            raise ValueError(
                f"word vectors are {tuple(word_vectors.shape)}, expected (B, T, {cfg.word_vector_size})"
            )
        n_words = max(1, int(lengths.max()))
        pixels = images.contiguous(memory_format=torch.channels_last).float() / 255
        batch = Batch(
            images=(pixels - self.image_mean[:, None, None]) / self.image_std[:, None, None],
            word_vectors=(word_vectors[:, :n_words] - self.word_mean) / self.word_std,
            lengths=lengths,
        )
        return Batch(batch.images, batch.word_vectors * batch.mask().unsqueeze(2), lengths)

    def flatten_recurrent(self) -> None:
        """The recurrent weights laid out as cuDNN wants them, after they were replaced."""
        self.text_encoder.rnn.flatten_parameters()
        self.text_decoder.rnn.flatten_parameters()

    def features(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What the two encoders make of each pair, (B, 12,000) and (B, 2,048), before the normalisation."""
        return self.image_encoder(batch.images), self.text_encoder(batch.word_vectors, batch.lengths)

    def encode(self, batch: Batch) -> Posterior:
        """Latent Gaussian of each pair."""
        image, text = self.features(batch)
        image, text = self.image_norm(image), self.text_norm(text)
        fused = torch.relu(self.encoder_fused(torch.cat([image, text], dim=1)))  # (B, 4000)
        mu, log_sigma = self.to_latent(fused).float().chunk(2, dim=1)
        return Posterior(mu, log_sigma.clamp(self.config.log_sigma_min, self.config.log_sigma_max))

    def reparameterize(self, posterior: Posterior, generator: torch.Generator | None = None) -> Tensor:
        """Sample z = mu + sigma * noise, (B, D) (§3.1.4)."""
        noise = torch.randn(posterior.mu.shape, generator=generator, device=posterior.mu.device)
        return posterior.mu + torch.exp(posterior.log_sigma) * noise

    def decode(self, z: Tensor, word_vectors: Tensor) -> tuple[Tensor, Tensor]:
        """Standardised images and word vectors from z (B, D); word_vectors (B, T, E) for teacher forcing."""
        hidden = torch.relu(self.decoder_fused(z))
        features, states = self.from_fused(hidden).split(self.split, dim=1)
        images = self.image_decoder(torch.relu(features))
        # The states stay without ReLU: an LSTM's own states have both signs.
        return images, self.text_decoder(states, word_vectors)

    def forward(self, batch: Batch, generator: torch.Generator | None = None) -> Output:
        """Reconstruction from a sampled latent while training, from the mean otherwise."""
        if not self.is_joined:
            return self._around_latent(batch)
        posterior = self.encode(batch)
        z = self.reparameterize(posterior, generator) if self.training else posterior.mu
        images, word_vectors = self.decode(z, batch.word_vectors)
        return Output(images, word_vectors, posterior.mu, posterior.log_sigma)

    def fit_states(self, text: Tensor) -> Tensor:
        """The text encoder's features as the decoder's states: cut, or zeros behind, where sizes differ."""
        n_missing = self.split[1] - text.shape[1]
        return nn.functional.pad(text, (0, n_missing)) if n_missing > 0 else text[:, : self.split[1]]

    def _around_latent(self, batch: Batch) -> Output:
        image, text = self.features(batch)
        words = self.text_decoder(self.fit_states(text), batch.word_vectors)
        nothing = torch.zeros(len(image), self.config.latent, device=image.device)
        return Output(self.image_decoder(image), words, mu=nothing, log_sigma=nothing)
