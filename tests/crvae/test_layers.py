from dataclasses import replace

import pytest
import torch
from torch import nn

from crvae.config import ModelConfig
from crvae.layers import (
    ImageDecoder,
    ImageEncoder,
    TextDecoder,
    TextEncoder,
    TransformerTextEncoder,
    feature_shape,
    initialize,
)
from tests.crvae import small


def test_the_papers_image_encoder_ends_in_12000_numbers_and_the_decoder_mirrors_it():
    config = ModelConfig()
    features = ImageEncoder(config)(torch.zeros(1, 3, 120, 200))
    assert feature_shape(config) == (32, 15, 25)
    assert features.shape == (1, 12_000)
    assert ImageDecoder(config)(features).shape == (1, 3, 120, 200)


def test_the_papers_text_encoder_ends_in_2048_numbers():
    config = ModelConfig()
    assert TextEncoder(config)(torch.zeros(2, 4, 300), torch.tensor([4, 0])).shape == (2, 2048)


@pytest.mark.parametrize("rnn", ["lstm", "rnn"])
@pytest.mark.parametrize("teacher_forcing", [True, False])
def test_every_text_decoder_gives_one_vector_per_word(rnn: str, teacher_forcing: bool):
    config = replace(small.MODEL, rnn=rnn, teacher_forcing=teacher_forcing)
    n_states = {"lstm": 2, "rnn": 1}[rnn] * config.rnn_layers * config.hidden
    vectors = torch.randn(3, 5, config.word_vector_size)
    assert TextDecoder(config)(torch.randn(3, n_states), vectors).shape == vectors.shape


def test_with_teacher_forcing_a_prediction_sees_the_words_before_it_and_no_other():
    torch.manual_seed(0)
    decoder = TextDecoder(small.MODEL)
    states = torch.randn(1, 2 * small.MODEL.rnn_layers * small.MODEL.hidden)
    vectors = torch.randn(1, 5, small.MODEL.word_vector_size)
    changed = vectors.clone()
    changed[:, 2] += 1.0
    difference = (decoder(states, vectors) - decoder(states, changed)).abs().amax(dim=(0, 2))
    assert difference[:3].tolist() == [0, 0, 0]
    assert (difference[3:] > 0).all()


def test_without_teacher_forcing_the_words_are_not_seen_at_all():
    torch.manual_seed(0)
    decoder = TextDecoder(replace(small.MODEL, teacher_forcing=False))
    states = torch.randn(1, 2 * small.MODEL.rnn_layers * small.MODEL.hidden)
    vectors = torch.randn(1, 5, small.MODEL.word_vector_size)
    assert torch.equal(decoder(states, vectors), decoder(states, -vectors))


def test_the_start_keeps_the_variance_through_many_relu_layers():
    torch.manual_seed(0)
    layers = nn.Sequential(*(nn.Sequential(nn.Linear(256, 256), nn.ReLU()) for _ in range(8)))
    layers.apply(initialize)
    outputs = layers(torch.randn(64, 256))
    # One draw of eight random layers scatters by about a third around the mean square of 1.
    assert outputs.square().mean().item() == pytest.approx(1.0, rel=0.7)


def test_an_lstm_starts_with_open_forget_gates():
    lstm = nn.LSTM(4, 3)
    before = lstm.bias_ih_l0.detach().clone()
    initialize(lstm)
    assert torch.allclose(lstm.bias_ih_l0 - before, torch.tensor([0.0] * 3 + [1.0] * 3 + [0.0] * 6))


# The Transformer in the text encoder's place


def transformer() -> TransformerTextEncoder:
    torch.manual_seed(0)
    return TransformerTextEncoder(small.MODEL).eval()


@pytest.mark.parametrize("hidden", [5, 12])
def test_a_transformer_gives_as_many_features_as_the_rnn(hidden: int):
    config = replace(small.MODEL, hidden=hidden)
    vectors, lengths = torch.randn(3, 4, config.word_vector_size), torch.tensor([4, 1, 0])
    expected = TextEncoder(config)(vectors, lengths).shape
    assert TransformerTextEncoder(config)(vectors, lengths).shape == expected


@torch.no_grad()
def test_a_transformer_does_not_see_what_lies_behind_the_words():
    encoder, lengths = transformer(), torch.tensor([4, 2])
    vectors = torch.randn(2, 4, small.MODEL.word_vector_size)
    other = vectors.clone()
    other[1, 2:] = 99.0
    alone = encoder(vectors[1:, :2], lengths[1:])
    torch.testing.assert_close(encoder(other, lengths), encoder(vectors, lengths), atol=1e-6, rtol=0)
    # Matrices of another size are multiplied in another order: equal but for float32 rounding.
    torch.testing.assert_close(encoder(vectors, lengths)[1:], alone, atol=1e-5, rtol=0)


@torch.no_grad()
def test_a_transformer_tells_the_order_of_words():
    encoder = transformer()
    vectors = torch.randn(1, 4, small.MODEL.word_vector_size)
    backwards = encoder(vectors.flip(1), torch.tensor([4]))
    assert not torch.allclose(encoder(vectors, torch.tensor([4])), backwards, atol=1e-2)


@torch.no_grad()
def test_a_transformer_takes_rows_without_words():
    vectors = torch.zeros(2, 1, small.MODEL.word_vector_size)
    assert torch.isfinite(transformer()(vectors, torch.tensor([0, 0]))).all()


def test_a_transformer_encodes_alike_with_and_without_gradients():
    encoder, lengths = transformer(), torch.tensor([4, 2])
    vectors = torch.randn(2, 4, small.MODEL.word_vector_size)
    with torch.inference_mode():  # where PyTorch takes a fused path
        fused = encoder(vectors, lengths)
    torch.testing.assert_close(fused, encoder(vectors, lengths).detach(), atol=1e-5, rtol=1e-4)
