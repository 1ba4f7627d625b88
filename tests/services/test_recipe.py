"""Settings name results: what shapes one is in its key, what does not stays out."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import codec
from services.recipe import (
    PairEdit,
    Piece,
    Project,
    Recipe,
    Sampling,
    Source,
    TagEdit,
    TranscriptChoice,
)
from services.recipe_key import digest, key_form

RECIPE = Recipe(Source("file", "ab", location="/a.mp4", title="A"), TranscriptChoice(digest="cd"))

words = st.text(max_size=6)
pair_edits = st.builds(PairEdit, st.integers(0, 99), st.none() | st.integers(0, 99), st.booleans())
tag_edits = st.builds(TagEdit, words, st.integers(0, 9), st.none() | words, st.none() | words)
recipes = st.builds(
    lambda interval_s, edits, tags: dataclasses.replace(
        RECIPE, sampling=Sampling(interval_s), edits=tuple(edits), tag_edits=tuple(tags)
    ),
    st.floats(0.04, 600) | st.integers(1, 600),
    st.lists(pair_edits, max_size=3),
    st.lists(tag_edits, max_size=3),
)


@given(recipes)
def test_a_recipe_names_the_same_results_after_it_was_stored(recipe: Recipe):
    assert digest(codec.decode(Recipe, codec.encode(recipe))) == digest(recipe)


@given(recipes, recipes)
def test_two_recipes_have_one_name_if_and_only_if_they_are_equal(first: Recipe, second: Recipe):
    assert (digest(first) == digest(second)) == (first == second)


def test_a_name_is_the_same_on_every_machine():
    assert digest("frames", 1, [Sampling(2.5)]) == "b36a61e24dbd7c9c98953c4595a41c8d"


@pytest.mark.parametrize("field", ["location", "title"])
def test_where_a_source_lies_and_what_it_is_called_stays_out(field: str):
    other = dataclasses.replace(RECIPE.source, **{field: "other"})
    assert digest(other) == digest(RECIPE.source)


@pytest.mark.parametrize(("a", "b"), [(True, 1), (None, ""), ("1", 1), ([], None), (0.1, 0.1000001)])
def test_values_that_differ_in_kind_have_different_names(a: Any, b: Any):
    assert digest(a) != digest(b)


def test_parts_are_kept_apart():
    assert digest("ab", "c") != digest("a", "bc")


def test_a_setting_that_is_no_number_has_no_name():
    with pytest.raises(ValueError, match="JSON compliant"):
        digest(float("nan"))


def test_the_key_form_of_settings_is_plain_json():
    assert key_form((Piece(3, 1.0, 2.5, "猫"), Sampling(2.0))) == [
        {"id": 3, "start_s": 1, "end_s": 2.5, "text": "猫"},
        {"interval_s": 2, "method": "interval"},
    ]


@pytest.mark.parametrize("interval_s", [0.03, 600.1, -1.0, float("nan"), float("inf")])
def test_an_interval_out_of_range_is_refused_with_its_value(interval_s: float):
    with pytest.raises(ValueError, match=rf"interval_s is {interval_s}, expected 0\.04 to 600"):
        Sampling(interval_s)


def test_a_project_gives_and_takes_the_recipe_of_each_side():
    other = dataclasses.replace(RECIPE, phrases="other")
    project = Project("p", "t", RECIPE, RECIPE).with_recipe("right", other)
    assert (project.recipe("left"), project.recipe("right")) == (RECIPE, other)
    assert project.with_recipe("left", other).left == other
