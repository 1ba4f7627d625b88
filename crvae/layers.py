"""What the models are made of: encoders and decoders of images and of text (paper §3.1, §3.2, §6)."""

import math

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from crvae.config import ModelConfig

HALVINGS = 3  # poolings in the encoder, stride-2 convolutions in the decoder
HEADS = 8  # of the Transformer, or fewer where the width asks for it
WAVELENGTH_MAX = 10_000.0  # of its positions: Vaswani et al. 2017, §3.5


class ImageEncoder(nn.Module):
    """Three times convolution, ReLU, 2 × 2 max pooling (§3.1.1)."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        blocks: list[nn.Module] = []
        n_in = 3
        for n_out in image_widths(config):
            blocks += [nn.Conv2d(n_in, n_out, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
            n_in = n_out
        self.blocks = nn.Sequential(*blocks)

    def forward(self, images: Tensor) -> Tensor:  # (B, 3, 120, 200)
        return self.blocks(images).flatten(1)  # (B, 32 * 15 * 25)


class ImageDecoder(nn.Module):
    """Three times transposed convolution of stride 2 and convolution, the last one to RGB (§3.2.1)."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        blocks: list[nn.Module] = []
        n_in, *widths = reversed(image_widths(config))
        for n_out in (*widths, widths[-1]):
            if blocks:
                blocks += [nn.Conv2d(n_in, n_in, 3, padding=1), nn.ReLU()]
            blocks += [nn.ConvTranspose2d(n_in, n_out, 3, 2, padding=1, output_padding=1), nn.ReLU()]
            n_in = n_out
        self.blocks = nn.Sequential(*blocks)
        self.output = nn.Conv2d(n_in, 3, 3, padding=1)
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


class TransformerTextEncoder(nn.Module):
    """Mean over the real words of what a small Transformer makes of them, as long as an RNN's states (§6)."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        width = config.hidden
        self.input = nn.Linear(config.word_vector_size, width)
        layer = nn.TransformerEncoderLayer(
            width,
            math.gcd(width, HEADS),
            2 * width,
            dropout=0.0,  # its random numbers would follow from no seed of the settings
            batch_first=True,
            norm_first=True,  # trains without a warm-up of its own
        )
        self.blocks = nn.TransformerEncoder(
            layer, config.rnn_layers, norm=nn.LayerNorm(width), enable_nested_tensor=False
        )
        self.output = nn.Linear(width, text_features(config))

    def forward(self, word_vectors: Tensor, lengths: Tensor) -> Tensor:  # (B, T, E), (B,) on the CPU
        n_words = word_vectors.shape[1]
        # A row without words is read as one zero vector: the mean over no words is no number.
        is_word = torch.arange(n_words) < lengths.clamp(min=1).unsqueeze(1)
        is_word = is_word.to(word_vectors.device, non_blocking=True)  # (B, T)
        words = self.input(word_vectors)
        words = words + _positions(n_words, words.shape[2]).to(words)
        words = self.blocks(words, src_key_padding_mask=~is_word) * is_word.unsqueeze(2)  # (B, T, hidden)
        return self.output(words.sum(1) / is_word.sum(1, keepdim=True))  # (B, 2 * 2 * 512)


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


def text_encoder_of(config: ModelConfig) -> TextEncoder | TransformerTextEncoder:
    """The text encoder that the settings name."""
    return (TransformerTextEncoder if config.text_encoder == "transformer" else TextEncoder)(config)


def image_widths(config: ModelConfig) -> tuple[int, ...]:
    """Channels of the encoder's convolutions; 32, 32, 32 in the CRVAE, 32, 32, 64 in the CVAEs (§3.1.1)."""
    last = config.channels if config.family == "crvae" else 2 * config.channels
    return (*[config.channels] * (HALVINGS - 1), last)


def feature_shape(config: ModelConfig) -> tuple[int, int, int]:
    """(channels, rows, columns) behind the image encoder; (32, 15, 25) in the paper's CRVAE."""
    return image_widths(config)[-1], config.height_px >> HALVINGS, config.width_px >> HALVINGS


def text_features(config: ModelConfig) -> int:
    """How many numbers the text encoder gives; 2,048 in the paper."""
    return config.rnn_layers * (1 + config.bidirectional) * config.hidden


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
    elif isinstance(module, nn.MultiheadAttention):
        nn.init.xavier_uniform_(module.in_proj_weight)  # else all layers of a Transformer start alike
    elif isinstance(module, nn.LSTM):
        for name, parameter in module.named_parameters():
            if name.startswith("bias_ih"):
                with torch.no_grad():
                    parameter[module.hidden_size : 2 * module.hidden_size] += 1.0


def _positions(n_words: int, width: int) -> Tensor:
    """(T, width): sines and cosines of each word's place, from one word to the next to ever slower ones."""
    n_rates = (width + 1) // 2
    rates = WAVELENGTH_MAX ** (-torch.arange(n_rates) / n_rates)
    angles = torch.arange(n_words).unsqueeze(1) * rates
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)[:, :width]


def _rnn(config: ModelConfig, *, bidirectional: bool) -> nn.LSTM | nn.RNN:
    kind = nn.LSTM if config.rnn == "lstm" else nn.RNN
    return kind(
        config.word_vector_size,
        config.hidden,
        config.rnn_layers,
        batch_first=True,
        bidirectional=bidirectional,
    )
