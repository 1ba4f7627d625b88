"""English for Chinese tags, and what a chat model says of other languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gloss import MAX_GLOSS_CHARS, gloss
from services.gloss_chat import GlossQuestion, read_glosses


@pytest.mark.parametrize(
    ("tag", "english"),
    [
        ("火箭", "rocket"),
        ("疫苗", "vaccine"),
        ("疫苗接種", "vaccine vaccinated"),  # traditional, and two words of the dictionary
        ("作曲家", "composer"),
        ("北京", "Beijing"),
        ("颐和园", "Summer Palace in Beijing"),
        ("国产C919", "domestically produced c919"),
        ("rocket", ""),
        ("", ""),
    ],
)
def test_a_chinese_tag_has_the_dictionarys_english(tag: str, english: str):
    assert gloss(tag).casefold() == english.casefold()


@given(st.text(alphabet=st.sampled_from("火箭发射台的一龘🚀 a1，\n"), max_size=40))
def test_any_tag_has_a_short_gloss_on_one_line(tag: str):
    assert len(gloss(tag)) <= MAX_GLOSS_CHARS
    assert "\n" not in gloss(tag)


def test_tags_are_numbered_when_a_model_is_asked_for_their_english():
    system, user = GlossQuestion(("lanzamiento", "luna")).messages(("lanzamiento", "luna"), ())
    assert "English" in system
    assert user.endswith("1. lanzamiento\n2. luna")


def test_a_models_english_is_taken_by_number():
    assert read_glosses("Sure:\n2. moon\n1) launch\n3. more", 2) == ("launch", "moon")


@pytest.mark.parametrize("answer", ["", "launch\nmoon", "1. launch", "1. launch\n3. moon", "1. \n2. moon"])
def test_english_that_may_have_slipped_a_line_is_left_out(answer: str):
    assert read_glosses(answer, 2) == ()
