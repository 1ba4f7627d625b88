"""Tags in English: a gloss where there is one, the dictionary for tags of further draws, else the tag."""

from services.records import Tag, Theme
from services.tag_texts import compared_text, compared_texts, translated

MOON, NASA = Tag("月亮", "text", 1.0, gloss="the bright moon"), Tag("NASA", "text", 1.0)


def test_a_tag_s_own_gloss_stands_in_and_what_has_none_stays():
    assert [compared_text(tag, in_english=True) for tag in (MOON, NASA)] == ["the bright moon", "NASA"]
    assert [compared_text(tag, in_english=False) for tag in (MOON, NASA)] == ["月亮", "NASA"]


def test_further_draws_are_translated_by_the_dictionary():
    theme = Theme(0, "name", (MOON,), draws=(("月亮",), ("火箭", "rocket")))
    assert compared_texts(theme, in_english=True) == [["the bright moon"], ["rocket", "rocket"]]
    assert compared_texts(theme, in_english=False) == [["月亮"], ["火箭", "rocket"]]
    assert translated(["火箭"], in_english=False) == ["火箭"]
