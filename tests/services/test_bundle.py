"""A project packed, opened in another workspace, and bundles that somebody spoilt."""

import dataclasses
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.__main__ import main
from services.bundle import MANIFEST, bundle_bytes
from services.bundle_read import open_bundle, try_bundle
from services.bundle_results import BadBundle
from services.choose import with_k, with_topic
from services.projects import Projects
from services.recipe import SIDES, Project
from services.stages import have, have_comparison, key, load, load_comparison
from services.store import Store
from services.workspace import Workspace
from tests.filled import filled_workspace
from tests.services.spoilt_bundle import Spoil, in_manifest, put, spoilt, with_array


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Project, bytes]:
    ws, project = filled_workspace(tmp_path_factory.mktemp("bundle"))
    renamed = ws.projects.save(with_topic(project, "A topic <b>with</b> marks 冬奥"), "renamed")
    return ws, renamed, bundle_bytes(ws, renamed)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path, Store(tmp_path / "cache"), Projects(tmp_path / "projects.sqlite"))


def test_an_opened_bundle_has_the_same_results_and_no_videos(
    packed: tuple[Workspace, Project, bytes], elsewhere: Workspace
) -> None:
    ws, project, data = packed
    opened = open_bundle(elsewhere, io.BytesIO(data))
    assert opened.n_skipped == 0
    assert opened.project.topic == project.topic
    for side in SIDES:
        recipe = opened.project.recipe(side)
        for stage in ("segments", "pairs", "latents", "sweep", "clusters", "themes"):
            assert have(elsewhere.store, recipe, stage), stage
        for stage in ("video", "frames", "dataset", "model"):
            assert not have(elsewhere.store, recipe, stage), stage
        here, there = (load(w.store, recipe, "latents").mu for w in (ws, elsewhere))
        assert np.array_equal(here, there)
    assert have_comparison(elsewhere.store, opened.project)
    assert np.array_equal(
        load_comparison(elsewhere.store, opened.project).similarity,
        load_comparison(ws.store, project).similarity,
    )


def test_a_bundle_holds_no_picture_no_weights_and_no_path_of_this_machine(
    packed: tuple[Workspace, Project, bytes],
) -> None:
    ws, project, data = packed
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        manifest = archive.read(MANIFEST).decode()
    assert not [name for name in names if name.endswith((".jpg", ".mp4", ".safetensors", ".html"))]
    assert str(ws.root) not in manifest
    assert project.left.source.digest in manifest


def test_changes_travel_and_can_be_undone_there(
    packed: tuple[Workspace, Project, bytes], elsewhere: Workspace
) -> None:
    _, before, data = packed
    opened = open_bundle(elsewhere, io.BytesIO(data)).project
    assert elsewhere.projects.changes(opened.project_id)[0].what == "renamed"
    undone = elsewhere.projects.undo(opened)
    assert undone is not None
    assert undone.project_id == opened.project_id
    assert undone.topic != before.topic


def test_a_result_that_is_here_is_not_replaced(
    packed: tuple[Workspace, Project, bytes], elsewhere: Workspace
) -> None:
    _, project, data = packed
    k = key(project.left, "latents")
    mine = dataclasses.replace(load(packed[0].store, project.left, "latents"), mu=np.ones((2, 3), np.float32))
    elsewhere.store.put(k, mine, {"stage": "latents"})
    opened = open_bundle(elsewhere, io.BytesIO(data)).project
    assert load(elsewhere.store, opened.left, "latents").mu.shape == (2, 3)


def test_results_of_other_settings_are_left_out(
    packed: tuple[Workspace, Project, bytes], elsewhere: Workspace
) -> None:
    def other_seed(manifest: dict[str, Any]) -> None:
        manifest["project"]["left"]["sweep"]["seed"] = 7

    opened = open_bundle(elsewhere, spoilt(packed[2], in_manifest(other_seed)))
    assert opened.n_skipped >= 1
    assert not have(elsewhere.store, opened.project.left, "sweep")
    assert "another version" in opened.told()


def test_settings_alone_can_be_taken(packed: tuple[Workspace, Project, bytes], elsewhere: Workspace) -> None:
    opened = open_bundle(elsewhere, io.BytesIO(packed[2]), with_results=False)
    assert opened.n_results == 0
    assert not have(elsewhere.store, opened.project.left, "pairs")
    assert opened.project.left.clustering.k == packed[1].left.clustering.k


def _first_array(files: dict[str, bytes]) -> str:
    return next(name for name in files if name.endswith(".npy"))


def _rename_array_outward(files: dict[str, bytes]) -> None:
    """A value that names a file beyond its folder."""
    name = next(name for name in files if name.endswith("/value.json") and b'"mu.npy"' in files[name])
    put(files, name, files[name].replace(b'"mu.npy"', b'"../../../mu.npy"'))


