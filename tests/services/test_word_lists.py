"""The lists that help to find tags are there, small letters only."""

import pytest

from services.word_lists import words

KINDS = (
    *(("en", kind) for kind in ("stop", "before_noun", "before_verb", "after_verb", "particles")),
    *(("en", kind) for kind in ("ed_nouns", "ly_nouns", "adjectives")),
    ("zh", "stop"),
)


@pytest.mark.parametrize(("language", "kind"), KINDS)
def test_a_list_holds_words_in_small_letters(language: str, kind: str):
    found = words(language, kind)
    assert found
    assert all(word == word.lower() for word in found)


def test_both_languages_name_their_function_words():
    assert {"the", "and"} <= words("en", "stop")
    assert {"的", "了"} & words("zh", "stop")


def test_a_list_that_does_not_exist_is_an_error_of_the_caller():
    with pytest.raises(KeyError):
        words("en", "no such list")
