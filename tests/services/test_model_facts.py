"""What the Models page tells of a model beside its row in the table."""

import pytest

from services.backends import find
from services.model_facts import disk_mb, model_page


def test_a_packaged_model_takes_about_its_size_on_the_disk():
    backend = find("phrases", "use")
    assert 0.8 * backend.size_mb <= disk_mb(backend) <= 1.5 * backend.size_mb


def test_what_is_not_here_and_what_is_no_file_takes_no_room(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert disk_mb(find("descriptions", "blip")) == 0
    assert disk_mb(find("tags", "keywords")) == 0
    assert disk_mb(find("tags", "server:some")) == 0


def test_a_folder_of_the_hub_is_counted(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(bytes(2_500_000))
    backend = find("phrases", f"hub:{tmp_path}")
    assert disk_mb(backend) == 3
    assert model_page(backend) == ""


@pytest.mark.parametrize(
    ("role", "name", "page"),
    [
        ("tags", "llama2", "https://huggingface.co/meta-llama/Llama-2-7b-chat-hf"),
        ("tags", "hub:owner/model", "https://huggingface.co/owner/model"),
        ("tags", "server:owner/model", ""),
        ("phrases", "use", ""),
    ],
)
def test_a_model_of_the_hub_has_a_page(role: str, name: str, page: str):
    assert model_page(find(role, name)) == page
