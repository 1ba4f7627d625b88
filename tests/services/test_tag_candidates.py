"""Phrases that read like tags are found in both languages, and function words never are."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.tag_candidates import MAX_HAN, MAX_WORDS, Candidate, candidates
from services.word_lists import words

SENTENCES = (
    "The four astronauts will be strapped into the capsule.",
    "NASA, the space agency, says that Dana's rocket lands—at last—near Cape Canaveral",
    "state-of-the-art COVID-19 vaccines (and masks) for 2,000 elderly people in the U.S.",
    "中国航天员的训练已经结束，火箭将在海南文昌发射场点火起飞。",
    "观众朋友们，C919大飞机首航成功！",
)
texts = st.lists(
    st.sampled_from(" ".join(SENTENCES).split(" ")) | st.text(max_size=4), min_size=1, max_size=12
).map(" ".join)


def found(text: str) -> list[str]:
    return [candidate.text for candidate in candidates(text)]


def nounness(text: str, phrase: str) -> float:
    return next(candidate.nounness for candidate in candidates(text) if candidate.text == phrase)


# English


def test_noun_phrases_of_a_sentence_are_found_with_the_nouns_in_them():
    assert found("The rocket engines are on the launch pad.") == [
        "rocket",
        "rocket engines",
        "engines",
        "launch",
        "launch pad",
        "pad",
    ]


def test_a_whole_phrase_is_surer_than_a_piece_cut_out_of_it():
    text = "the launch pad"
    assert nounness(text, "launch pad") > max(nounness(text, "launch"), nounness(text, "pad"))


@pytest.mark.parametrize(
    ("as_verb", "as_noun", "word"),
    [
        ("they will land at dawn", "the land at dawn", "land"),
        ("engineers control the rocket", "the control of the rocket", "control"),
        ("people boarding quickly", "the boarding", "boarding"),
    ],
)
def test_a_word_after_signs_of_a_verb_is_less_surely_a_noun(as_verb: str, as_noun: str, word: str):
    assert nounness(as_verb, word) < nounness(as_noun, word)


@pytest.mark.parametrize("word", ["quickly", "launched", "important", "2024", "because", "it's", "x"])
def test_what_is_no_noun_ends_no_phrase(word: str):
    assert not any(text.lower().endswith(word) for text in found(f"the rocket {word} today"))


@pytest.mark.parametrize(
    "mark", [", ", ". ", "; ", ": ", " (", "! ", " – ", "—", "\n", "，", " | ", ",", " “"]
)
def test_no_phrase_reaches_over_a_mark(mark: str):
    assert "rocket engineers" not in found(f"the rocket{mark}engineers")


def test_a_hyphen_a_point_and_a_plus_of_letters_stay_inside_a_word():
    assert {"COVID-19 vaccines", "U.S"} <= set(found("some COVID-19 vaccines from the U.S. here"))


def test_one_and_many_are_the_same_finding():
    keys = {c.text: c.key for c in candidates("a rocket, two rockets, a city, two cities, a virus")}
    assert keys["rocket"] == keys["rockets"]
    assert keys["city"] == keys["cities"]
    assert keys["virus"] == "virus"


def test_a_number_with_a_comma_or_a_colon_is_one_word():
    assert {"12,000 vaccines", "10:30 launch"} <= set(found("12,000 vaccines before the 10:30 launch"))


def test_a_sentence_s_first_word_loses_its_capital_and_a_name_keeps_it():
    assert "rocket" in found("Rocket on the pad")
    assert "Cape Canaveral" in found("Cape Canaveral by night")


def test_capitals_on_the_screen_become_title_case():
    assert "Rocket Launch" in found("LIVE: ROCKET LAUNCH")


def test_an_acronym_between_commas_keeps_its_capitals():
    assert "NASA" in found("The agency, NASA, has a rocket")


def test_a_word_said_twice_in_a_row_is_no_phrase():
    assert "dana dana" not in [text.lower() for text in found("dana dana rocket")]


# Chinese


def test_chinese_noun_phrases_are_found_without_spaces():
    assert {"中国航天员", "航天员", "训练"} <= set(found("中国航天员的训练"))


def test_a_chinese_mark_ends_a_phrase():
    assert not any("训练火箭" in text for text in found("航天员训练，火箭发射"))


def test_a_chinese_verb_alone_is_less_sure_than_a_noun():
    text = "火箭起飞"
    assert nounness(text, "起飞") < nounness(text, "火箭")


def test_a_chinese_set_phrase_is_never_part_of_a_longer_one():
    assert not [text for text in found("现场座无虚席观众") if "座无虚席" in text and text != "座无虚席"]


def test_letters_inside_a_chinese_name_belong_to_it():
    assert "C919大型客机" in found("国产C919大型客机首航")


def test_no_english_phrase_reaches_over_chinese_words():
    assert "rocket satellite" not in found("使用 rocket 发射 satellite 成功")


def test_english_names_in_chinese_text_keep_their_capitals():
    assert {"NASA", "Falcon"} <= set(found("今天 NASA 与 Falcon 合作"))


# Any text


@given(texts)
@example("it's  ’tis O'Neill'S 今天 today")
def test_no_phrase_holds_a_stop_word_or_is_too_long(text: str):
    for candidate in candidates(text):
        assert not set(candidate.words) & words("zh" if candidate.is_han else "en", "stop")
        assert 1 <= len(candidate.words) <= MAX_WORDS
        assert not candidate.is_han or 2 <= len(candidate.text) <= MAX_HAN


@given(texts)
def test_every_phrase_stands_in_the_text(text: str):
    plain = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    for candidate in candidates(text):
        for word in candidate.text.lower().split():
            assert word in plain


@given(texts)
def test_every_phrase_is_surely_a_noun_to_some_degree(text: str):
    assert all(0 < candidate.nounness <= 1 for candidate in candidates(text))


@given(st.sampled_from(SENTENCES), st.sampled_from(SENTENCES))
def test_sentences_on_lines_of_their_own_are_read_one_by_one(first: str, second: str):
    def keys(found: list[Candidate]) -> list[str]:
        return [candidate.key for candidate in found]

    assert keys(candidates(f"{first}\n{second}")) == keys(candidates(first)) + keys(candidates(second))


def test_a_phrase_in_both_scripts_is_the_same_one_and_is_written_as_it_was_found():
    found = {c.text: c.key for text in ("醫護人員接種疫苗", "医护人员接种疫苗") for c in candidates(text)}
    assert found["醫護人員"] == found["医护人员"] == "医护人员"
