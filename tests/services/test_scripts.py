import pytest

from services.scripts import in_script, script_of


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
    assert script_of(language) == script


def test_chinese_is_converted_and_the_rest_stays():
    assert in_script("接種疫苗 vaccine 2,5", "simplified") == "接种疫苗 vaccine 2,5"
    assert in_script("接种疫苗", "traditional") == "接種疫苗"
    assert in_script("接種疫苗", None) == "接種疫苗"
