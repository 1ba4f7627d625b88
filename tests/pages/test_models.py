"""Models: what is on this machine, what can be fetched, and what the project takes."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import close_session, constants

from services.recipe import Project, TranscriptChoice
from services.workspace import Workspace
from tests.fake_hub import FakeHub
from tests.pages.conftest import buttons, open_page, words


@pytest.fixture(autouse=True)
def empty_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No model and no token of this machine's user is seen."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.delenv("HF_TOKEN", raising=False)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with FakeHub() as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.address)
        template = "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.address + template)
        yield server
    close_session()


def test_models_of_the_hub_can_be_downloaded_and_say_their_licence_and_size(empty: Workspace):
    at = open_page("models")
    assert buttons(at)["models_get_list_descriptions_blip"] == "Download"
    assert "BSD-3-Clause  \n990 MB  \nrevision 82a37760796d" in words(at)


def test_models_of_speech_are_listed_and_taken_only_where_speech_is_recognized(
    ws: Workspace, project: Project
):
    at = open_page("models", project)
    assert "**Whisper base**" in words(at)
    assert "MIT  \n145 MB" in words(at)
    assert buttons(at)["models_get_list_speech_whisper-small"] == "Download"
    assert "models_use_list_speech_whisper-base" not in buttons(at)
    choice = TranscriptChoice("asr", "en", backend="hub:owner/whisper")
    heard = dataclasses.replace(project.left, transcript=choice)
    at = open_page("models", ws.projects.save(project.with_recipe("left", heard), "recognized"))
    assert "**owner/whisper**" in words(at)
    at.button(key="models_use_list_speech_whisper-base").click().run()
    assert not at.exception
    saved = ws.projects.get(project.project_id)
    assert (saved.left.transcript.backend, saved.right.transcript.backend) == ("whisper-base", "")


def test_a_model_with_a_licence_to_accept_says_how(empty: Workspace):
    assert "set HF_TOKEN to your token" in words(open_page("models"))


def test_without_a_project_no_model_can_be_taken(empty: Workspace):
    assert not [key for key in buttons(open_page("models")) if key and key.startswith("models_use_")]


def test_a_model_of_any_owner_can_be_named_and_downloaded(empty: Workspace):
    at = open_page("models")
    at.text_input(key="models_own_name").input("owner/model@v1").run()
    assert not at.exception
    assert "**owner/model**" in words(at)
    assert buttons(at)["models_get_own_descriptions_hub_owner_model_v1"] == "Download"


def test_the_role_of_an_own_model_is_chosen(empty: Workspace):
    at = open_page("models")
    at.button_group(key="models_own_role").set_value("phrases").run()
    at.text_input(key="models_own_name").input("owner/model").run()
    assert not at.exception
    assert "models_get_own_phrases_hub_owner_model" in buttons(at)


def test_a_named_model_is_downloaded_and_then_taken(ws: Workspace, project: Project, hub: FakeHub):
    at = open_page("models", project)
    at.text_input(key="models_own_name").input("owner/model").run()
    at.button(key="models_get_own_descriptions_hub_owner_model").click().run()
    assert not at.exception
    assert any("model.safetensors" in asked for asked in hub.asked)
    at.button(key="models_use_own_descriptions_hub_owner_model").click().run()
    assert ws.projects.get(project.project_id).left.describing.backend == "hub:owner/model"


def test_a_model_that_is_here_is_taken_for_the_project(ws: Workspace, project: Project, tmp_path: Path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"")
    at = open_page("models", project)
    at.text_input(key="models_own_name").input(str(folder)).run()
    (taken,) = [key for key in buttons(at) if key and key.startswith("models_use_own_descriptions_")]
    at.button(key=taken).click().run()
    assert not at.exception
    saved = ws.projects.get(project.project_id)
    assert saved.left.describing.backend == saved.right.describing.backend == f"hub:{folder}"
    assert "used by this project" in words(at)
