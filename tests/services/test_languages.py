"""The caption track that fits a language best is the one its readers would choose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.languages import language_name, legacy_encodings, preferred_tracks, primary

codes = st.sampled_from(["en", "en-GB", "EN-us", "zh", "zh-Hans", "zh-TW", "zh_HK", "yue", "de"])


@pytest.mark.parametrize(
    ("language", "available", "expected"),
    [
        ("zh", ["zh-Hant", "zh-Hans", "en"], ["zh-Hans", "zh-Hant"]),
        ("zh-Hans", ["zh-TW", "zh-CN", "zh"], ["zh-CN", "zh", "zh-TW"]),
        ("zh-Hant", ["zh-Hans", "zh", "zh-HK"], ["zh-HK", "zh", "zh-Hans"]),
        ("zh-TW", ["zh-CN", "zh-Hant"], ["zh-Hant", "zh-CN"]),
        ("zh_TW", ["zh-CN", "zh-Hant"], ["zh-Hant", "zh-CN"]),
        ("en", ["en-IN", "en-GB", "en-US", "en"], ["en", "en-US", "en-GB", "en-IN"]),
        ("en-GB", ["en", "en-GB"], ["en-GB", "en"]),
        ("en_GB", ["en", "en-GB"], ["en-GB", "en"]),
        ("EN-gb", ["en", "en-GB"], ["en-GB", "en"]),
        ("fr", ["fr-CA", "fr", "en"], ["fr", "fr-CA"]),
        ("zh", ["en", "yue"], []),
    ],
)
def test_tracks_of_the_language_come_best_first(language: str, available: list[str], expected: list[str]):
    assert list(preferred_tracks(language, available)) == expected


@given(codes, st.lists(codes, unique=True))
def test_the_tracks_are_those_of_the_language_each_once(language: str, available: list[str]):
    found = preferred_tracks(language, available)
    assert sorted(found) == sorted(code for code in available if primary(code) == primary(language))


@pytest.mark.parametrize("code", ["zh", "zh-Hans", "ZH_tw"])
def test_the_primary_language_has_neither_script_nor_region(code: str):
    assert primary(code) == "zh"


def test_old_encodings_to_choose_between_are_those_of_both_cultures():
    assert legacy_encodings("zh-Hant") == legacy_encodings("en") == ("gb18030", "big5", "cp1252")
    assert legacy_encodings("ja") == ()


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("en-GB", "English"),
        ("zh-Hant", "Chinese (traditional)"),
        ("zh", "Chinese"),
        ("zh-TW", "Chinese"),
        ("sw", "sw"),
    ],
)
def test_a_language_is_called_by_its_name(code: str, name: str):
    assert language_name(code) == name
