"""Themes of both videos are matched one-to-one, and only above chance; the rest is of one alone."""

import dataclasses

import numpy as np
import pytest

from services.shared_themes import shared_themes, told
from services.stages import load, load_comparison, load_significance
from tests.filled import filled_workspace


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    ws, project = filled_workspace(tmp_path_factory.mktemp("filled"))
    themes = [load(ws.store, recipe, "themes") for recipe in (project.left, project.right)]
    return load_comparison(ws.store, project), load_significance(ws.store, project), themes


def with_q(significance, above: list[tuple[int, int]]):
    q = np.full(significance.q.shape, 0.5)
    for cell in above:
        q[cell] = 0.01
    return dataclasses.replace(significance, q=q, p_left=q, p_right=q)


def pairs(cells) -> list[tuple[int, int]]:
    return sorted((cell.left.cluster, cell.right.cluster) for cell in cells)


def test_only_cells_above_chance_are_shared(filled):
    comparison, significance, themes = filled
    found = shared_themes(comparison, significance, *themes)
    assert pairs(found.matched) == [(0, 0), (1, 1)]
    assert found.also == ()
    assert set(found.only_left) == {2}
    assert set(found.only_right) == {2, 3}


def test_a_second_cell_of_a_matched_theme_is_named_beside_and_is_of_no_video_alone(filled):
    comparison, significance, themes = filled
    found = shared_themes(comparison, with_q(significance, [(0, 0), (0, 1)]), *themes)
    assert len(found.matched) == 1
    assert pairs([*found.matched, *found.also]) == [(0, 0), (0, 1)]
    assert set(found.only_right) == {2, 3}


def test_a_theme_must_be_above_chance_by_itself_on_both_sides(filled):
    comparison, significance, themes = filled
    one_sided = dataclasses.replace(significance, p_left=np.full(significance.q.shape, 0.2))
    assert shared_themes(comparison, one_sided, *themes).matched == ()


def test_the_sentence_counts_cells_and_names_the_themes(filled):
    comparison, significance, themes = filled
    found = shared_themes(comparison, significance, *themes)
    assert told(found) == (
        "2 of 12 cells are above chance: “Venues under construction” with “开幕式彩排” and “Steel "
        "frameworks” with “总导演专访”. Of the other 10 cells nothing can be said."
    )


def test_one_cell_alone_is_called_a_hint_and_two_are_not(filled):
    comparison, significance, themes = filled
    one = told(shared_themes(comparison, with_q(significance, [(0, 0)]), *themes))
    two = told(shared_themes(comparison, with_q(significance, [(0, 0), (1, 1)]), *themes))
    assert one.startswith("1 of 12 cells is above chance")
    assert "can be a coincidence" in one
    assert "coincidence" not in two


def test_without_a_cell_above_chance_the_sentence_claims_nothing(filled):
    comparison, significance, themes = filled
    text = told(shared_themes(comparison, with_q(significance, []), *themes))
    assert text.startswith("None of the 12 cells is above chance")
    assert "no proof" in text


def test_without_any_value_the_sentence_says_why(filled):
    comparison, significance, themes = filled
    empty = dataclasses.replace(comparison, similarity=np.full((3, 4), np.nan, np.float32))
    assert "none has tags" in told(shared_themes(empty, with_q(significance, []), *themes))
