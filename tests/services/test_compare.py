"""The similarity of clusters is the mean of the best cosines of their tags, and says what it lacks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from services.compare import compare, descending
from services.context import Context
from services.errors import AnalysisError
from services.recipe import Comparing
from services.records import Tag, Theme, Themes

cosines = arrays(np.float32, (3, 4), elements=st.floats(-1, 1, width=32) | st.just(np.float32("nan")))
ENGLISH = (("rocket launch", "launch pad"), ("elderly people", "vaccine shots"), ("figure skating",))
CHINESE = (("老年人", "接种疫苗"), ("火箭发射", "发射台"))


def themed(*clusters: tuple[str, ...]) -> Themes:
    return Themes(
        tuple(
            Theme(n, f"name {n}", tuple(Tag(text, "text", 1.0) for text in tags))
            for n, tags in enumerate(clusters)
        )
    )


def glossed(*clusters: tuple[tuple[str, str], ...]) -> Themes:
    """Themes of (tag, gloss)."""
    return Themes(
        tuple(
            Theme(n, f"name {n}", tuple(Tag(text, "text", 1.0, gloss=gloss) for text, gloss in tags))
            for n, tags in enumerate(clusters)
        )
    )


# The order of rows


def test_rows_stand_by_their_mean_with_equals_in_their_own_order_and_nan_last():
    nan = np.nan
    similarity = np.array([[0.1, 0.1], [nan, nan], [0.2, 0.4], [0.6, nan], [0.1, 0.1]], np.float32)
    assert descending(similarity) == (3, 2, 0, 4, 1)


@given(cosines)
def test_an_order_names_every_row_once(similarity: np.ndarray):
    assert sorted(descending(similarity)) == [0, 1, 2]


# Two videos


@pytest.mark.models
def test_clusters_of_one_theme_in_two_languages_are_most_alike(ctx: Context):
    similarity = compare(themed(*ENGLISH), themed(*CHINESE), Comparing(n_best=2), ctx).similarity
    assert similarity.shape == (3, 2)
    assert similarity.argmax(axis=0).tolist() == [1, 0]


@pytest.mark.models
def test_tags_compared_in_english_stand_in_by_their_glosses(ctx: Context):
    english, chinese = themed(("moon", "rocket")), glossed((("月亮", "moon"), ("NASA", "")))
    there = compare(english, chinese, Comparing(n_best=1, in_english=True), ctx)
    assert there.tag_similarity[0, 0, 0, 0] == pytest.approx(1, abs=1e-6)  # float32 vectors
    assert compare(english, chinese, Comparing(n_best=1), ctx).tag_similarity[0, 0, 0, 0] < 0.99
    assert "by their English" in there.measure


@pytest.mark.models
def test_a_video_beside_itself_has_ones_on_the_diagonal(ctx: Context):
    themes = themed(*ENGLISH)
    comparison = compare(themes, themes, Comparing(n_best=1), ctx)
    np.testing.assert_allclose(np.diag(comparison.similarity), 1, atol=1e-6)  # float32 vectors
    assert np.nanmax(comparison.tag_similarity) <= 1


@pytest.mark.models
def test_exchanging_the_videos_transposes_the_matrix(ctx: Context):
    there = compare(themed(*ENGLISH), themed(*CHINESE), Comparing(), ctx)
    back = compare(themed(*CHINESE), themed(*ENGLISH), Comparing(), ctx)
    np.testing.assert_allclose(there.similarity, back.similarity.T, atol=1e-6)
    assert (there.row_order, there.left_names) == (back.column_order, back.right_names)


@pytest.mark.models
def test_lacking_tags_are_nan_in_the_cosines(ctx: Context):
    comparison = compare(themed(("a", "b", "c")), themed(("a",), ("b", "c")), Comparing(), ctx)
    n_known = (~np.isnan(comparison.tag_similarity)).sum(axis=(2, 3))
    assert comparison.tag_similarity.shape == (1, 2, 3, 3)
    assert n_known.tolist() == [[3, 6]]


@pytest.mark.models
def test_a_cluster_without_tags_has_no_similarity_stands_last_and_is_named(ctx: Context):
    comparison = compare(themed((), ("rocket",)), themed(("rocket",), ("crew",)), Comparing(), ctx)
    assert np.isnan(comparison.similarity).tolist() == [[True, True], [False, False]]
    assert comparison.row_order == (1, 0)
    assert comparison.measure.endswith("no similarity for name 0: no tags")


@pytest.mark.models
def test_the_measure_says_that_clusters_differ_in_their_number_of_tags(ctx: Context):
    even = compare(themed(("a", "b")), themed(("c", "d")), Comparing(), ctx)
    uneven = compare(themed(("a", "b")), themed(("c",)), Comparing(), ctx)
    assert even.measure == (
        "mean of the 10 highest cosines between the tags of two clusters, phrase vectors: use"
    )
    assert "some clusters have fewer tags than others" in uneven.measure


def test_videos_without_any_tag_are_compared_without_a_value(ctx: Context):
    comparison = compare(themed((), ()), themed(()), Comparing(), ctx)
    assert np.isnan(comparison.similarity).all()
    assert comparison.row_order == (0, 1)


def test_phrase_vectors_that_are_not_here_are_told(ctx: Context):
    with pytest.raises(AnalysisError, match="nobody/nothing"):
        compare(themed(("a",)), themed(("b",)), Comparing(phrases="hub:nobody/nothing"), ctx)
