"""Find and replace takes what it counts, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import AnalysisError
from services.find_replace import Search, count, replaced
from services.records import Segment
from services.segment_edits import Texts
from services.segment_ids import numbered

TEXTS = Texts(
    numbered(
        Segment(n, n + 1, text)
        for n, text in enumerate(["Rocket, rocket!", "rockets fly", "a+b", "月球车在月球上", "none"])
    )
)


def told(search: Search, by: str) -> list[str]:
    return [segment.text for segment in Texts(TEXTS.original, replaced(TEXTS, search, by)).segments]


@pytest.mark.parametrize(
    ("search", "n_found"),
    [
        (Search("rocket"), 3),
        (Search("rocket", has_case=True), 2),
        (Search("rocket", is_whole_word=True), 2),
        (Search("a+b"), 1),
        (Search("月球"), 2),
        (Search(""), 0),
        (Search("moon"), 0),
    ],
)
def test_what_is_found_is_counted(search: Search, n_found: int):
    assert count(TEXTS.segments, search) == n_found


def test_every_place_is_replaced_and_signs_mean_themselves():
    assert told(Search("rocket"), r"\1")[:2] == [r"\1, \1!", r"\1s fly"]
    assert told(Search("月球"), "火星")[3] == "火星车在火星上"


def test_texts_without_it_are_no_corrections():
    assert [edit.replaces for edit in replaced(TEXTS, Search("none"), "some")] == [(4000,)]
    assert replaced(TEXTS, Search(""), "x") == ()


def test_a_replacement_that_leaves_a_text_empty_is_refused_as_a_whole():
    with pytest.raises(AnalysisError, match=r"The text at 0:04 would be empty"):
        replaced(TEXTS, Search("none"), "")


@given(st.text("ab +.", min_size=1, max_size=3))
def test_afterwards_it_is_found_no_more(find: str):
    new = Texts(TEXTS.original, replaced(TEXTS, Search(find, has_case=True), "Q"))
    assert count(new.segments, Search(find, has_case=True)) == 0
