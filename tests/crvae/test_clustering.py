"""Planted clusters are found again by every method, and numbered by time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from crvae.clustering import by_first_appearance, find_clusters, principal_axes
from crvae.records import ClusterMethod, Latents

# Two pairs of points: inside a pair 2 apart, the pairs 10 apart.
RECTANGLE = Latents(np.array([[0, 0], [0, 2], [10, 0], [10, 2]], np.float32))

points = arrays(
    np.float32, st.tuples(st.integers(1, 8), st.integers(1, 5)), elements=st.floats(-9, 9, width=32)
)
labels_of = arrays(np.int64, st.integers(1, 30), elements=st.integers(-1, 6))


def planted(k: int, distance: float, n_pairs: int = 48, seed: int = 0) -> tuple[Latents, NDArray[np.int64]]:
    """Scenes of six pairs that take turns among k clusters, noise of 1 around centres `distance` apart."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n_pairs) // 6 % k
    centres = np.eye(8)[:k] * distance / np.sqrt(2)
    return Latents((centres[labels] + rng.normal(size=(n_pairs, 8)) / np.sqrt(8)).astype(np.float32)), labels


# K-means


def test_planted_clusters_are_found_and_numbered_by_time():
    latents, labels = planted(3, distance=6)
    found = find_clusters(latents, 3)
    assert found.labels.tolist() == labels.tolist()
    assert found.labels.dtype == np.int32


def test_centroids_are_the_means_of_their_pairs():
    found = find_clusters(RECTANGLE, 2)
    np.testing.assert_allclose(found.centroids, [[0, 1], [10, 1]], atol=1e-6)  # float32


def test_one_cluster_holds_everything_and_as_many_as_pairs_hold_one_each():
    assert find_clusters(RECTANGLE, 1).labels.tolist() == [0, 0, 0, 0]
    assert find_clusters(RECTANGLE, 4).labels.tolist() == [0, 1, 2, 3]


def test_the_same_seed_gives_the_same_clusters():
    noise = Latents(np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32))
    assert np.array_equal(find_clusters(noise, 5, seed=3).labels, find_clusters(noise, 5, seed=3).labels)


@pytest.mark.parametrize("k", [0, -1, 5])
def test_a_k_out_of_range_is_refused_with_the_range(k: int):
    with pytest.raises(ValueError, match=rf"k is {k}, but there are 4 pairs: choose from 1 to 4"):
        find_clusters(RECTANGLE, k)


def test_a_k_above_the_number_of_different_pairs_is_refused():
    mu = np.repeat(RECTANGLE.mu[:2], 3, axis=0)
    with pytest.raises(ValueError, match="k is 3, but only 2 pairs differ: choose k from 1 to 2"):
        find_clusters(Latents(mu), 3)


def test_latents_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="not finite: train the model again"):
        find_clusters(Latents(np.array([[0.0], [np.inf]], np.float32)), 1)


# Other methods


@pytest.mark.parametrize("method", ["ward", "gmm"])
def test_other_methods_find_planted_clusters(method: ClusterMethod):
    latents, labels = planted(3, distance=9, n_pairs=60)
    found = find_clusters(latents, 3, method=method)
    assert (found.k, found.method, found.labels.tolist()) == (3, method, labels.tolist())


def test_hdbscan_finds_the_number_by_itself_and_leaves_odd_pairs_out():
    latents, labels = planted(3, distance=9, n_pairs=60)
    mu = np.concatenate([latents.mu, np.full((1, 8), 90, np.float32)])
    found = find_clusters(Latents(mu), 5, method="hdbscan")
    assert (found.k, int(found.labels[-1]), len(found.centroids)) == (3, -1, 3)
    assert adjusted_rand_score(labels, found.labels[:-1]) > 0.9


def test_hdbscan_without_a_cluster_says_what_to_choose():
    far = Latents(np.diag(np.arange(1, 9) ** 3).astype(np.float32))
    with pytest.raises(
        ValueError, match="no 4 pairs lie close enough together to be a cluster: choose fewer"
    ):
        find_clusters(far, 4, method="hdbscan")


def test_a_mixture_of_pairs_that_hardly_differ_stays_finite():
    mu = np.repeat(RECTANGLE.mu, 5, axis=0)
    assert find_clusters(Latents(mu), 2, method="gmm").k == 2


# Numbering


@given(labels_of)
def test_renumbering_keeps_the_partition_and_begins_with_the_first_row(labels: NDArray[np.int64]):
    numbered = by_first_appearance(labels)
    firsts = [label for label in dict.fromkeys(numbered.tolist()) if label >= 0]
    assert firsts == list(range(len({label for label in labels.tolist() if label >= 0})))
    assert np.array_equal(numbered[:, None] == numbered, labels[:, None] == labels)


@given(labels_of)
def test_renumbering_twice_changes_nothing(labels: NDArray[np.int64]):
    once = by_first_appearance(labels)
    assert np.array_equal(by_first_appearance(once), once)


# Axes


@given(points)
def test_principal_axes_keep_every_distance_in_at_most_n_numbers(mu: NDArray[np.float32]):
    def distances(rows: NDArray[np.floating]) -> NDArray[np.float64]:
        return np.linalg.norm(rows[:, None].astype(np.float64) - rows[None], axis=-1)

    axes = principal_axes(mu)
    assert axes.shape == (len(mu), min(mu.shape))
    np.testing.assert_allclose(distances(axes), distances(mu), atol=1e-6)  # cancellation around the mean


@settings(max_examples=20)
@given(st.permutations(range(12)))
def test_the_order_of_the_pairs_changes_no_planted_cluster(order: list[int]):
    latents, labels = planted(2, distance=9, n_pairs=12)
    found = find_clusters(Latents(latents.mu[order]), 2, restarts=2)
    assert adjusted_rand_score(labels[order], found.labels) == 1
