import logging
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tokens import count_cut, is_han, joined, tokenize


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Health officials here in New York City", "health officials here in new york city"),
        ("it's the U.S., isn't it?", "it s the u s isn t it"),
        ('She said: "Stop!" (twice); then left', "she said stop twice then left"),
        ("first<br />second", "first second"),
        ("COVID-19 and/or omicron", "covid-19 and/or omicron"),
        ("[Music] >> $5 for 100% ♪", "music 5 for 100"),
        ("“Don’t” — he said…", "don t he said"),
        ("in 2022 there were 1,000", "in 2022 there were 1 000"),
    ],
)
def test_english_is_lower_case_and_split_at_the_basic_english_signs(text: str, words: str):
    assert tokenize(text) == tuple(words.split())


def test_chinese_is_cut_into_words_without_its_punctuation():
    text = "老年人应该接种新冠疫苗吗？“应该”，医生说。《雪宴》、北京！"
    words = tokenize(text)
    assert {"老年人", "应该", "接种", "疫苗", "医生", "北京"} <= set(words)
    assert not set("？“”，。《》、！") & set("".join(words))


def test_a_segment_in_both_languages_is_cut_by_script():
    words = tokenize("奥运会OBS首席执行官Yiannis Exarchos说2022年很好")
    assert words[0] == "奥运会"
    assert words[words.index("obs") + 1] == "首席"
    assert words[words.index("yiannis") + 1] == "exarchos"
    assert words[words.index("2022") + 1] == "年"


def test_full_width_letters_and_digits_become_plain_ones():
    assert tokenize("ＣＯＶＩＤ－１９，２０２２年") == ("covid-19", "2022", "年")


def test_text_without_letters_or_digits_has_no_words():
    assert tokenize("") == tokenize(" \n\t ") == tokenize("… ♪♪ — 😀❤️ ？！\u200b\ufeff") == ()


def test_invisible_signs_neither_split_a_word_nor_stay_in_it():
    assert tokenize("vac\u00adcine\u200b \ufeffvirus") == ("vaccine", "virus")


def test_lone_surrogates_never_reach_a_word():
    assert tokenize("virus\ud800病毒\udfff") == ("virus", "病毒")


def test_an_accent_at_the_end_of_a_word_stays():
    assert tokenize("cafe\u0301 naïve e\u0331") == ("café", "naïve", "e\u0331")


@given(st.text())
def test_every_word_is_plain_text_with_a_letter_or_a_digit_at_its_start(text: str):
    for word in tokenize(text):
        assert word == word.lower()
        assert not any(c.isspace() for c in word)
        assert unicodedata.category(word[0])[0] in "LN"
        word.encode("utf-8")


@given(st.text(alphabet=st.characters(max_codepoint=0x24F)))
def test_words_of_alphabetic_text_come_out_the_same_again(text: str):
    words = tokenize(text)
    assert tokenize(" ".join(words)) == words


@given(st.text(alphabet="病毒疫苗老人新冠北京 ，。a1"))
def test_no_chinese_character_is_lost_and_the_order_stays(text: str):
    kept = "".join(tokenize(text))
    assert kept == "".join(c for c in text if c not in " ，。")


@given(st.text(alphabet="病毒疫苗virus 1，"))
def test_a_word_is_all_chinese_or_has_none(text: str):
    for word in tokenize(text):
        assert is_han(word) or not any(is_han(c) for c in word)


@pytest.mark.parametrize("text", ["health officials in new york", "新闻发布会", "新闻 nbc 报道 2022 年", ""])
def test_words_are_joined_as_their_language_is_written(text: str):
    words = tokenize(text)
    assert joined(words) == text
    assert tokenize(joined(words)) == words


def test_texts_that_are_longer_than_the_model_reads_are_counted():
    assert count_cut(["the virus spreads", "the virus", ""], max_words=2) == 1


def test_the_first_use_prints_nothing_and_leaves_no_cache_file(tmp_path):
    code = (
        f"import warnings, tempfile; warnings.simplefilter('always'); tempfile.tempdir = {str(tmp_path)!r}\n"
        "from services.tokens import tokenize; assert tokenize('老年人')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_jieba_does_not_log_below_a_warning():
    tokenize("病毒")
    assert logging.getLogger("jieba").level == logging.WARNING


def test_traditional_chinese_is_cut_like_simplified_and_keeps_its_characters():
    assert tokenize("老年人應該接種新冠疫苗嗎") == ("老年人", "應該", "接種", "新冠", "疫苗", "嗎")


@given(st.text(alphabet="老年人應該接種疫苗嗎乾隆頭髮發現"))
def test_no_traditional_character_is_lost_or_changed(text: str):
    assert "".join(tokenize(text)) == text
