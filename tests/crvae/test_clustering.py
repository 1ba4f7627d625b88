"""Planted clusters are found again, scores are what their definitions say, and noise is called noise."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from crvae.clustering import by_first_appearance, find_clusters, principal_axes, recommend_k, sweep_k
from crvae.records import KScore, KSweep, Latents

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


def score(k: int, silhouette: float, stability: float) -> KScore:
    return KScore(k, 1.0, 1.0, stability, silhouette, (1,) * k)


def doubt(*scores: KScore) -> str:
    return recommend_k(KSweep(scores)).reason


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


# Scores


def test_scores_of_a_rectangle_are_those_computed_by_hand():
    (found,) = sweep_k(RECTANGLE, [2]).scores
    nearest_other = (10 + np.sqrt(104)) / 2
    assert found.within == pytest.approx(1)
    assert found.between == pytest.approx(10)
    assert found.silhouette == pytest.approx(1 - 2 / nearest_other)
    assert found.sizes == (2, 2)


def test_between_is_the_mean_over_all_pairs_of_centroids():
    corners = np.array([[0, 0], [6, 0], [0, 8]], np.float32)
    (found,) = sweep_k(Latents(np.concatenate([corners, corners + 0.125])), [3]).scores
    assert found.between == pytest.approx((6 + 8 + 10) / 3)


def test_clusters_that_are_there_are_stable_whatever_is_left_out():
    (found,) = sweep_k(planted(3, distance=8)[0], [3]).scores
    assert found.stability == pytest.approx(1)


def test_a_cluster_that_one_moment_alone_shows_is_not_stable():
    scenes = np.repeat([0, 1, 2], [12, 12, 6])  # the last one fills a single block of time
    mu = np.eye(8)[scenes] * 9 + np.random.default_rng(0).normal(size=(30, 8))
    (found,) = sweep_k(Latents(mu.astype(np.float32)), [3]).scores
    assert 0.6 < found.stability < 0.99


def test_clusters_of_noise_are_not_stable():
    noise = Latents(np.random.default_rng(0).normal(size=(48, 8)).astype(np.float32))
    (found,) = sweep_k(noise, [5]).scores
    assert found.stability < 0.6


def test_the_same_seed_gives_the_same_scores():
    latents, _ = planted(3, distance=2)
    assert sweep_k(latents, [3], seed=1).scores == sweep_k(latents, [3], seed=1).scores


@pytest.mark.parametrize("n_pairs", [0, 1, 2])
def test_with_fewer_than_three_pairs_nothing_can_be_scored(n_pairs: int):
    assert sweep_k(Latents(RECTANGLE.mu[:n_pairs])).scores == ()


def test_k_that_the_different_pairs_cannot_fill_are_left_out():
    mu = np.repeat(RECTANGLE.mu, 3, axis=0)  # twelve pairs, four different ones
    assert [found.k for found in sweep_k(Latents(mu)).scores] == [2, 3]


def test_k_are_tried_in_order_and_once_and_told():
    heard: list[tuple[int, int, str]] = []
    sweep = sweep_k(RECTANGLE, [3, 2, 3, 1, 99], progress=lambda *told: heard.append(told))
    assert [found.k for found in sweep.scores] == [2, 3]
    assert heard == [(0, 2, "K = 2"), (1, 2, "K = 3"), (2, 2, "")]


# Recommendation


@pytest.mark.parametrize("k", [2, 3, 4])
def test_the_planted_number_of_clusters_is_recommended_without_doubt(k: int):
    advice = recommend_k(sweep_k(planted(k, distance=6)[0], range(2, 6)))
    assert advice.k == k
    assert re.search(r"; the next best is K = \d+\.$", advice.reason)


def test_noise_gets_a_doubtful_sentence():
    noise = Latents(np.random.default_rng(1).normal(size=(48, 16)).astype(np.float32))
    assert "this video hardly falls into clusters" in recommend_k(sweep_k(noise, range(2, 5))).reason


def test_the_best_balance_of_both_scores_wins():
    sweep = KSweep((score(2, 0.9, 0.3), score(3, 0.6, 0.9), score(4, 0.3, 1.0)))
    assert recommend_k(sweep).k == 3


def test_two_negative_scores_do_not_make_a_merit():
    assert recommend_k(KSweep((score(2, -0.5, -0.5), score(3, 0.1, 0.1)))).k == 3


def test_among_equals_the_smallest_k_is_recommended():
    assert recommend_k(KSweep((score(2, 0.5, 0.9), score(3, 0.5, 0.9)))).k == 2


def test_the_sentence_tells_the_scores_and_its_doubt():
    assert doubt(score(2, 0.6, 0.7)).startswith(
        "K = 2 has the best balance of separation (silhouette 0.60) and stability (0.70), but a stability"
    )
    assert "but a silhouette below 0.25" in doubt(score(2, 0.24, 0.9))
    assert doubt(score(2, 0.6, 0.9), score(3, 0.59, 0.9), score(4, 0.2, 0.9)).endswith(
        "but K = 3 is almost as good."
    )


def test_an_empty_sweep_recommends_nothing():
    with pytest.raises(ValueError, match="at least 3 different pairs"):
        recommend_k(KSweep(()))


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(12)))
def test_the_order_of_the_pairs_changes_no_planted_cluster(order: list[int]):
    latents, labels = planted(2, distance=9, n_pairs=12)
    found = find_clusters(Latents(latents.mu[order]), 2, restarts=2)
    assert adjusted_rand_score(labels[order], found.labels) == 1
