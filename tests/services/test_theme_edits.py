"""What the analyst types into a theme's table is what the theme becomes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.errors import AnalysisError
from services.recipe import TagEdit
from services.records import Medium, Tag, Theme, Themes
from services.theme_edits import theme_edits, told
from services.themes import apply_edits, tags_digest

MEDIA: tuple[Medium, ...] = ("image", "text", "both", "unsupported")
THEME = Theme(2, "Launch", (Tag("rocket", "text", 0.9), Tag("tower", "image", 0.7), Tag("crew", "both", 0.8)))

words = st.sampled_from(["a", "b", "c", "d", "A", " b ", "c d"])
rows = st.fixed_dictionaries({"text": words, "medium": st.sampled_from(MEDIA), "drop": st.booleans()})


def table(theme: Theme) -> list[dict[str, Any]]:
    return [{"text": tag.text, "medium": tag.medium, "drop": False} for tag in theme.tags]


def edits_of(changes: dict[int, dict[str, Any]], *added: dict[str, Any]) -> tuple[TagEdit, ...]:
    """The edits of THEME's table with these changes by row and these rows added."""
    shown = [row | changes.get(number, {}) for number, row in enumerate(table(THEME))]
    return theme_edits(THEME, "d", THEME.name, [*shown, *added])


def described(theme: Theme, typed: Sequence[dict[str, Any]]) -> list[Tag]:
    """The tags that the typed rows stand for."""
    found: list[Tag] = []
    for number, row in enumerate(typed):
        old = theme.tags[number] if number < len(theme.tags) else None
        text, medium = row["text"].strip(), row["medium"]
        if row["drop"]:
            continue
        if old is not None and text == old.text:
            found.append(replace(old, medium=medium))
        else:  # nothing but the analyst's mark is known of a new text
            is_marked = old is None or medium != old.medium
            found.append(Tag(text, medium if is_marked else "unsupported", 0.0, source="hand"))
    return found


@st.composite
def typed_tables(draw: st.DrawFn, theme: Theme) -> list[dict[str, Any]]:
    """Any rows in place of the theme's own, some of them unchanged, and up to two more."""
    own = [draw(st.just(row) | rows) for row in table(theme)]
    return [*own, *draw(st.lists(rows, max_size=2))]


@given(st.data())
def test_a_theme_becomes_what_its_table_says_however_often_it_is_edited(data: st.DataObject):
    texts = data.draw(st.lists(words.map(str.strip), unique_by=str.casefold, max_size=4))
    machine = Themes((Theme(0, "", tuple(Tag(text, "text", 0.5) for text in texts)),))
    digest, edits, theme = tags_digest(machine), (), apply_edits(machine, ()).themes[0]
    for _ in range(2):
        typed, name = data.draw(typed_tables(theme)), data.draw(st.sampled_from([theme.name, " Sea "]))
        try:
            edits = (*edits, *theme_edits(theme, digest, name, typed))
        except AnalysisError:
            assume(False)
        expected = described(theme, typed)
        theme = apply_edits(machine, edits).themes[0]
        assert list(theme.tags) == expected


def test_a_table_that_nobody_touched_gives_no_edits():
    assert edits_of({}) == ()


def test_only_what_was_changed_is_in_an_edit():
    assert edits_of({1: {"medium": "both"}}) == (TagEdit("d", 2, tag="tower", medium="both"),)


def test_a_new_name_is_an_edit_without_a_tag():
    assert theme_edits(THEME, "d", " Lift-off ", table(THEME)) == (TagEdit("d", 2, name="Lift-off"),)


def test_a_new_row_without_a_medium_is_left_to_the_material():
    added = {"text": "pad", "medium": None, "drop": None}
    assert edits_of({}, added) == (TagEdit("d", 2, text="pad"),)


def test_a_new_row_that_is_dropped_again_is_nothing():
    assert edits_of({}, {"text": None, "medium": None, "drop": True}) == ()


def test_a_tag_may_take_the_text_of_one_that_is_dropped():
    edits = edits_of({0: {"text": "tower"}, 1: {"drop": True}})
    assert [(edit.tag, edit.text, edit.is_dropped) for edit in edits] == [
        ("tower", None, True),
        ("rocket", "tower", False),
    ]


def test_a_tag_may_take_the_text_that_another_one_gives_up():
    edits = edits_of({0: {"text": "tower"}, 1: {"text": "pad"}})
    assert [(edit.tag, edit.text) for edit in edits] == [("tower", "pad"), ("rocket", "tower")]


def test_a_name_is_one_line_without_what_turns_the_text_around():
    (edit,) = theme_edits(THEME, "d", "Lift\u202e\nof  day", table(THEME))
    assert edit.name == "Lift of day"


def test_a_name_too_long_for_the_heatmap_is_told():
    with pytest.raises(AnalysisError, match="Shorten it to 80"):
        theme_edits(THEME, "d", "x" * 81, table(THEME))


def test_an_empty_name_is_told_with_the_cluster_as_people_count():
    with pytest.raises(AnalysisError, match="Cluster 3 has no name"):
        theme_edits(THEME, "d", "  ", table(THEME))


@pytest.mark.parametrize("text", ["", "  ", None, float("nan")])
def test_an_empty_tag_is_told_with_both_ways_on(text: Any):
    with pytest.raises(AnalysisError, match=r"A tag is empty\. Write its text, or tick 'drop'"):
        edits_of({0: {"text": text}})


def test_a_tag_that_stands_there_twice_is_told():
    with pytest.raises(AnalysisError, match=r"“rocket” stands there twice\. Drop one"):
        edits_of({}, {"text": "ROCKET", "medium": "text", "drop": False})


def test_a_swap_of_two_texts_is_told_with_the_way_to_do_it():
    with pytest.raises(AnalysisError, match=r"“rocket” and “tower” cannot swap .* save, then"):
        edits_of({0: {"text": "tower"}, 1: {"text": "rocket"}})


def test_a_tag_is_kept_and_no_longer_kept():
    assert edits_of({0: {"keep": True}}) == (TagEdit("d", 2, tag="rocket", is_kept=True),)
    kept = replace(THEME, tags=(replace(THEME.tags[0], is_kept=True), *THEME.tags[1:]))
    assert theme_edits(kept, "d", THEME.name, table(THEME)) == (TagEdit("d", 2, tag="rocket", is_kept=False),)


def test_a_tag_cannot_be_kept_and_dropped():
    with pytest.raises(AnalysisError, match="ticked both to keep and to drop"):
        edits_of({0: {"keep": True, "drop": True}})


def test_the_log_says_what_was_done():
    edits = (
        TagEdit("d", 2, name="Lift-off"),
        TagEdit("d", 2, tag="crew", is_dropped=True),
        TagEdit("d", 2, tag="tower", text="mast", medium="both", is_kept=True),
        TagEdit("d", 2, text="pad"),
    )
    assert told(edits) == (
        "named “Lift-off”, dropped “crew”, “tower” reworded to “mast” and marked both and kept, added “pad”"
    )
