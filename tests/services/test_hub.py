import errno
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import close_session, constants

from services import backends, hub
from services.errors import AnalysisError, Cancelled
from services.hub_errors import told_in_words
from tests.fake_hub import COMMIT, WEIGHTS, FakeHub

MODEL = backends.find("tags", "hub:owner/model")


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Iterator[Path]:
    """The hub's cache of this test, set in the client's constants: it reads the environment at import."""
    folder = tmp_path / "hub"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    yield folder
    close_session()


@pytest.fixture
def fake(cache, monkeypatch) -> Iterator[FakeHub]:
    with FakeHub() as server:
        _point_to(server.address, monkeypatch)
        yield server


def _point_to(address: str, monkeypatch) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", address)
    template = "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", address + template)


def test_a_model_arrives_with_what_is_wanted_of_it(fake, cache):
    assert not hub.is_cached("owner/model", "main")
    folder = hub.download(MODEL)
    assert {path.name for path in folder.iterdir()} == {"config.json", "tokenizer.json", "model.safetensors"}
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert folder == hub.folder(MODEL) == cache / "models--owner--model" / "snapshots" / COMMIT
    assert backends.is_present(MODEL)
    assert backends.revision_of(MODEL) == COMMIT


def test_a_model_that_is_here_is_not_asked_for_again(fake):
    hub.download(MODEL)
    n_asked = len(fake.asked)
    assert hub.download(MODEL) == hub.folder(MODEL)
    assert len(fake.asked) == n_asked


@pytest.mark.parametrize("is_xet", [False, True])
def test_progress_hears_of_megabytes_in_the_calling_thread(fake, is_xet):
    fake.is_xet = is_xet
    fake.files["model.safetensors"] = WEIGHTS * 25
    heard: list[tuple[int, int, str]] = []
    threads: set[int] = set()

    def progress(done: int, total: int, note: str) -> None:
        heard.append((done, total, note))
        threads.add(threading.get_ident())

    hub.download(MODEL, progress)
    done = [told[0] for told in heard if told[1] == 25]
    assert done == sorted(done)
    assert len(set(done)) > 20
    assert heard[-1] == (25, 25, "owner/model: 26 of 26 MB")
    assert threads == {threading.get_ident()}


def test_files_that_are_here_are_not_fetched_again_after_a_stop(fake):
    def stop_in_the_weights(done: int, total: int, note: str) -> None:
        if any("GET" in asked and "safetensors" in asked for asked in fake.asked):
            raise Cancelled

    with pytest.raises(Cancelled):
        hub.download(MODEL, stop_in_the_weights)
    assert not backends.is_present(MODEL)
    fake.asked.clear()
    hub.download(MODEL)
    assert [asked for asked in fake.asked if "GET" in asked and "json" in asked] == []
    assert backends.is_present(MODEL)


def test_a_broken_connection_goes_on_where_it_stopped(fake):
    fake.files["model.safetensors"] = WEIGHTS * 3
    fake.breaks_at = 2_500_000
    folder = hub.download(MODEL)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS * 3
    assert any("bytes=" in asked and "safetensors" in asked for asked in fake.asked)


def test_old_weights_are_fetched_where_there_are_no_safetensors(fake):
    del fake.files["model.safetensors"]
    assert (hub.download(MODEL) / "pytorch_model.bin").read_bytes() == b"old"


def test_the_weights_in_the_models_own_folder_come_last(fake):
    names = ["1_Dense/model.safetensors", "z.json", "model.safetensors", "config.json"]
    files = hub.wanted([hub._File(name, 1) for name in names])  # pyright: ignore[reportPrivateUsage]
    assert [file.name for file in files] == [
        "config.json",
        "z.json",
        "1_Dense/model.safetensors",
        "model.safetensors",
    ]


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (401, "GatedRepo", "accepted its licence.*set HF_TOKEN"),
        (403, "GatedRepo", "accepted its licence.*set HF_TOKEN"),
        (401, "RepoNotFound", "no model owner/model.*or it is private"),
        (404, "RepoNotFound", "no model owner/model"),
        (404, "RevisionNotFound", "no revision 'main'"),
        (403, "", r"refuses the access token.*\(403\).*settings/tokens"),
        (410, "", r"answered with an error \(410\).*Try again later"),
    ],
)
def test_a_refusal_is_told_in_words(fake, status, code, words):
    fake.refusal = (status, code)
    with pytest.raises(AnalysisError, match=words):
        hub.download(MODEL)


