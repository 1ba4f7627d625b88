"""Settings that no page could make and results that no stage could leave are refused with a bundle."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.bundle import bundle_bytes
from services.bundle_read import open_bundle
from services.bundle_results import BadBundle
from services.projects import Projects
from services.store import Store
from services.workspace import Workspace
from tests.filled import filled_workspace
from tests.services.spoilt_bundle import Spoil, in_manifest, in_result, spoilt, with_array


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return bundle_bytes(*filled_workspace(tmp_path_factory.mktemp("bundle")))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path, Store(tmp_path / "cache"), Projects(tmp_path / "projects.sqlite"))


def test_a_bundle_as_it_was_packed_opens(packed: bytes, elsewhere: Workspace):
    assert open_bundle(elsewhere, io.BytesIO(packed)).n_results > 20


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [
        ("training", "epochs", 10**17),
        ("training", "seed", 10**30),
        ("training", "learning_rate", float("inf")),
        ("model", "latent", 10**12),
        ("tagging", "n_tags", -3),
        ("tagging", "n_tags", 10**9),
        ("tagging", "seed", -1),
        ("tagging", "temperature", float("nan")),
        ("tagging", "temperature", float("inf")),
        ("clustering", "k", 10**9),
        ("clustering", "min_pairs", 0),
        ("clustering", "seed", 10**30),
        ("sweep", "k_max", 10**9),
        ("sweep", "n_bootstrap", 10**9),
        ("projection", "seed", 10**30),
        ("embedding", "max_words", 10**12),
    ],
)
def test_a_setting_out_of_range_is_refused(
    packed: bytes, elsewhere: Workspace, group: str, name: str, value: Any
):
    spoil = in_manifest(lambda m: m["project"]["left"][group].update({name: value}))
    with pytest.raises(BadBundle, match="its settings are not those of a project"):
        open_bundle(elsewhere, spoilt(packed, spoil))


def test_a_correction_at_no_time_is_refused(packed: bytes, elsewhere: Workspace):
    piece = {"id": 1, "start_s": float("nan"), "end_s": 2.0, "text": "x"}
    edit = {"replaces": [], "by": [piece]}
    spoil = in_manifest(lambda m: m["project"]["left"].update(text_edits=[edit]))
    with pytest.raises(BadBundle, match="its settings are not those of a project"):
        open_bundle(elsewhere, spoilt(packed, spoil))


def first_evidence(value: dict[str, Any]) -> dict[str, Any]:
    return value["themes"][0]["tags"][0]["evidence"][0]


def crowd(value: dict[str, Any]) -> None:
    value["themes"][0]["tags"] = value["themes"][0]["tags"][:1] * 201


def infinite(rows: int = 3, columns: int = 4) -> np.ndarray:
    return np.full((rows, columns), np.inf, np.float32)


RESULTS: dict[str, tuple[str, Spoil]] = {
    "evidence at no time": (
        "left/themes",
        in_result("left/themes", lambda v: first_evidence(v).update(time_s=float("nan"))),
    ),
    "evidence in a frame that is not there": (
        "left/tags",
        in_result("left/tags", lambda v: first_evidence(v).update(place="picture", index=10**6)),
    ),
    "evidence in a segment that is not there": (
        "right/themes",
        in_result("right/themes", lambda v: first_evidence(v).update(place="speech", index=24)),
    ),
    "evidence before the first frame": (
        "left/themes",
        in_result("left/themes", lambda v: first_evidence(v).update(index=-1)),
    ),
    "a description of a frame that is not there": (
        "left/descriptions",
        in_result("left/descriptions", lambda v: v["items"][0].update(frame=10**6)),
    ),
    "more tags than a theme gets": ("left/themes", in_result("left/themes", crowd)),
    "more draws than are made": (
        "left/tags",
        in_result("left/tags", lambda v: v["themes"][0].update(draws=[["a"]] * 21)),
    ),
    "a text at no time": (
        "left/segments",
        in_result("left/segments", lambda v: v["segments"][0].update(start_s=float("inf"))),
    ),
    "infinite similarity": ("comparison", with_array("/similarity.npy", infinite())),
    "similarity beyond 1": ("comparison", with_array("/similarity.npy", np.full((3, 4), 1.5, np.float32))),
    "tags of other themes": (
        "comparison",
        with_array("/tag_similarity.npy", np.zeros((3, 4, 2, 2), np.float32)),
    ),
    "infinite chance": ("significance", with_array("/null_mean.npy", infinite().astype(np.float64))),
    "shares beyond 1": ("significance", with_array("/p.npy", np.full((3, 4), 2.0))),
}


@pytest.mark.parametrize("case", RESULTS)
def test_a_result_that_no_stage_leaves_is_refused(packed: bytes, elsewhere: Workspace, case: str):
    name, spoil = RESULTS[case]
    with pytest.raises(BadBundle, match=f"its result '{name}' does not fit the others"):
        open_bundle(elsewhere, spoilt(packed, spoil))
    assert elsewhere.store.keys() == []


def test_frames_that_no_video_has_are_refused(packed: bytes, elsewhere: Workspace):
    spoil = with_array("/frame_index.npy", np.full(24, 10**6))
    with pytest.raises(BadBundle, match="its result 'left/pairs' does not fit"):
        open_bundle(elsewhere, spoilt(packed, spoil))


def test_cells_without_a_value_are_taken(packed: bytes, elsewhere: Workspace):
    spoil = with_array("/similarity.npy", np.full((3, 4), np.nan, np.float32))
    assert open_bundle(elsewhere, spoilt(packed, spoil)).n_results > 20
