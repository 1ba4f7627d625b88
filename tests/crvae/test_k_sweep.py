"""Planted clusterings are recommended and stable, noise is unsupported, and every measure is in the sweep."""

import numpy as np
import pytest

from crvae import k_draws, k_gap
from crvae.k_sweep import Effort, sweep_k
from crvae.recommend import recommend
from crvae.records import ClusterMethod, KScore, Latents

SMALL = Effort(n_bootstrap=12, n_references=10)
SEEDS = range(20)


def planted(k: int, seed: int = 0, n_pairs: int = 54, distance: float = 5.0) -> Latents:
    """Scenes of six pairs that take turns among k clusters; distance over the noise's radius of 1.5."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(k, 12))
    centres *= distance / np.linalg.norm(centres, axis=1, keepdims=True)
    noise = rng.normal(size=(n_pairs, 12)) * 1.5 / np.sqrt(12)
    return Latents((centres[np.arange(n_pairs) // 6 % k] + noise).astype(np.float32))


def noise(seed: int, n_pairs: int = 54) -> Latents:
    return Latents(np.random.default_rng(seed).normal(size=(n_pairs, 12)).astype(np.float32))


@pytest.mark.parametrize("k", [2, 3, 4])
def test_planted_clusters_are_recommended_and_called_stable_from_any_seed(k: int):
    for seed in SEEDS:
        sweep = sweep_k(planted(k, seed), range(2, 6), SMALL, seed=seed)
        advice = recommend(sweep)
        assert (advice.k, advice.is_supported) == (k, True), seed
        assert "stable (ARI" in advice.reason


def test_noise_supports_no_k_from_any_seed():
    for seed in SEEDS:
        advice = recommend(sweep_k(noise(seed), range(2, 6), SMALL, seed=seed))
        assert not advice.is_supported, seed
        assert advice.reason.startswith("No K is supported")
        assert advice.k >= 2


def test_the_gap_statistic_finds_no_clusters_in_uniform_points():
    for seed in range(5):
        points = np.random.default_rng(seed).uniform(size=(80, 2)).astype(np.float32)
        sweep = sweep_k(Latents(points), range(2, 5), Effort(n_bootstrap=0, n_references=20))
        assert k_gap.preferred_k(sweep.scores) == 1, seed


def test_the_gap_is_computed_as_its_paper_says():
    found = k_gap.gap(2.0, [np.e, np.e**3])
    assert found is not None
    assert found.value == pytest.approx(2 - np.log(2))
    assert found.error == pytest.approx(1 * np.sqrt(1.5))
    assert k_gap.gap(0.0, [1.0]) is None


@pytest.mark.parametrize(
    ("gaps", "errors", "k"),
    [((0.3, 0.25), (0, 0), 1), ((0.1, 0.5, 0.52), (0, 0, 0.05), 2), ((0.1, 0.9), (0, 0), None)],
)
def test_the_gap_prefers_the_first_k_that_the_next_does_not_beat(
    gaps: tuple[float, ...], errors: tuple[float, ...], k: int | None
):
    pairs = enumerate(zip(gaps, errors, strict=True), 1)
    scores = [KScore(i, 1, 1, 1, 1, (1,) * i, gap=g, gap_error=e) for i, (g, e) in pairs]
    assert k_gap.preferred_k(scores) == k


@pytest.mark.parametrize(
    ("gaps", "peak"),
    [
        ((0.61, 0.60, 0.65, 0.8, 0.7), 4),  # stops at 1, and six clusters are there
        ((0.61, 0.60, 0.61, 0.62, 0.6), None),  # within its error
        ((0.61, 0.60, 0.65, 0.7, 0.8), None),  # highest at the end, as in what drifts
        ((0.61, 0.60, 0.5, 0.4, 0.3), None),
        ((0.1, 0.5, 0.4, 0.3, 0.3), None),  # the rule found 2 by itself
    ],
)
def test_a_gap_that_rises_clearly_after_its_rule_stopped_at_1_has_a_later_peak(
    gaps: tuple[float, ...], peak: int | None
):
    scores = [KScore(i, 1, 1, 1, 1, (1,) * i, gap=g, gap_error=0.015) for i, g in enumerate(gaps, 1)]
    assert k_gap.later_peak(scores) == peak


def test_a_mixture_has_no_row_for_a_k_that_it_does_not_fill():
    rng = np.random.default_rng(0)
    points = np.vstack([rng.normal(size=(22, 3)), [[90, 0, 0], [0, 90, 0]]]).astype(np.float32)
    found = sweep_k(Latents(points), range(2, 11), Effort("gmm", n_bootstrap=2, n_references=2))
    ks = [score.k for score in found.scores]
    assert ks == sorted(set(ks))
    assert found.labels.shape == (len(ks), 24)


def test_one_cluster_is_always_there():
    for points in (np.zeros((1, 2)), np.zeros((6, 2)), np.eye(2)):
        for method in ("kmeans", "ward", "gmm"):
            found = sweep_k(Latents(points.astype(np.float32)), range(2, 5), Effort(method, 2, 2))
            assert [score.k for score in found.scores] == [1]


def test_every_measure_stands_in_a_sweep_and_k_1_has_those_that_exist():
    sweep = sweep_k(planted(3), [2, 3], SMALL)
    one, two, three = sweep.scores
    assert [score.k for score in sweep.scores] == [1, 2, 3]
    assert sweep.labels.shape == (3, 54)
    assert (one.between, one.silhouette, one.stability, one.coherence) == (None, None, None, None)
    assert None not in (one.within, one.gap)
    assert one.sizes == (54,)
    for score in (two, three):
        assert None not in (score.gap, score.seed_stability, score.davies_bouldin, score.calinski_harabasz)
        assert len(score.silhouettes) == len(score.jaccards) == score.k
        assert score.stability_low <= score.stability <= score.stability_high
    assert min(three.jaccards) > 0.75


@pytest.mark.parametrize("method", ["ward", "gmm"])
def test_other_methods_are_swept_over_k(method: ClusterMethod):
    effort = Effort(method, n_bootstrap=4, n_references=4)
    sweep = sweep_k(planted(3), range(2, 5), effort)
    assert recommend(sweep).k == 3
    assert sweep.method == method
    assert (sweep.scores[2].seed_stability is None) == (method == "ward")


def test_hdbscan_is_swept_over_its_smallest_cluster():
    sweep = sweep_k(planted(3), effort=Effort("hdbscan", n_bootstrap=6))
    assert [score.min_pairs for score in sweep.scores] == [3, 4, 5, 6, 8, 10, 12, 15, 20]
    advice = recommend(sweep)
    assert (advice.k, advice.min_pairs > 0) == (3, True)
    assert sweep.scores[0].gap is None


def test_blocks_of_neighbours_are_drawn_together():
    counts = k_draws.block_draws(60, 30, np.random.default_rng(0))
    assert counts.sum(axis=1).tolist() == [60] * 30
    assert all(len(set(block)) == 1 for row in counts for block in row.reshape(10, 6).tolist())
    once = k_draws.block_draws(60, 5, np.random.default_rng(0), twice=False)
    assert (once.max(), once.sum(axis=1).tolist()) == (1, [48] * 5)


def test_a_cluster_that_one_moment_alone_shows_comes_back_less_often():
    scenes = np.repeat([0, 1, 2], [12, 12, 6])  # the last one fills a single block of time
    points = np.eye(8)[scenes] * 9 + np.random.default_rng(0).normal(size=(30, 8))
    found = k_draws.stability(points, scenes.astype(np.int32), "kmeans", 3, n_draws=60, seed=0)
    assert found is not None
    assert 0.5 < found.mean < 0.95
    assert min(found.jaccards) == found.jaccards[2]


def test_the_same_seed_gives_the_same_scores():
    assert sweep_k(planted(3), [3], SMALL, seed=1).scores == sweep_k(planted(3), [3], SMALL, seed=1).scores


@pytest.mark.parametrize("n_pairs", [0, 1, 2])
def test_with_fewer_than_three_pairs_nothing_can_be_scored(n_pairs: int):
    sweep = sweep_k(Latents(planted(2).mu[:n_pairs]), effort=SMALL)
    assert [score.silhouette for score in sweep.scores] == [None] * min(n_pairs, 1)
    with pytest.raises(ValueError, match="at least 3 different pairs"):
        recommend(sweep)


def test_k_that_the_different_pairs_cannot_fill_are_left_out_and_progress_is_told():
    mu = np.repeat(planted(2).mu[:4], 3, axis=0)  # twelve pairs, four different ones
    heard: list[tuple[int, int, str]] = []
    sweep = sweep_k(Latents(mu), effort=SMALL, progress=lambda *told: heard.append(told))
    assert [found.k for found in sweep.scores] == [1, 2, 3]
    assert heard[:3] == [(0, 6, "K = 1"), (1, 6, "K = 1"), (2, 6, "K = 2")]
    assert heard[-1] == (6, 6, "")


def test_points_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="not finite"):
        sweep_k(Latents(np.full((5, 2), np.nan, np.float32)))


@pytest.mark.parametrize("method", ["kmeans", "ward", "gmm"])
@pytest.mark.parametrize("n", [3, 4, 5])
def test_very_few_pairs_can_be_tried_by_every_method(method: ClusterMethod, n: int):
    for seed in range(3):
        points = Latents(np.random.default_rng(seed).normal(size=(n, 4)).astype(np.float32))
        sweep = sweep_k(points, range(1, 11), Effort(method, 20, 5), seed=seed)
        found = [score.k for score in sweep.scores]
        assert found == list(range(1, n)) or (method == "gmm" and set(found) < set(range(1, n)))
