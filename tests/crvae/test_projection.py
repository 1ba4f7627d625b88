"""A flat view for any number of pairs: shapes, the perplexity that was used, and neighbours kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from crvae.projection import project
from crvae.records import Latents

some_latents = arrays(
    np.float32, st.tuples(st.integers(0, 6), st.integers(1, 4)), elements=st.sampled_from([0, 1, -2, 30])
)


def noise(n_pairs: int, size: int = 5) -> Latents:
    return Latents(np.random.default_rng(0).normal(size=(n_pairs, size)).astype(np.float32))


@settings(max_examples=30)
@given(some_latents)
def test_any_latents_have_a_finite_place_in_the_plane(mu: NDArray[np.float32]):
    view = project(Latents(mu))
    assert (view.xy.shape, view.xy.dtype) == ((len(mu), 2), np.float32)
    assert np.isfinite(view.xy).all()


@pytest.mark.parametrize(("n_pairs", "used"), [(4, 1.0), (7, 2.0), (25, 8.0), (40, 8.0)])
def test_the_perplexity_is_the_paper_s_eight_unless_the_video_is_too_short(n_pairs: int, used: float):
    assert project(noise(n_pairs)).perplexity == used


@pytest.mark.parametrize("n_pairs", [0, 1, 2, 3])
def test_with_fewer_than_four_pairs_the_main_axes_stand_in(n_pairs: int):
    view, mu = project(noise(n_pairs)), noise(n_pairs).mu
    assert view.perplexity == 0
    for i in range(n_pairs):  # up to three points lie in a plane, so no distance is lost
        expected = np.linalg.norm(mu - mu[i], axis=1)
        np.testing.assert_allclose(np.linalg.norm(view.xy - view.xy[i], axis=1), expected, atol=1e-5)


def test_pairs_that_do_not_differ_lie_on_one_point():
    view = project(Latents(np.full((9, 5), 0.3, np.float32)))
    assert view.perplexity == 0
    assert np.ptp(view.xy, axis=0).tolist() == [0, 0]


def test_latents_of_one_number_are_drawn_too():
    assert project(noise(12, size=1)).xy.shape == (12, 2)


def test_pairs_of_one_cluster_stay_together():
    groups = np.arange(45) % 3
    mu = np.eye(8)[groups] * 20 + np.random.default_rng(0).normal(size=(45, 8))
    xy = project(Latents(mu.astype(np.float32))).xy
    distances = np.linalg.norm(xy[:, None] - xy, axis=-1) + np.diag(np.full(45, np.inf))
    assert np.array_equal(groups[distances.argmin(axis=1)], groups)


def test_the_same_seed_gives_the_same_view():
    assert np.array_equal(project(noise(20), seed=1).xy, project(noise(20), seed=1).xy)


def test_latents_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="not finite: train the model again"):
        project(Latents(np.array([[0.0], [np.nan]], np.float32)))


@pytest.mark.parametrize("perplexity", [0.0, -1.0])
def test_a_perplexity_that_is_not_above_nought_is_refused(perplexity: float):
    with pytest.raises(ValueError, match=r"perplexity is .*, expected above 0"):
        project(noise(9), perplexity=perplexity)


def test_pca_is_the_two_main_axes_and_needs_no_perplexity():
    mu = np.random.default_rng(0).normal(size=(20, 5)).astype(np.float32) * np.float32([9, 5, 0.1, 0.1, 0.1])
    view = project(Latents(mu), "pca")
    assert (view.method, view.perplexity) == ("pca", 0)
    spread = np.linalg.svd(mu - mu.mean(0), compute_uv=False)[:2]
    np.testing.assert_allclose(np.linalg.norm(view.xy, axis=0), spread, rtol=1e-4)  # float32


def test_umap_keeps_pairs_of_one_cluster_together():
    groups = np.arange(45) % 3
    mu = np.eye(8)[groups] * 20 + np.random.default_rng(0).normal(size=(45, 8))
    view = project(Latents(mu.astype(np.float32)), "umap")
    assert view.method == "umap"
    distances = np.linalg.norm(view.xy[:, None] - view.xy, axis=-1) + np.diag(np.full(45, np.inf))
    assert np.array_equal(groups[distances.argmin(axis=1)], groups)


def test_too_few_pairs_for_a_map_by_neighbours_say_that_they_lie_on_their_main_axes():
    assert [project(noise(3), method).method for method in ("tsne", "umap")] == ["pca", "pca"]
