"""A cluster that is one repeated shot leaves the clustering, and nothing else changes."""

from dataclasses import replace

import numpy as np
import pytest

from crvae.records import Clustering, EmbeddedDataset, Latents
from services.errors import AnalysisError
from services.set_aside import without_repeated_shots
from services.stages import build
from services.workspace import Workspace
from tests.filled import put
from tests.services.small_training import small_recipe
from tests.services.test_repeated_shots import pictures

ANCHOR = [0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0, 6, 7, 8, 9]  # scene 0 comes back, the others differ
LABELS = [0, 0, 0, 1, 1, 1, -1, 1, 0, 0, 0, 2, 2, 2, 2]


def clustering(labels: list[int]) -> Clustering:
    k = max(labels) + 1
    return Clustering(k, np.array(labels, np.int32), np.arange(k, dtype=np.float32)[:, None], seed=0)


def test_the_repeated_shot_s_pairs_are_in_no_cluster_and_the_rest_is_numbered_anew():
    made = without_repeated_shots(clustering(LABELS), pictures(ANCHOR))
    assert made.labels.tolist() == [-1, -1, -1, 0, 0, 0, -1, 0, -1, -1, -1, 1, 1, 1, 1]
    assert (made.k, made.centroids.ravel().tolist()) == (2, [1.0, 2.0])


def test_only_the_repeated_shot_is_said_to_be_set_aside_not_what_no_cluster_took():
    made = without_repeated_shots(clustering(LABELS), pictures(ANCHOR))
    assert np.flatnonzero(made.set_aside).tolist() == [0, 1, 2, 8, 9, 10]


def test_a_video_without_repeated_shots_stays_as_it_is():
    made = without_repeated_shots(clustering([0] * 5 + [1] * 5), pictures(list(range(10))))
    assert made.labels.tolist() == [0] * 5 + [1] * 5
    assert not made.set_aside.any()


def test_a_video_of_nothing_else_is_refused_in_a_sentence():
    labels = [0] * 4 + [1] * 4 + [0] * 4 + [1] * 4
    with pytest.raises(AnalysisError, match=r"nothing would be left\. Choose a larger K"):
        without_repeated_shots(clustering(labels), pictures([0] * 4 + [1] * 4 + [0] * 4 + [1] * 4))


@pytest.mark.parametrize(("sets_aside", "k"), [(True, 1), (False, 2)])
def test_the_stage_sets_aside_only_when_it_is_told_to(workspace: Workspace, sets_aside: bool, k: int):
    recipe = small_recipe("aside", epochs=1)
    recipe = replace(recipe, clustering=replace(recipe.clustering, sets_aside=sets_aside))
    is_anchor = np.array(ANCHOR) == 0
    n = len(ANCHOR)
    words = np.zeros((n, 1, 4), np.float32)
    dataset = EmbeddedDataset(pictures(ANCHOR), words, np.zeros(n, np.int64), ((),) * n, 0.0)
    put(workspace.store, recipe, "dataset", dataset)
    put(workspace.store, recipe, "latents", Latents(np.eye(2, dtype=np.float32)[is_anchor.astype(int)] * 9))
    made: Clustering = build(workspace.store, recipe, "clusters")
    assert made.k == k
    assert (made.set_aside == is_anchor).all() if sets_aside else not made.set_aside.any()
