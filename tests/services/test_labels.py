"""Times, names and wrapped texts."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.labels import (
    clock,
    cluster_label,
    measure_label,
    plain,
    shortened,
    video_label,
    wide,
    without_markdown,
    wrapped,
)
from services.recipe import Project, Recipe, Source, TranscriptChoice


def project(left: str, right: str) -> Project:
    recipe = Recipe(Source("file", "00"), TranscriptChoice(language=left))
    other = dataclasses.replace(recipe, transcript=TranscriptChoice(language=right))
    return Project("", "topic", recipe, other)


def test_seconds_are_shown_as_minutes_and_as_hours_from_one_hour_on():
    assert [clock(s) for s in (0, 9.6, 75, 3599.6)] == ["0:00", "0:10", "1:15", "1:00:00"]


def test_a_cluster_without_a_name_is_counted_from_one():
    assert cluster_label(0, ("", "Crew")) == "Cluster 1"
    assert cluster_label(1, ("", "Crew")) == "Crew"


def test_videos_are_named_by_language_and_by_side_when_that_is_the_same():
    assert video_label(project("en", "zh-Hans"), "right") == "Chinese video"
    assert video_label(project("en", "en-GB"), "right") == "Right video"


def test_a_measure_loses_its_notes_on_the_colour_bar():
    assert (
        measure_label("mean of the 10 highest cosines, phrase vectors: use")
        == "mean of the 10 highest cosines"
    )


def test_markup_in_texts_is_shown_and_not_obeyed():
    assert plain("<b>&</b>") == "&lt;b&gt;&amp;&lt;/b&gt;"


def test_chinese_text_is_wrapped_without_spaces():
    assert wrapped("国家卫生健康委员会通知", 8) == ["国家卫生", "健康委员", "会通知"]


def test_a_word_longer_than_the_line_is_cut_and_not_lost():
    assert wrapped("Donaudampfschifffahrt", 10) == ["Donaudampf", "schifffahr", "t"]


@given(st.text(alphabet="ab 国家，。(", max_size=60), st.integers(4, 20))
def test_wrapping_loses_no_character_and_keeps_the_width(text, columns):
    lines = wrapped(text, columns)
    assert "".join(lines).replace(" ", "") == "".join(text.split())
    assert all(wide(line) <= columns for line in lines)


@given(st.text(max_size=60), st.integers(2, 30))
def test_a_shortened_text_fits(text, columns):
    assert wide(shortened(text, columns)) <= columns


@pytest.mark.parametrize(
    "text", ["![x](https://evil.example/u.png)", "**bold** $x$ :red[a] <b>", "`code` # _a_"]
)
def test_text_of_others_is_shown_as_it_is_and_fetches_nothing(text: str):
    marks = set("!\\`*_[]()<>#$~:|") - {"!"}
    safe = without_markdown(text)
    assert safe.replace("\\", "").replace("\u2060", "") == text
    assert all(safe[i - 1] == "\\" for i, c in enumerate(safe) if c in marks - {"\\"})


@pytest.mark.parametrize(
    "text", ["https://evil.example", "www.evil.example", "a@evil.example", ":material/home:", ":rocket:"]
)
def test_addresses_icons_and_emoji_in_text_of_others_are_taken_apart(text: str):
    safe = without_markdown(text)
    assert "\u2060" in safe
    assert safe.replace("\\", "").replace("\u2060", "") == text


def test_times_stay_as_they_are():
    assert without_markdown("0:12") == "0\\:12"
