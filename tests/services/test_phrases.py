import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, BertTokenizerFast

from services.errors import AnalysisError
from services.phrases import encode_phrases

VOCABULARY = (
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "virus",
    "vaccine",
    "elderly",
    "people",
    "ice",
    "dance",
)


@pytest.fixture(scope="module")
def transformer(tmp_path_factory) -> Path:
    """A random BERT of two layers, saved as the hub keeps one."""
    folder = tmp_path_factory.mktemp("tiny-bert")
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertModel(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


@pytest.fixture
def copy(transformer, tmp_path) -> Path:
    return Path(shutil.copytree(transformer, tmp_path / "model"))


@pytest.mark.models
def test_the_default_gives_512_numbers_of_length_one():
    vectors = encode_phrases(["elderly people", "老年人", ""], "use")
    assert vectors.shape == (3, 512)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


@pytest.mark.models
def test_a_phrase_is_nearer_to_its_translation_than_to_any_other():
    english = ["elderly people", "vaccine shots", "opening ceremony", "ice skating", "city mayor"]
    chinese = ["老年人", "接种疫苗", "开幕式", "滑冰", "市长"]
    cosines = encode_phrases(english, "use") @ encode_phrases(chinese, "use").T
    assert cosines.argmax(1).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("backend", ["use", "hub"])
def test_no_phrase_gives_no_row(backend, transformer):
    name = "use" if backend == "use" else f"hub:{transformer}"
    assert encode_phrases([], name).shape == (0, 512 if backend == "use" else 32)


def test_a_hub_model_is_loaded_by_sentence_transformers_and_gives_rows_of_length_one(transformer):
    vectors = encode_phrases(["virus vaccine", "elderly people", "virus vaccine"], f"hub:{transformer}")
    assert vectors.shape == (3, 32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(vectors[0], vectors[2], atol=1e-6)
    assert vectors[0] @ vectors[1] < 0.999


def test_a_plain_transformer_is_read_with_the_mean_of_its_words(transformer):
    model, tokenizer = BertModel.from_pretrained(transformer), BertTokenizerFast.from_pretrained(transformer)
    with torch.inference_mode():
        mean = (
            model.eval()(**tokenizer("ice dance", return_tensors="pt")).last_hidden_state[0].mean(0).numpy()
        )
    vector = encode_phrases(["ice dance"], f"hub:{transformer}")[0]
    np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-5)


def test_code_that_lies_beside_a_model_is_not_run(copy):
    (copy / "own.py").write_text(f"open({str(copy / 'ran')!r}, 'w')\nclass Model: pass\n")
    (copy / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": "own.Model"}]))
    with pytest.raises(AnalysisError, match="cannot be loaded"):
        encode_phrases(["virus"], f"hub:{copy}")
    assert not (copy / "ran").exists()


@pytest.mark.parametrize("broken", ["model.safetensors", "config.json"])
def test_a_damaged_model_is_answered_with_a_sentence(copy, broken):
    (copy / broken).write_bytes((copy / broken).read_bytes()[:40])
    with pytest.raises(AnalysisError, match=r"cannot be loaded .* choose another backend"):
        encode_phrases(["virus"], f"hub:{copy}")


def test_a_model_of_numbers_that_are_not_finite_is_refused(copy):
    model = BertModel.from_pretrained(copy)
    with torch.no_grad():
        model.embeddings.word_embeddings.weight.fill_(float("nan"))
    model.save_pretrained(copy)
    with pytest.raises(AnalysisError, match="not finite"):
        encode_phrases(["virus"], f"hub:{copy}")


def test_a_model_that_is_not_on_this_machine_is_answered_with_a_sentence():
    with pytest.raises(AnalysisError, match="nobody/nothing"):
        encode_phrases(["virus"], "hub:nobody/nothing")
