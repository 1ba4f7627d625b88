"""The language of a text is told from the text, and not told where it is not plain."""

import pytest

from services.detect import detect_language, is_other_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("health officials here in new york city are worried about the virus", "en"),
        ("老年人要接种新冠疫苗吗？左右的保护。", "zh-Hans"),
        ("老年人要接種新冠疫苗嗎？左右的保護。", "zh-Hant"),
        ("大人小人上上下下大大小小", "zh"),
        ("こんにちは、世界のニュースをお伝えします", "ja"),
        ("Guten Abend, meine Damen und Herren, willkommen zur Tagesschau", "de"),
        ("le café de la gare est fermé depuis hier soir et rien ne va plus", "fr"),
        ("health officials 老年人要接种新冠疫苗吗 in new york city 左右的保护 and so on and on", ""),
        ("你好", ""),
        ("hello", ""),
        ("1234 5678 90", ""),
        ("", ""),
    ],
)
def test_a_text_reads_as_its_language_or_as_none(text: str, language: str):
    assert detect_language([text]) == language


@pytest.mark.parametrize(
    ("chosen", "detected", "is_other"),
    [
        ("en", "zh-Hans", True),
        ("zh", "en", True),
        ("zh-Hans", "zh-Hant", False),
        ("en-GB", "en", False),
        ("yue", "zh-Hant", False),
        ("fr", "", False),
    ],
)
def test_another_script_or_region_is_no_other_language(chosen: str, detected: str, is_other: bool):
    assert is_other_language(chosen, detected) is is_other
