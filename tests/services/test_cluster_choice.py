"""Method, encoder and size are chosen for one video, and set beside the paper's way."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from crvae.k_sweep import Effort, sweep_k
from crvae.records import KScore
from services import cluster_choice as choices
from services.labels import choice_label
from services.recipe import ClusterChoice
from services.stages import STAGES, key, load
from services.views_k import agreement_told, choice_told, cluster_rows, knee_of, nothing_scored
from tests.filled import filled_workspace, put


def test_another_encoder_trains_nothing_and_changes_all_that_is_clustered(tmp_path: Path):
    _, project = filled_workspace(tmp_path)
    other = choices.with_encoder(project, "left", "pixels")
    changed = {name for name in STAGES if key(other.left, name) != key(project.left, name)}
    assert {"points", "sweep", "projection", "clusters", "themes"} <= changed
    assert not changed & {"model", "latents", "dataset", "descriptions"}
    assert other.right == project.right


def test_choices_of_one_method_wait_while_another_is_looked_at(tmp_path: Path):
    _, project = filled_workspace(tmp_path)
    density = choices.with_method(project, "left", "hdbscan")
    assert not density.left.clustering.is_chosen
    density = choices.with_size(density, "left", 5)
    assert (choices.size_of(density.left), choice_label(density.left.clustering)) == (
        5,
        "HDBSCAN with at least 5 pairs",
    )
    back = choices.with_method(density, "left", "kmeans")
    assert (choices.size_of(back.left), choice_label(back.left.clustering)) == (3, "K = 3")
    assert choice_label(ClusterChoice(4, method="ward")) == "K = 4 (Ward)"


def test_agreement_with_the_papers_way_is_one_where_both_find_the_same(tmp_path: Path):
    ws, project = filled_workspace(tmp_path)
    ward = choices.with_method(project, "left", "ward")
    points = load(ws.store, project.left, "points")
    put(ws.store, ward.left, "sweep", sweep_k(points, range(2, 5), Effort("ward", 0, 0)))
    found = choices.agreement_with_paper(ws.store, ward.left)
    assert found is not None
    assert set(found) == {2, 3, 4}
    assert found[3] == pytest.approx(1)
    assert "at the same K: adjusted Rand index 1.00" in agreement_told(ws.store, ward.left)


def test_agreement_waits_for_the_papers_metrics(tmp_path: Path):
    ws, project = filled_workspace(tmp_path)
    ward = choices.with_method(project, "left", "ward").left
    alone = dataclasses.replace(ward, source=dataclasses.replace(ward.source, digest="ef" * 16))
    assert "is shown once the metrics" in agreement_told(ws.store, alone)


def test_each_cluster_of_the_choice_has_a_row_with_its_mark(tmp_path: Path):
    ws, project = filled_workspace(tmp_path)
    rows = cluster_rows(load(ws.store, project.left, "profile"), ("Venues", "", ""))
    assert [row["Cluster"] for row in rows] == ["Venues", "Cluster 2", "Cluster 3"]
    assert {row["Mark"] for row in rows} <= {"stable", "doubtful", "dissolves"}
    assert knee_of(load(ws.store, project.left, "sweep")) in (2, 3)


def scored(k: int, **fields: Any) -> KScore:
    return KScore(k, 1.0, 1.0, **{"stability": None, "silhouette": None, "sizes": (1,) * k, **fields})


def test_the_choice_itself_is_told_in_words():
    weak = scored(3, silhouette=0.2, stability=0.5, jaccards=(0.9, 0.4, 0.5))
    assert choice_told(weak) == (
        "Your choice, K = 3: silhouette 0.20 (weak); its clusters come back only in part when parts of the "
        "video are left out (ARI 0.50); 2 of 3 dissolve."
    )
    assert "0.60 (clear); its clusters come back when" in choice_told(
        scored(2, silhouette=0.6, stability=0.9)
    )
    assert choice_told(scored(1)) == ""


def test_where_nothing_can_be_scored_the_reason_is_told(tmp_path: Path):
    _, project = filled_workspace(tmp_path)
    assert "too few pairs (2)" in nothing_scored(project.left, 2)
    assert "Fewer than 3 of the 24 pairs differ" in nothing_scored(project.left, 24)
    dense = choices.with_method(project, "left", "hdbscan").left
    assert "no place where the pairs crowd" in nothing_scored(dense, 24)
