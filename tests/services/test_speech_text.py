"""What a recognizer put where nobody spoke is left out, and segments are cut where people would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.speech_text import (
    SpokenWord,
    Utterance,
    cut,
    is_invented,
    segments_of,
    without_loops,
    written,
)


def said(text: str, *, start_s: float = 0.0, each_s: float = 0.4, no_speech: float = 0.0) -> Utterance:
    """Words of `each_s`; one character is a word where there are no spaces."""
    pieces = [f" {word}" for word in text.split()] if " " in text else list(text)
    words = [
        SpokenWord(start_s + n * each_s, start_s + (n + 1) * each_s, piece) for n, piece in enumerate(pieces)
    ]
    return Utterance(tuple(words), no_speech)


def texts(*utterances: Utterance, language: str = "en") -> list[str]:
    return [segment.text for segment in segments_of(utterances, language)]


@pytest.mark.parametrize(
    "text",
    [
        "Subtitles by the Amara.org community",
        "Please subscribe to my channel!",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
        "請不吝點贊訂閱轉發打賞支持明鏡與點點欄目",
        "字幕由 Amara.org 社区提供",
        "中文字幕志愿者 李宗盛",
        "优优独播剧场——YoYo Television Series Exclusive",
        "♪♪",
    ],
)
def test_words_that_whisper_puts_where_nothing_is_said_are_left_out(text: str):
    assert is_invented(said(text))


@pytest.mark.parametrize("text", ["Thanks for watching!", "you", "谢谢大家收看", "謝謝觀看"])
def test_a_farewell_is_believed_where_somebody_is_heard(text: str):
    assert is_invented(said(text, no_speech=0.8))
    assert not is_invented(said(text, no_speech=0.1))


@pytest.mark.parametrize(
    "text",
    [
        "The subtitles of the film were written by hand",
        "观众朋友们，字幕组的工作很辛苦",
        "Thank you, Mr. President",
    ],
)
def test_news_about_such_things_stays(text: str):
    assert not is_invented(said(text, no_speech=0.5))


def test_a_text_that_repeats_itself_with_small_changes_is_left_out():
    loop = " ".join(f"the virus spreads in the city and the virus spreads {n}" for n in range(12))
    assert is_invented(said(loop))


def test_a_loop_is_believed_once_where_somebody_is_heard_and_not_at_all_elsewhere():
    loop = "I'm sorry, I'm sorry, I'm sorry, I'm sorry"
    assert texts(said(loop, no_speech=0.1)) == ["I'm sorry,"]
    assert texts(said(loop, no_speech=0.5)) == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("go " * 5 + "home", " go home"),
        ("the virus " * 4 + "spreads", " the virus spreads"),
        ("no no no never", " no no no never"),
    ],
)
def test_a_run_that_comes_four_times_in_a_row_is_kept_once(text: str, left: str):
    assert "".join(word.text for word in without_loops(said(text).words)) == left


def test_english_is_cut_at_ends_of_sentences_but_not_after_titles():
    text = "We spoke to Dr. Smith about this today. He says that the vaccines work well."
    assert texts(said(text)) == [
        "We spoke to Dr. Smith about this today.",
        "He says that the vaccines work well.",
    ]


def test_a_short_sentence_goes_with_the_next_one():
    assert texts(said("Yes. That is what we heard from them this morning.")) == [
        "Yes. That is what we heard from them this morning."
    ]


def test_chinese_without_signs_is_cut_at_ten_seconds_where_a_clause_ends():
    clauses = [said("今天上午北京举行新闻发布会", start_s=n * 5.2) for n in range(4)]
    segments = segments_of(clauses, "zh")
    assert [segment.text for segment in segments] == ["今天上午北京举行新闻发布会"] * 4
    assert all(segment.end_s - segment.start_s <= 10 for segment in segments)
    assert {segment.origin for segment in segments} == {"asr"}


def test_a_pause_ends_a_segment():
    assert texts(said("the first one"), said("the second one", start_s=4)) == [
        "the first one",
        "the second one",
    ]


@pytest.mark.parametrize(
    ("language", "text"),
    [("zh", "老年人接种疫苗，好吗？"), ("zh-Hant", "老年人接種疫苗，好嗎？"), ("en", "老年人接種疫苗,好嗎?")],
)
def test_text_is_written_in_the_script_and_signs_of_its_language(language: str, text: str):
    assert written("老年人接種疫苗,好嗎?", language) == text


word_lists = st.lists(
    st.tuples(st.floats(0, 3), st.floats(0.02, 2), st.sampled_from([" and", " end.", " so,", "人", "。"])),
    max_size=60,
)


@given(word_lists, st.sampled_from([5.0, 10.0, 15.0]))
def test_cutting_keeps_every_word_once_and_in_order(rows: list[tuple[float, float, str]], longest_s: float):
    words: list[SpokenWord] = []
    at_s = 0.0
    for gap_s, length_s, text in rows:
        words.append(SpokenWord(at_s + gap_s, at_s + gap_s + length_s, text))
        at_s += gap_s + length_s
    pieces = cut(words, longest_s)
    assert [word for piece in pieces for word in piece] == words
    assert all(pieces)
    for piece in pieces:
        assert len(piece) == 1 or piece[-1].end_s - piece[0].start_s <= longest_s + 1e-9


@given(st.lists(st.sampled_from([" a", " b", " c"]), max_size=80))
def test_no_run_of_words_is_left_four_times_in_a_row_and_nothing_is_added(texts: list[str]):
    words = [SpokenWord(n, n + 1, text) for n, text in enumerate(texts)]
    kept = without_loops(words)
    assert [word for word in words if word in kept] == kept
    assert set(texts) == {word.text for word in kept}
