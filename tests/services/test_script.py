"""Traditional Chinese is matched as simplified, phrase by phrase; simplified text and other text stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.script import in_script, script_of_language, script_of_text, simplified


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("老年人要接種新冠疫苗嗎", "老年人要接种新冠疫苗吗"),
        ("頭髮與發現", "头发与发现"),
        ("乾隆皇帝", "乾隆皇帝"),
        ("干预著名皇后", "干预著名皇后"),
        ("NASA 发射 2022", "NASA 发射 2022"),
    ],
)
def test_characters_are_simplified_by_their_phrase(text: str, matched: str):
    assert simplified(text) == matched


@given(st.text())
def test_what_is_simplified_stays(text: str):
    assert simplified(simplified(text)) == simplified(text)


@pytest.mark.parametrize(("text", "script"), [("接種", "Hant"), ("接种", "Hans"), ("大小", ""), ("", "")])
def test_a_script_is_told_by_its_own_characters(text: str, script: str):
    assert script_of_text(text) == script


@pytest.mark.parametrize(
    ("language", "script"),
    [
        ("zh", "simplified"),
        ("zh-Hans", "simplified"),
        ("zh-CN", "simplified"),
        ("zh-Hant", "traditional"),
        ("zh_TW", "traditional"),
        ("yue-HK", "traditional"),
        ("en", None),
        ("", None),
    ],
)
def test_a_language_tells_its_script(language: str, script: str | None):
    assert script_of_language(language) == script


def test_chinese_is_converted_and_the_rest_stays():
    assert in_script("接種疫苗 vaccine 2,5", "simplified") == "接种疫苗 vaccine 2,5"
    assert in_script("接种疫苗", "traditional") == "接種疫苗"
    assert in_script("接種疫苗", None) == "接種疫苗"
