"""How many weights a model has, reckoned from its settings without torch (paper §2.1, §3.1, §3.2)."""

from dataclasses import dataclass
from itertools import pairwise

from crvae.config import ModelConfig

HALVINGS = 3  # poolings of the image encoder, see crvae.layers
GATES = {"lstm": 4, "rnn": 1}


@dataclass(frozen=True, slots=True)
class ModelSize:
    """Numbers of weights; wide: those of the dense layers around the latent, nearly all that there are."""

    wide: int
    others: int

    @property
    def total(self) -> int:
        return self.wide + self.others


def model_size(config: ModelConfig) -> ModelSize:
    """The numbers of weights of the model that crvae.families.build_model makes of these settings."""
    images = _image_parts(config)
    if config.family == "pure":
        n_maps = 2 * config.channels
        return ModelSize(wide=0, others=images + _convolution(n_maps, 2 * n_maps))
    n_image = _image_features(config)
    if config.family == "dense":
        return ModelSize(_wide(config, n_image, n_image), images)
    n_text = config.rnn_layers * (1 + config.bidirectional) * config.hidden
    n_states = (2 if config.rnn == "lstm" else 1) * config.rnn_layers * config.hidden
    norms = 2 * (n_image + n_text)
    texts = _text_encoder(config, n_text) + _text_decoder(config)
    return ModelSize(_wide(config, n_image + n_text, n_image + n_states), images + texts + norms)


def _wide(config: ModelConfig, n_in: int, n_out: int) -> int:
    fused, latent = config.fused, config.latent
    encoder = _linear(n_in, fused) + _linear(fused, 2 * latent)
    return encoder + _linear(latent, fused) + _linear(fused, n_out)


def _image_parts(config: ModelConfig) -> int:
    widths = _widths(config)
    encoder = sum(_convolution(a, b) for a, b in pairwise((3, *widths)))
    last, middle, first = reversed(widths)
    drawing = _convolution(last, middle) + _convolution(middle, first) + _convolution(first, first)
    between = _convolution(middle, middle) + _convolution(first, first)
    return encoder + drawing + between + _convolution(first, 3)


def _widths(config: ModelConfig) -> tuple[int, int, int]:
    last = config.channels if config.family == "crvae" else 2 * config.channels
    return config.channels, config.channels, last


def _image_features(config: ModelConfig) -> int:
    return _widths(config)[-1] * (config.height_px >> HALVINGS) * (config.width_px >> HALVINGS)


def _text_encoder(config: ModelConfig, n_text: int) -> int:
    if config.text_encoder == "rnn":
        return _recurrent(config, 1 + config.bidirectional)
    width = config.hidden
    attention = _linear(width, 3 * width) + _linear(width, width)
    block = attention + _linear(width, 2 * width) + _linear(2 * width, width) + 2 * 2 * width
    ends = _linear(config.word_vector_size, width) + 2 * width + _linear(width, n_text)
    return config.rnn_layers * block + ends


def _text_decoder(config: ModelConfig) -> int:
    return _recurrent(config, 1) + _linear(config.hidden, config.word_vector_size)


def _recurrent(config: ModelConfig, n_directions: int) -> int:
    inputs = (config.word_vector_size, *[n_directions * config.hidden] * (config.rnn_layers - 1))
    rows = GATES[config.rnn] * config.hidden
    return sum(n_directions * rows * (n_in + config.hidden + 2) for n_in in inputs)


def _convolution(n_in: int, n_out: int) -> int:
    return n_in * n_out * 9 + n_out


def _linear(n_in: int, n_out: int) -> int:
    return n_in * n_out + n_out
