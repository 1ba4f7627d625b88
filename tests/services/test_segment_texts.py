"""Where a text is divided, and how two become one."""

import pytest

from services.segment_texts import checked_text, joined, length_with, middle


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("They wait. Then they fly.", "They wait."),
        ("one two three four", "one two "),
        ("今天很冷。我们出发了", "今天很冷。"),
        ("月球上没有空气", "月球上"),
        ("ab", "a"),
    ],
)
def test_a_text_is_divided_near_its_middle_after_a_mark_or_a_word(text: str, first: str):
    assert text[: middle(text)] == first


def test_words_are_joined_with_a_space_and_chinese_without():
    assert joined(["one", "", "two"]) == "one two"
    assert joined(["月球", "火星"]) == "月球火星"
    assert joined(["NASA 的", "rocket"]) == "NASA 的rocket"


def test_spaces_do_not_count_for_a_place():
    assert length_with("a bc d", 3) == 4
    assert length_with("ab", 9) == 2


def test_signs_that_nobody_sees_are_taken_out_of_a_text():
    assert checked_text("a\u202eb\u2066c\x07d\u200be\tf", 0) == "abcde f"
