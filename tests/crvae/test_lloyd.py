"""Many k-means runs at once are as good as scikit-learn's, and weights count as copies."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from crvae.lloyd import best_runs, kmeans_runs

POINTS = np.random.default_rng(0).normal(size=(50, 4)) + 4 * np.eye(4)[np.arange(50) % 4]
ONES = np.ones((1, 50))


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_best_of_many_runs_is_as_good_as_that_of_scikit_learn(k: int):
    ours = best_runs(POINTS, k, ONES, np.random.default_rng(0), 50).inertia[0]
    theirs = KMeans(k, n_init=50, random_state=0).fit(POINTS).inertia_
    assert ours <= theirs * (1 + 1e-9)  # last digits of float64


def test_a_run_ends_where_scikit_learn_would_not_move_either():
    runs = kmeans_runs(POINTS, 4, np.ones((5, 50)), np.random.default_rng(1))
    for labels, inertia in zip(runs.labels, runs.inertia, strict=True):
        centroids = np.stack([POINTS[labels == c].mean(axis=0) for c in range(4)])
        again = KMeans(4, init=centroids, n_init=1).fit(POINTS)
        assert again.inertia_ == pytest.approx(inertia)
        assert again.labels_.tolist() == labels.tolist()


def test_weights_count_as_copies_and_points_of_none_are_sorted_too():
    weights = np.array([[2.0] * 25 + [0.0] * 25])
    found = best_runs(POINTS, 3, weights, np.random.default_rng(0), 20)
    copies = np.repeat(POINTS[:25], 2, axis=0)
    assert found.inertia[0] == pytest.approx(KMeans(3, n_init=20, random_state=0).fit(copies).inertia_)
    assert set(found.labels[0, 25:].tolist()) <= {0, 1, 2}


def test_more_clusters_than_different_points_end_without_error():
    same = np.zeros((6, 2))
    assert best_runs(same, 3, np.ones((1, 6)), np.random.default_rng(0), 3).inertia[0] == pytest.approx(0)
