"""What is told of each cluster, on small planted videos."""

from dataclasses import replace

import numpy as np
import pytest

from crvae.config import ModelConfig
from crvae.records import Clustering, EmbeddedDataset, KScore, KSweep, Latents
from services.context import Context
from services.modality import basis, held_by
from services.profile import profile, typical
from services.profile_records import ClusterProfile, Profile
from services.records import AlignedPairs, TrainedModel
from tests.services.test_repeated_shots import pictures

N_PAIRS = 16
LABELS = np.array([0] * 5 + [1] * 6 + [0] * 5, np.int32)
SCENES = [0] * 5 + [1, 2, 3, 4, 5, 6] + [0] * 5  # cluster 0 is one shot that comes back
TEXTS = tuple(
    "good evening from the newsroom" if label == 0 else "the rocket stands on the launch pad"
    for label in LABELS
)
SWEEP = KSweep(
    (
        KScore(2, 1.0, 2.0, 0.9, 0.5, (10, 6), jaccards=(0.9, 0.5)),
        KScore(3, 1.0, 2.0, 0.4, 0.2, (5, 6, 5), jaccards=(0.1, 0.2, 0.3)),
    ),
    labels=np.stack([LABELS, np.repeat([0, 1, 2], [5, 6, 5])]).astype(np.int32),
)
TRAINED = TrainedModel(
    weights=None,  # pyright: ignore[reportArgumentType]
    model=ModelConfig(family="dense"),
    training=None,  # pyright: ignore[reportArgumentType]
    history=(),
    n_parameters=0,
    device="",
    seconds=0,
)


def points() -> Latents:
    rng = np.random.default_rng(0)
    return Latents((np.eye(2)[LABELS] * 9 + rng.normal(size=(N_PAIRS, 2))).astype(np.float32))


def dataset() -> EmbeddedDataset:
    return EmbeddedDataset(
        pictures(SCENES),
        np.zeros((N_PAIRS, 1, 4), np.float32),
        np.zeros(N_PAIRS, np.int64),
        ((),) * N_PAIRS,
        0.0,
    )


def pairs() -> AlignedPairs:
    each = np.arange(N_PAIRS)
    return AlignedPairs(each, each, each * 2.0, TEXTS, "nearest_start", "")


def clustering(labels: np.ndarray = LABELS, k: int = 2) -> Clustering:
    mu = points().mu
    return Clustering(k, labels, np.stack([mu[labels == c].mean(axis=0) for c in range(k)]), seed=0)


def profiled(ctx: Context, found: Clustering) -> Profile:
    return profile(points(), dataset(), TRAINED, SWEEP, found, pairs(), "model", ctx)


@pytest.fixture
def told(ctx: Context) -> Profile:
    return profiled(ctx, clustering())


def test_size_and_share_of_the_time_are_told(told: Profile):
    assert [(c.n_pairs, c.screen_s, c.screen_share) for c in told.clusters] == [
        (10, 20.0, 0.625),
        (6, 12.0, 0.375),
    ]


def test_the_cluster_that_is_one_repeated_shot_is_marked_and_no_other(told: Profile):
    shot = told.clusters[0].shot
    assert shot is not None
    assert (shot.n_pairs, shot.n_stretches) == (10, 2)
    assert told.clusters[1].shot is None


def test_words_are_those_of_the_cluster_and_not_of_the_other(told: Profile):
    assert "launch pad" in told.clusters[1].words
    assert not set(told.clusters[0].words) & set(told.clusters[1].words)


def test_a_text_that_is_said_again_and_again_is_quoted_once(told: Profile):
    assert [len(c.telling) for c in told.clusters] == [1, 1]
    assert TEXTS[told.clusters[1].telling[0]] == "the rocket stands on the launch pad"


def test_stability_comes_from_the_sweep_that_found_the_same_clusters(told: Profile):
    assert [(c.jaccard, c.stability) for c in told.clusters] == [(0.9, "stable"), (0.5, "dissolves")]


def test_stability_of_what_the_sweep_did_not_find_is_not_known(ctx: Context):
    told = profiled(ctx, clustering((np.arange(N_PAIRS) >= 3).astype(np.int32)))
    assert [(c.jaccard, c.stability) for c in told.clusters] == [(None, "unknown")] * 2


def test_what_was_set_aside_is_told_and_the_rest_keeps_its_stability(ctx: Context):
    labels = np.where(LABELS == 0, -1, 0).astype(np.int32)
    told = profiled(ctx, replace(clustering(labels, 1), set_aside=labels < 0))
    assert [(o.is_set_aside, o.n_pairs, o.screen_share) for o in told.outside] == [(True, 10, 0.625)]
    assert [c.jaccard for c in told.clusters] == [0.5]
    assert told.clusters[0].silhouette is None  # there is no other cluster


def test_pairs_that_no_cluster_takes_are_told_apart_from_those_set_aside(ctx: Context):
    labels = LABELS.copy()
    labels[0] = -1
    told = profiled(ctx, clustering(labels))
    assert [(o.is_set_aside, o.n_pairs) for o in told.outside] == [(False, 1)]


def test_a_model_of_pictures_alone_is_said_to_be_one(told: Profile):
    assert told.basis == "picture"
    assert told.clusters[0].hold == "unknown"


def test_typical_pairs_are_spread_over_the_time_and_nearest_in_their_part():
    members = np.arange(10)
    near = np.array([9, 8, 3, 0, 1, 2, 4, 5, 6, 7])
    assert typical(members, near, np.arange(10), 2) == (3, 9)


def test_typical_pairs_show_no_frame_twice():
    assert typical(np.arange(6), np.arange(6), np.array([0, 0, 0, 0, 0, 1]), 3) == (0, 5)


def test_few_pairs_are_all_typical():
    assert typical(np.array([4, 7]), np.array([7, 4]), np.arange(9), 7) == (4, 7)


@pytest.mark.parametrize(
    ("by_picture", "by_words", "hold"),
    [(0.9, 0.1, "picture"), (0.2, 0.7, "words"), (0.8, 0.6, "both"), (0.3, 0.4, "together")],
)
def test_what_holds_a_cluster_together_is_what_keeps_half_of_it(by_picture, by_words, hold, told: Profile):
    made: ClusterProfile = replace(told.clusters[0], by_picture=by_picture, by_words=by_words)
    assert made.hold == hold


@pytest.mark.parametrize(
    ("family", "encoder", "expected"),
    [
        ("crvae", "model", "both"),
        ("pure", "model", "picture"),
        ("crvae", "pixels", "picture"),
        ("crvae", "texts", "words"),
        ("dense", "features", "both"),
    ],
)
def test_the_basis_says_what_the_points_are_made_of(family, encoder, expected):
    assert basis(ModelConfig(family=family), encoder) == expected


def test_ready_made_features_are_told_apart_by_their_halves():
    mu = np.zeros((8, 1280 + 512), np.float32)
    mu[:, 0] = np.repeat([1, -1], 4)  # the pictures alone differ
    found = Clustering(2, np.repeat([0, 1], 4).astype(np.int32), mu[[0, 4]], seed=0)
    held = held_by(Latents(mu), dataset(), TRAINED, found, "features")
    assert held is not None
    assert (held.by_picture.tolist(), held.by_words.tolist()) == ([1.0, 1.0], [0.0, 0.0])
