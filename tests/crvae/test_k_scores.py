"""Each measure is what its definition or scikit-learn says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_score,
)

from crvae import k_scores

# Two pairs of points: inside a pair 2 apart, the pairs 10 apart.
RECTANGLE = np.array([[0, 0], [0, 2], [10, 0], [10, 2]], float)
SIDES = np.array([0, 0, 1, 1], np.int32)
labels_of = arrays(np.int32, 12, elements=st.integers(-1, 4))


def test_distances_of_a_rectangle_are_those_computed_by_hand():
    assert k_scores.within(RECTANGLE, SIDES) == pytest.approx(1)
    assert k_scores.between(RECTANGLE, SIDES) == pytest.approx(10)
    assert k_scores.inertia(RECTANGLE, SIDES) == pytest.approx(4)


def test_between_is_the_mean_over_all_pairs_of_centroids():
    corners = np.array([[0, 0], [6, 0], [0, 8]], float)
    assert k_scores.between(corners, np.arange(3, dtype=np.int32)) == pytest.approx((6 + 8 + 10) / 3)


def test_the_others_are_scikit_learns_and_clusters_have_their_own_silhouette():
    points = np.random.default_rng(0).normal(size=(20, 3))
    labels = (np.arange(20) % 3).astype(np.int32)
    found = k_scores.apartness(points, labels, k_scores.distances_of(points))
    assert found is not None
    assert found.silhouette == pytest.approx(silhouette_score(points, labels))
    assert found.davies_bouldin == pytest.approx(davies_bouldin_score(points, labels))
    assert found.calinski_harabasz == pytest.approx(calinski_harabasz_score(points, labels))
    sizes = np.bincount(labels)
    assert np.dot(found.silhouettes, sizes) / 20 == pytest.approx(found.silhouette)


def test_pairs_in_no_cluster_do_not_count():
    points = np.vstack([RECTANGLE, [[500, 500]]])
    labels = np.append(SIDES, -1).astype(np.int32)
    assert k_scores.within(points, labels) == pytest.approx(1)
    found = k_scores.apartness(points, labels, k_scores.distances_of(points))
    assert found == k_scores.apartness(RECTANGLE, SIDES, k_scores.distances_of(RECTANGLE))


def test_one_cluster_and_one_for_each_point_have_no_silhouette():
    distances = k_scores.distances_of(RECTANGLE)
    assert k_scores.apartness(RECTANGLE, np.zeros(4, np.int32), distances) is None
    assert k_scores.apartness(RECTANGLE, np.arange(4, dtype=np.int32), distances) is None
    assert k_scores.between(RECTANGLE, np.zeros(4, np.int32)) is None


def test_nothing_is_measured_where_all_are_in_no_cluster():
    nobody = np.full(4, -1, np.int32)
    assert (k_scores.within(RECTANGLE, nobody), k_scores.inertia(RECTANGLE, nobody)) == (None, None)


def test_coherence_is_the_share_of_like_neighbours_less_that_of_shuffled_ones():
    labels = np.array([0, 0, 0, 1, 1, 1], np.int32)
    assert k_scores.coherence(labels) == pytest.approx(4 / 5 - 12 / 30)
    shuffled = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], 400)).astype(np.int32)
    assert k_scores.coherence(shuffled) == pytest.approx(0, abs=0.05)  # 1,200 pairs


def test_the_knee_is_farthest_from_the_chord():
    assert k_scores.knee({1: 100.0, 2: 30.0, 3: 20.0, 4: 12.0, 5: 5.0}) == 2
    assert k_scores.knee({1: 3.0, 2: 2.0, 3: 1.0}) is None


@given(labels_of, labels_of)
def test_the_overlap_table_counts_every_pair_once(before: NDArray[np.int32], after: NDArray[np.int32]):
    table = k_scores.overlap(before, after)
    assert table.sum() == len(before)
    for cluster in range(-1, table.shape[0] - 1):
        assert table[cluster].sum() == (before == cluster).sum()
    for cluster in range(-1, table.shape[1] - 1):
        assert table[:, cluster].sum() == (after == cluster).sum()


@given(labels_of, labels_of, st.permutations(range(5)))
def test_agreement_is_scikit_learns_and_does_not_see_numbers(
    a: NDArray[np.int32], b: NDArray[np.int32], order: list[int]
):
    found = k_scores.agreement(a, b)
    assert found == pytest.approx(adjusted_rand_score(a, b))
    renamed = np.where(a >= 0, np.array([*order, -1])[a], -1).astype(np.int32)
    assert k_scores.agreement(renamed, b) == pytest.approx(found)


@given(labels_of, st.permutations(range(5)))
def test_renaming_clusters_changes_no_measure(labels: NDArray[np.int32], order: list[int]):
    points = np.random.default_rng(0).normal(size=(12, 3))
    numbered = np.unique(labels[labels >= 0], return_inverse=True)[1]
    k = int(numbered.max(initial=-1)) + 1
    first, second = labels.copy(), labels.copy()
    first[labels >= 0] = numbered
    second[labels >= 0] = np.array([o for o in order if o < k], np.int32)[numbered] if k else numbered
    assert k_scores.coherence(first) == pytest.approx(k_scores.coherence(second))
    assert k_scores.within(points, first) == pytest.approx(k_scores.within(points, second))
    assert k_scores.between(points, first) == pytest.approx(k_scores.between(points, second))