SPOILT: dict[str, tuple[Spoil, str]] = {
    "no manifest": (lambda files: files.pop(MANIFEST), "has no bundle.json"),
    "manifest is no JSON": (lambda files: files.update({MANIFEST: b"\xff{"}), "cannot be read"),
    "deep JSON": (lambda files: files.update({MANIFEST: b"[" * 200_000}), "cannot be read"),
    "a list": (lambda files: files.update({MANIFEST: b"[]"}), "no description"),
    "another format": (in_manifest(lambda m: m.update(format=99)), "another version"),
    "no project": (in_manifest(lambda m: m.pop("project")), "settings"),
    "unknown field": (in_manifest(lambda m: m["project"].update(evil=1)), "settings"),
    "interval out of range": (
        in_manifest(lambda m: m["project"]["left"]["sampling"].update(interval_s=-1)),
        "settings",
    ),
    "log is no list": (in_manifest(lambda m: m.update(changes={})), "log of changes"),
    "log of other things": (in_manifest(lambda m: m.update(changes=[{"at": 1}])), "log of changes"),
    "results are no list": (in_manifest(lambda m: m.update(results="x")), "list of results"),
    "a path as key": (in_manifest(lambda m: m["results"][0].update(key="../../x")), "list of results"),
    "a path as file": (
        in_manifest(lambda m: m["results"][0].update(files={"../../evil.json": "0"})),
        "name that no result has",
    ),
    "a file is missing": (lambda files: files.pop(_first_array(files)), "lacks the file"),
    "a file was changed": (lambda files: files.update({_first_array(files): b"x"}), "changed or damaged"),
    "digest of no text": (
        in_manifest(lambda m: [r.update(files=dict.fromkeys(r["files"], 5)) for r in m["results"]]),
        "changed or damaged",
    ),
    "a result twice": (in_manifest(lambda m: m["results"].append(m["results"][0])), "twice"),
    "labels of no cluster": (with_array("/labels.npy", np.full(24, 50, np.int32)), "does not fit"),
    "too few labels": (with_array("/labels.npy", np.zeros(3, np.int32)), "does not fit"),
    "labels of words": (with_array("/labels.npy", np.full(24, "x")), "does not fit"),
    "times that are no numbers": (with_array("/times_s.npy", np.full(24, np.nan)), "does not fit"),
    "segments that are not there": (with_array("/segment_index.npy", np.full(24, 10**6)), "does not fit"),
    "a map of seven axes": (with_array("/xy.npy", np.zeros((24, 7), np.float32)), "does not fit"),
    "one cell for twelve": (with_array("/similarity.npy", np.zeros((1, 1), np.float32)), "does not fit"),
    "a huge K": (
        in_manifest(lambda m: m["project"]["left"]["clustering"].update(k=10**9)),
        "settings",
    ),
    "a number of 400 digits": (
        in_manifest(lambda m: m["project"]["left"]["sampling"].update(interval_s=10**400)),
        "settings",
    ),
    "a topic without end": (in_manifest(lambda m: m["project"].update(topic="x" * 10**5)), "settings"),
    "arrays beyond the folder": (_rename_array_outward, "not what it should be"),
}


@pytest.mark.parametrize("case", SPOILT)
def test_a_spoilt_bundle_is_refused_and_leaves_nothing(
    packed: tuple[Workspace, Project, bytes], elsewhere: Workspace, case: str
) -> None:
    spoil, told = SPOILT[case]
    with pytest.raises(BadBundle, match=told):
        open_bundle(elsewhere, spoilt(packed[2], spoil))
    assert elsewhere.projects.all() == []
    assert elsewhere.store.keys() == []


def test_a_damaged_download_is_told_wherever_it_is_damaged(
    packed: tuple[Workspace, Project, bytes], elsewhere: Workspace
) -> None:
    for place in range(200, len(packed[2]), len(packed[2]) // 60):
        data = bytearray(packed[2])
        data[place] ^= 0xFF
        opened, refused = try_bundle(elsewhere, io.BytesIO(bytes(data)), with_results=True)
        assert opened is not None or "cannot be opened" in refused


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"<html>", b"\x00" * 5000])
def test_what_is_no_zip_is_told_in_a_sentence(elsewhere: Workspace, data: bytes) -> None:
    opened, refused = try_bundle(elsewhere, io.BytesIO(data), with_results=True)
    assert opened is None
    assert "no zip" in refused


def test_a_bundle_that_unpacks_to_too_much_is_refused(elsewhere: Workspace) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(5000):
            archive.writestr(f"{n}.json", b"")
    with pytest.raises(BadBundle, match="5000 files"):
        open_bundle(elsewhere, out)


def test_the_command_line_packs_and_opens(
    packed: tuple[Workspace, Project, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ws, project, _ = packed
    zipped, copy = tmp_path / "a b.zip", Path(project.left.source.location)
    monkeypatch.setenv("DIPTYCH_HOME", str(ws.root))
    assert main(["bundle", project.project_id, "--out", str(zipped)]) == 0
    monkeypatch.setenv("DIPTYCH_HOME", str(tmp_path / "other"))
    assert main(["import", str(zipped)]) == 0
    told = capsys.readouterr().out
    assert "was opened with" in told
    assert main(["import", str(tmp_path / "none.zip")]) == 2
    assert main(["import", str(zipped), "--left", str(copy.with_name("nothing.mp4"))]) == 2


def test_a_topic_of_an_earlier_version_makes_a_bundle_that_opens(
    tmp_path: Path, elsewhere: Workspace
) -> None:
    ws, project = filled_workspace(tmp_path / "old")
    long = ws.projects.save(dataclasses.replace(project, topic="x" * 900), "renamed")
    opened = open_bundle(elsewhere, io.BytesIO(bundle_bytes(ws, long)))
    assert opened.project.topic == "x" * 499 + "…"
    assert opened.n_skipped == 0


def test_choosing_k_after_opening_asks_for_a_new_clustering(
    packed: tuple[Workspace, Project, bytes], elsewhere: Workspace
) -> None:
    opened = open_bundle(elsewhere, io.BytesIO(packed[2])).project
    changed = with_k(opened, "left", 2)
    assert not have(elsewhere.store, changed.left, "clusters")
