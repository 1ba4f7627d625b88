import json
import pickle
import shutil
import time
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

from services import backends, hub_models
from services.errors import AnalysisError, Cancelled
from tests import tiny_models

CPU = torch.device("cpu")
BLIP = backends.find("descriptions", "blip")


@pytest.fixture(scope="module")
def chat(tmp_path_factory) -> Path:
    return tiny_models.save_chat(tmp_path_factory.mktemp("tiny-chat"), ["1. mask"])


@pytest.fixture
def copy(chat, tmp_path) -> Path:
    return Path(shutil.copytree(chat, tmp_path / "model"))


def backend_of(folder: Path):
    return backends.find("tags", f"hub:{folder}")


def load(folder: Path):
    return hub_models.load_model(AutoModelForCausalLM, backend_of(folder), torch.float32, CPU)


def test_a_model_is_loaded_in_the_precision_that_is_asked_for(chat):
    model = hub_models.load_model(AutoModelForCausalLM, backend_of(chat), torch.bfloat16, CPU)
    assert model.dtype == torch.bfloat16
    assert not model.training


def test_parameters_are_counted_from_the_heads_of_the_files(chat, copy):
    n = sum(weights.numel() for weights in load(chat).state_dict().values())
    assert hub_models.n_parameters(backend_of(chat)) == n
    LlamaForCausalLM.from_pretrained(copy).save_pretrained(copy, max_shard_size="100KB")
    (copy / "model.safetensors").unlink()
    assert len(list(copy.glob("*.safetensors"))) > 1
    assert hub_models.n_parameters(backend_of(copy)) == n


def test_old_weights_are_read_where_there_are_no_safetensors(copy):
    weights = load(copy).state_dict()
    torch.save(weights, copy / "pytorch_model.bin")
    (copy / "model.safetensors").unlink()
    assert all(torch.equal(w, weights[name]) for name, w in load(copy).state_dict().items())


def test_weights_that_would_run_code_are_refused(copy):
    class Evil:
        def __reduce__(self):
            return (open, (str(copy / "ran"), "w"))

    (copy / "model.safetensors").unlink()
    torch.save({"weights": Evil()}, copy / "pytorch_model.bin", pickle_module=pickle)
    with pytest.raises(AnalysisError, match="cannot be loaded"):
        load(copy)
    assert not (copy / "ran").exists()


def test_code_that_lies_beside_a_model_is_not_run(copy):
    (copy / "own.py").write_text(f"open({str(copy / 'ran')!r}, 'w')\n")
    config = json.loads((copy / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.M"}}
    (copy / "config.json").write_text(json.dumps(config))
    with pytest.raises(AnalysisError, match="cannot be loaded"):
        load(copy)
    assert not (copy / "ran").exists()


def test_weights_that_lack_layers_are_refused_rather_than_filled_with_random_numbers(copy):
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 5}))
    with pytest.raises(AnalysisError, match="lack a part of the weights"):
        load(copy)


@pytest.mark.parametrize("broken", ["model.safetensors", "config.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 99])
def test_a_damaged_model_is_told_in_words(copy, broken, content):
    (copy / broken).write_bytes(content)
    with pytest.raises(AnalysisError, match=r"cannot be loaded \(.*choose another backend for tags"):
        load(copy)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"model": {"type": "none"}}', b"\xff" * 99])
def test_a_damaged_tokenizer_is_told_in_words(copy, content):
    (copy / "tokenizer.json").write_bytes(content)
    with pytest.raises(AnalysisError, match="cannot be loaded"):
        hub_models.load_part(AutoTokenizer, backend_of(copy))


def test_a_model_larger_than_the_memory_is_refused_before_it_is_loaded():
    hub_models.check_memory(BLIP, 10**9, 2 * 10**9)
    with pytest.raises(AnalysisError, match=r"BLIP base needs 2\.0 GB of memory, and 1\.0 GB are free"):
        hub_models.check_memory(BLIP, 2 * 10**9, 10**9)


def _too_large() -> None:
    torch.empty(2**60, dtype=torch.uint8)


def _out_of_gpu() -> None:
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")


def _no_memory() -> None:
    raise MemoryError


@pytest.mark.parametrize("fail", [_too_large, _out_of_gpu, _no_memory])
def test_running_out_of_memory_is_told_in_words(fail):
    for told in (hub_models.told_loading(BLIP), hub_models.told_running(BLIP, "describe a frame")):
        with pytest.raises(AnalysisError, match=r"BLIP base ran out of memory\. Close other programs"), told:
            fail()


def test_what_a_model_cannot_do_is_told_with_its_own_reason():
    with (
        pytest.raises(AnalysisError, match=r"BLIP base cannot describe a frame \(no such input\)\. Get it"),
        hub_models.told_running(BLIP, "describe a frame"),
    ):
        raise ValueError("no such input.\nMore of it")


@pytest.mark.parametrize("error", [Cancelled(), AnalysisError("x")])
def test_a_stop_and_a_sentence_rise_as_they_are(error):
    for told in (hub_models.told_loading(BLIP), hub_models.told_running(BLIP, "describe a frame")):
        with pytest.raises(type(error)) as raised, told:
            raise error
        assert raised.value is error


def test_a_running_model_can_be_stopped_between_its_operations():
    n_done = 0

    class Slow(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            nonlocal n_done
            time.sleep(0.01)
            n_done += 1
            return x

    def beat() -> None:
        raise Cancelled

    model = torch.nn.Sequential(*(Slow() for _ in range(200)))
    with pytest.raises(Cancelled), hub_models.stoppable(model, beat):
        model(torch.zeros(1))
    assert 0 < n_done <= hub_models.BEAT_S / 0.01
    n_done = 0
    model[:30](torch.zeros(1))
    assert n_done == 30  # nobody asks any more


def test_a_folders_revision_changes_with_its_files(copy):
    before = hub_models.revision(backend_of(copy))
    assert hub_models.revision(backend_of(copy)) == before
    (copy / "config.json").write_text((copy / "config.json").read_text() + " ")
    assert hub_models.revision(backend_of(copy)) != before
