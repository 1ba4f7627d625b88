"""The four halves of the CRVAE: image encoder and decoder, text encoder and decoder (paper §3.1, §3.2)."""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from crvae.config import ModelConfig

HALVINGS = 3  # poolings in the encoder, stride-2 convolutions in the decoder


class ImageEncoder(nn.Module):
    """Three times convolution, ReLU, 2 × 2 max pooling (§3.1.1)."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        blocks: list[nn.Module] = []
        for index in range(HALVINGS):
            n_in = 3 if index == 0 else config.channels
            blocks += [nn.Conv2d(n_in, config.channels, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        self.blocks = nn.Sequential(*blocks)

    def forward(self, images: Tensor) -> Tensor:  # (B, 3, 120, 200)
        return self.blocks(images).flatten(1)  # (B, 32 * 15 * 25)


class ImageDecoder(nn.Module):
    """Three times transposed convolution of stride 2 and convolution, the last one to RGB (§3.2.1)."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        blocks: list[nn.Module] = []
        for index in range(HALVINGS):
            blocks += [
                nn.ConvTranspose2d(config.channels, config.channels, 3, 2, padding=1, output_padding=1),
                nn.ReLU(),
            ]
            if index < HALVINGS - 1:
                blocks += [nn.Conv2d(config.channels, config.channels, 3, padding=1), nn.ReLU()]
        self.blocks = nn.Sequential(*blocks)
        self.output = nn.Conv2d(config.channels, 3, 3, padding=1)
        self.shape = feature_shape(config)

    def forward(self, features: Tensor) -> Tensor:  # (B, 32 * 15 * 25)
        maps = features.unflatten(1, self.shape).contiguous(memory_format=torch.channels_last)
        return self.output(self.blocks(maps))  # (B, 3, 120, 200)


class TextEncoder(nn.Module):
    """Final hidden states of a bidirectional RNN over the real words only (§3.1.2)."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.rnn = _rnn(config, bidirectional=config.bidirectional)

    def forward(self, word_vectors: Tensor, lengths: Tensor) -> Tensor:  # (B, T, E), (B,) on the CPU
        # A row without words is read as one zero vector: packing knows no empty rows.
        packed = pack_padded_sequence(
            word_vectors, lengths.clamp(min=1), batch_first=True, enforce_sorted=False
        )
        _, state = self.rnn(packed)
        hidden = state[0] if isinstance(state, tuple) else state  # (layers * directions, B, hidden)
        return hidden.transpose(0, 1).flatten(1)  # (B, 2 * 2 * 512)


class TextDecoder(nn.Module):
    """Word vectors predicted one after another, from states that come from the latent (§3.2.2, §3.2.3)."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.rnn = _rnn(config, bidirectional=False)
        self.output = nn.Linear(config.hidden, config.word_vector_size)
        self.shape = (decoder_states(config), config.rnn_layers, config.hidden)
        self.teacher_forcing = config.teacher_forcing

    def forward(self, states: Tensor, word_vectors: Tensor) -> Tensor:  # (B, 2 * 2 * 512), (B, T, E)
        parts = states.unflatten(1, self.shape).permute(1, 2, 0, 3).contiguous()  # (2, layers, B, hidden)
        state = (parts[0], parts[1]) if len(parts) == 2 else parts[0]
        start = torch.zeros_like(word_vectors[:, :1])
        if self.teacher_forcing:
            outputs, _ = self.rnn(torch.cat([start, word_vectors[:, :-1]], dim=1), state)
            return self.output(outputs)  # (B, T, E)
        predictions: list[Tensor] = []
        for _ in range(word_vectors.shape[1]):
            outputs, state = self.rnn(predictions[-1] if predictions else start, state)
            predictions.append(self.output(outputs))
        return torch.cat(predictions, dim=1)  # (B, T, E)


class RunningNorm(nn.BatchNorm1d):
    """Batch normalisation by the running mean and variance, while training too (crvae.config says why)."""

    def forward(self, input: Tensor) -> Tensor:  # (B, D)
        if self.training:
            with torch.no_grad():
                self._follow(input.float())
        return nn.functional.batch_norm(
            input, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
        )

    def _follow(self, values: Tensor) -> None:
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.momentum is not None
        # About the running mean, so that the spread between batches counts too.
        self.running_var.lerp_((values - self.running_mean).square().mean(0), self.momentum)
        self.running_mean.lerp_(values.mean(0), self.momentum)


def norm_of(n_features: int, config: ModelConfig) -> nn.BatchNorm1d:
    """The normalisation of §3.1.3."""
    return (RunningNorm if config.norm_statistics == "running" else nn.BatchNorm1d)(n_features)


def feature_shape(config: ModelConfig) -> tuple[int, int, int]:
    """(channels, rows, columns) between the convolutions and the dense layers; (32, 15, 25) in the paper."""
    return config.channels, config.height_px >> HALVINGS, config.width_px >> HALVINGS


def decoder_states(config: ModelConfig) -> int:
    """Number of states that an RNN cell carries: 2 (hidden and cell) for an LSTM, else 1."""
    return 2 if config.rnn == "lstm" else 1


def initialize(module: nn.Module) -> None:
    """Weights that keep the variance through ReLU (He), zero biases; to be used with nn.Module.apply.

    PyTorch's own start shrinks activations by sqrt(6) in each layer: many epochs lost in a net this deep.
    Recurrent layers keep PyTorch's start but for an LSTM's forget gates, which begin open.
    """
    if isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
        fan = module.in_features if isinstance(module, nn.Linear) else module.in_channels * 9
        if isinstance(module, nn.ConvTranspose2d):
            fan /= 4  # with stride 2 a pixel is reached by 9 / 4 of the taps on average
        nn.init.normal_(module.weight, std=(2 / fan) ** 0.5)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.LSTM):
        for name, parameter in module.named_parameters():
            if name.startswith("bias_ih"):
                with torch.no_grad():
                    parameter[module.hidden_size : 2 * module.hidden_size] += 1.0


def _rnn(config: ModelConfig, *, bidirectional: bool) -> nn.LSTM | nn.RNN:
    kind = nn.LSTM if config.rnn == "lstm" else nn.RNN
    return kind(
        config.word_vector_size,
        config.hidden,
        config.rnn_layers,
        batch_first=True,
        bidirectional=bidirectional,
    )
