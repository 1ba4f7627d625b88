"""What a cluster keeps by pictures alone and by words alone, on clusters planted in one or in both."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from crvae.clustering import find_clusters
from crvae.modality import Kept, encode_alone, kept
from crvae.records import Clustering, EmbeddedDataset, Latents
from crvae.training import encode, fit, start
from tests.crvae.small import MODEL, TRAINING

N_PAIRS, N_WORDS = 32, 4


def planted(picture_scenes: NDArray[np.int64], word_scenes: NDArray[np.int64]) -> EmbeddedDataset:
    """Pairs whose pictures and words each follow scenes of their own, with noise."""
    rng = np.random.default_rng(1)
    n = len(picture_scenes)
    corners = np.random.default_rng(2).uniform(60, 200, (4, 3, MODEL.height_px, 1))
    images = corners[picture_scenes] + rng.normal(0, 4, (n, 3, MODEL.height_px, MODEL.width_px))
    centres = np.random.default_rng(3).normal(size=(4, 1, MODEL.word_vector_size))
    words = centres[word_scenes] + rng.normal(0, 0.05, (n, N_WORDS, MODEL.word_vector_size))
    return EmbeddedDataset(
        images=images.clip(0, 255).astype(np.uint8),
        word_vectors=words.astype(np.float32),
        lengths=np.full(n, N_WORDS, np.int64),
        tokens=(("word",) * N_WORDS,) * n,
        unknown=0.0,
    )


def trained_and_kept(dataset: EmbeddedDataset, labels: NDArray[np.int64]) -> Kept:
    """What stays of the planted clusters `labels` in a model that was trained on them."""
    state = start(dataset, MODEL, replace(TRAINING, epochs=6), device="cpu")
    for _ in fit(state, dataset):
        pass
    points = encode(state.model, dataset)
    alone = [encode_alone(state.model, dataset, seen) for seen in ("picture", "words")]
    k = int(labels.max()) + 1
    centroids = np.stack([points.mu[labels == cluster].mean(axis=0) for cluster in range(k)])
    return kept(points, Clustering(k, labels.astype(np.int32), centroids, seed=0), *alone)


SCENES = np.arange(N_PAIRS) // (N_PAIRS // 2)
ONE = np.zeros(N_PAIRS, np.int64)


def test_clusters_of_pictures_stay_by_pictures_and_not_by_words():
    found = trained_and_kept(planted(SCENES, ONE), SCENES)
    assert found.by_picture.min() > 0.9
    assert found.by_words.max() < 0.5


def test_clusters_of_words_stay_by_words_and_not_by_pictures():
    found = trained_and_kept(planted(ONE, SCENES), SCENES)
    assert found.by_words.min() > 0.9
    assert found.by_picture.max() < 0.5


def test_clusters_that_pictures_and_words_both_tell_stay_by_either():
    found = trained_and_kept(planted(SCENES, SCENES), SCENES)
    assert min(found.by_picture.min(), found.by_words.min()) > 0.9


def test_clusters_that_only_pictures_and_words_together_tell_stay_by_neither():
    crossed = np.arange(N_PAIRS) // (N_PAIRS // 4) % 2
    found = trained_and_kept(planted(SCENES, crossed), 2 * SCENES + crossed)
    # by one alone a cluster cannot be told from its twin, so a half of it stays and a half of the twin comes
    assert max(found.by_picture.mean(), found.by_words.mean()) < 0.75


def two_clusters() -> tuple[Latents, Clustering]:
    mu = np.repeat(np.array([[0.0, 0.0], [10.0, 0.0]], np.float32), 4, axis=0)
    return Latents(mu), find_clusters(Latents(mu), 2)


def test_a_shift_that_moves_all_pairs_alike_moves_no_pair_to_another_cluster():
    points, clustering = two_clusters()
    shifted = Latents(points.mu + np.array([7, 3], np.float32))
    assert kept(points, clustering, shifted, shifted).by_picture.tolist() == [1.0, 1.0]


def test_pairs_that_all_fall_on_one_point_keep_nothing_although_one_cluster_gets_them_all():
    points, clustering = two_clusters()
    nothing = Latents(np.zeros_like(points.mu))
    assert kept(points, clustering, nothing, nothing).by_words.tolist() == [0.0, 0.0]


def test_half_of_a_cluster_that_goes_over_is_half_kept():
    points, clustering = two_clusters()
    mu = points.mu.copy()
    mu[:2] = (10, 0)
    mu[4:6] = (0, 0)  # and as many come back, so the mean stays
    found = kept(points, clustering, Latents(mu), points)
    assert found.by_picture.tolist() == [0.0, 0.0]  # as many come in as stay: no better than chance
    mu = np.vstack([points.mu, points.mu])
    moved = mu.copy()
    moved[0], moved[4] = (10, 0), (0, 0)
    wider = find_clusters(Latents(mu), 2)
    assert kept(Latents(mu), wider, Latents(moved), Latents(mu)).by_picture.tolist() == [0.75, 0.75]


def test_pairs_in_no_cluster_do_not_count():
    points, clustering = two_clusters()
    mu = np.vstack([points.mu, [[500.0, 500.0]]]).astype(np.float32)
    wider = replace(clustering, labels=np.append(clustering.labels, np.int32(-1)))
    moved = mu.copy()
    moved[-1] = -900
    assert kept(Latents(mu), wider, Latents(moved), Latents(mu)).by_picture.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("seen", ["picture", "words"])
def test_what_is_hidden_cannot_change_the_latents(seen):
    dataset = planted(SCENES, SCENES)
    model = start(dataset, MODEL, TRAINING, device="cpu").model
    before = encode_alone(model, dataset, seen).mu
    other = replace(dataset, word_vectors=dataset.word_vectors[::-1].copy())
    if seen == "words":
        other = replace(dataset, images=dataset.images[::-1].copy())
    np.testing.assert_array_equal(encode_alone(model, other, seen).mu, before)