def test_a_gated_file_is_told_like_a_gated_model(fake):
    fake.refusal, fake.refused_files = (403, "GatedRepo"), ("model.safetensors",)
    with pytest.raises(AnalysisError, match="accepted its licence"):
        hub.download(MODEL)


def test_a_file_that_has_gone_is_told_in_words(fake):
    fake.refusal, fake.refused_files = (404, "EntryNotFound"), ("tokenizer.json",)
    with pytest.raises(AnalysisError, match="has gone from the hub"):
        hub.download(MODEL)


@pytest.mark.parametrize("name", ["a/../b.json", "a/../../b.json", "/b.json", "C:\\b.json", "a\\..\\b.json"])
def test_a_file_that_would_lie_outside_the_models_folder_is_told_in_words(fake, cache, name):
    fake.files[name] = b"{}"
    with pytest.raises(AnalysisError, match=r"outside its folder.*Choose another revision or model"):
        hub.download(MODEL)
    assert not cache.exists()


def test_a_page_that_is_not_the_hubs_is_told_in_words(fake):
    fake.page = b"<html>Please log in</html>"
    with pytest.raises(AnalysisError, match=r"does not answer as the Hugging Face hub does.*log in first"):
        hub.download(MODEL)


def test_without_a_connection_the_analyst_is_told_what_to_check(cache, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        _point_to(f"http://127.0.0.1:{closed.getsockname()[1]}", monkeypatch)
        with pytest.raises(AnalysisError, match=r"cannot be reached.*Check the connection"):
            hub.download(MODEL)


def test_offline_nothing_is_asked(fake, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(AnalysisError, match="HF_HUB_OFFLINE forbids downloads"):
        hub.download(MODEL)
    assert fake.asked == []


def test_a_cache_that_cannot_be_a_folder_is_told_in_words(fake, cache):
    cache.write_text("a file")
    with pytest.raises(AnalysisError, match=r"could not be saved.*Set HF_HOME"):
        hub.download(MODEL)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full.*needs 990 MB.*HF_HOME"),
        (errno.EDQUOT, "disk is full"),
        (errno.EACCES, "cannot be written"),
        (errno.EROFS, "cannot be written"),
    ],
)
def test_a_disk_that_takes_no_more_is_told_in_words(number, words):
    with pytest.raises(AnalysisError, match=words), told_in_words(backends.find("descriptions", "blip")):
        raise OSError(number, "no", "/models")


@pytest.mark.parametrize("error", [Cancelled(), KeyError("ours"), OSError(errno.EIO, "disk error")])
def test_other_errors_rise_as_they_are(error):
    with pytest.raises(type(error)) as raised, told_in_words(MODEL):
        raise error
    assert raised.value is error


def test_a_model_is_whole_only_with_all_parts_of_its_weights(tmp_path):
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    (tmp_path / "model-1.safetensors").write_bytes(b"1")
    assert not hub.is_cached(str(tmp_path), "")
    (tmp_path / "model-2.safetensors").write_bytes(b"2")
    assert hub.is_cached(str(tmp_path), "")


def test_what_is_no_model_of_the_hub_cannot_be_downloaded():
    with pytest.raises(AnalysisError, match="not a model of the hub"):
        hub.download(backends.find("tags", "keywords"))


def test_a_folder_without_a_whole_model_is_not_downloaded(tmp_path):
    with pytest.raises(AnalysisError, match="holds no whole model"):
        hub.download(backends.find("tags", f"hub:{tmp_path}"))
