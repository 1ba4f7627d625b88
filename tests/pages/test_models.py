"""Models: what is on this machine, what can be fetched, and what the project takes."""

import dataclasses
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import close_session, constants

from services import model_tasks
from services.backends import Backend, find
from services.model_tasks import Action, TaskStatus
from services.recipe import Project, TranscriptChoice
from services.workspace import Workspace
from tests.fake_hub import FakeHub
from tests.pages.conftest import buttons, open_page, words

LONG_S = 120.0  # a busy machine starts a process slowly


@pytest.fixture(autouse=True)
def empty_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No model and no token of this machine's user is seen."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.delenv("HF_TOKEN", raising=False)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with FakeHub() as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.address)
        template = "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.address + template)
        monkeypatch.setenv("HF_ENDPOINT", server.address)  # for processes that the page starts
        yield server
    close_session()


def test_models_of_the_hub_can_be_downloaded_and_say_their_licence_and_size(empty: Workspace):
    at = open_page("models")
    assert buttons(at)["models_get_list_descriptions_blip"] == "Download"
    told = words(at)
    page = "https://huggingface.co/Salesforce/blip-image-captioning-base"
    assert f"[BSD-3-Clause]({page})  \n990 MB to download  \nrevision 82a37760796d" in told
    assert "Chinese tags get their English from CC-CEDICT" in told


def test_models_of_speech_are_listed_and_taken_only_where_speech_is_recognized(
    ws: Workspace, project: Project
):
    at = open_page("models", project)
    assert "**Whisper base**" in words(at)
    assert re.search(r"MIT  \n14\d MB on the disk", words(at))
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


def ended(ws: Workspace, action: Action, backend: Backend) -> TaskStatus:
    """How the task ended that a page started."""
    began = time.monotonic()
    while (status := model_tasks.status(ws, action, backend)).state == "running":
        assert time.monotonic() - began < LONG_S
        time.sleep(0.1)
    return status


def test_a_named_model_is_downloaded_in_a_process_of_its_own_and_then_taken(
    ws: Workspace, project: Project, hub: FakeHub
):
    at = open_page("models", project)
    at.text_input(key="models_own_name").input("owner/model").run()
    at.button(key="models_get_own_descriptions_hub_owner_model").click().run()
    assert not at.exception
    assert ended(ws, "get", find("descriptions", "hub:owner/model")) == TaskStatus("done")
    assert any("model.safetensors" in asked for asked in hub.asked)
    at.run()
    at.button(key="models_use_own_descriptions_hub_owner_model").click().run()
    assert ws.projects.get(project.project_id).left.describing.backend == "hub:owner/model"


def test_a_download_that_is_refused_says_where_the_licence_is(empty: Workspace, hub: FakeHub):
    hub.refusal = (403, "GatedRepo")
    at = open_page("models")
    at.text_input(key="models_own_name").input("owner/model").run()
    at.button(key="models_get_own_descriptions_hub_owner_model").click().run()
    ended(empty, "get", find("descriptions", "hub:owner/model"))
    at.run()
    assert not at.exception
    told = words(at)
    assert "given only to those who have accepted its licence" in told
    assert "set HF" in told


def test_a_download_can_be_stopped_and_a_click_elsewhere_does_not_end_it(empty: Workspace):
    backend = find("descriptions", "blip")
    place = model_tasks.files(empty.root, "get", backend.role, backend.name)
    told = {"state": "running", "done": 5, "total": 990, "note": "5 of 990 MB", "at": time.time()}
    model_tasks.write(place, told)
    with place.lock:  # as the process that downloads holds it
        at = open_page("models")
        assert buttons(at)["models_stop_get_list_descriptions_blip"] == "Stop"
        at.text_input(key="models_own_name").input("owner/model").run()
        assert model_tasks.status(empty, "get", backend).state == "running"
        at.button(key="models_stop_get_list_descriptions_blip").click().run()
    assert not at.exception
    assert place.stop.exists()


@pytest.mark.models
def test_a_model_is_tried_on_a_real_example_and_shows_its_answer(empty: Workspace):
    at = open_page("models")
    at.button(key="models_try_list_phrases_use").click().run()
    assert not at.exception
    assert ended(empty, "try", find("phrases", "use")).state == "done"
    at.run()
    (answer,) = [code.value for code in at.code]
    assert "“elderly people” and “老年人”: 0." in answer


def test_whether_there_is_a_token_is_told_and_never_which(empty: Workspace, monkeypatch):
    assert "No access token is set." in words(open_page("models"))
    monkeypatch.setenv("HF_TOKEN", "hf_secret_of_mine")
    told = words(open_page("models"))
    assert "An access token is set (HF_TOKEN)." in told
    assert "hf_secret" not in told


def test_a_chat_server_is_taken_with_its_model_and_its_key_is_never_shown(
    ws: Workspace, project: Project, monkeypatch
):
    monkeypatch.setenv("DIPTYCH_TAGS_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("DIPTYCH_TAGS_MODEL", "qwen2.5:7b")
    monkeypatch.setenv("DIPTYCH_TAGS_KEY", "sk-secret-of-mine")
    at = open_page("models", project)
    assert "A key is set; it is never shown." in words(at)
    assert "sk-secret" not in words(at)
    at.button(key="models_use_list_tags_server_qwen2.5_7b").click().run()
    assert not at.exception
    saved = ws.projects.get(project.project_id)
    assert saved.left.tagging.backend == saved.right.tagging.backend == "server:qwen2.5:7b"
    assert "sk-secret" not in str(saved)


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
