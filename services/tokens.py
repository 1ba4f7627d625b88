"""Words of a transcript in any mix of English and Chinese (paper §4.1.2, §4.2.2, §4.4.2)."""

import logging
import re
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from services.script import simplified

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# torchtext's "basic_english" sets these signs apart (or drops them); other ASCII signs stay inside a word.
BASIC_ENGLISH_SIGNS = frozenset(".,()!?;:'\"")

_LINE_BREAK_TAG = re.compile(r"<br\s*/?>")
_RUN = re.compile(f"(?P<han>[{HAN}]+)|[^{HAN}]+")
_HAN_WORD = re.compile(f"[{HAN}]+")


def tokenize(text: str) -> tuple[str, ...]:
    """The words of `text`, in order: lower case, without punctuation; Chinese is cut into words by jieba.

    Traditional characters stay, but are cut as their simplified forms are, which jieba knows.
    Full-width forms become plain ones (NFKC). A sign inside a word stays (covid-19), except those that the
    basic English tokenizer splits at: it's gives it, s. Numbers stay; other signs and emoji are dropped.
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    spaced = "".join(_spaced(c) for c in _LINE_BREAK_TAG.sub(" ", plain))
    return tuple(word for chunk in spaced.split() for word in _words(chunk))


def is_han(word: str) -> bool:
    """Whether the word is written in Chinese characters alone."""
    return _HAN_WORD.fullmatch(word) is not None


def spaced(words: Sequence[str]) -> tuple[str, ...]:
    """Each word with the space that belongs before it; Chinese is written without spaces."""
    return tuple(
        word if i == 0 or (is_han(word) and is_han(words[i - 1])) else f" {word}"
        for i, word in enumerate(words)
    )


def joined(words: Sequence[str]) -> str:
    """The words as one text."""
    return "".join(spaced(words))


def count_cut(texts: Sequence[str], max_words: int) -> int:
    """How many texts have more words than the model is shown."""
    return sum(len(tokenize(text)) > max_words for text in texts)


def _words(chunk: str) -> Iterator[str]:
    for run in _RUN.finditer(chunk):
        pieces = han_words(run.group()) if run.group("han") else [run.group()]
        for piece in pieces:
            word = _without_outer_signs(piece)
            if word:
                yield word


def han_words(run: str) -> list[str]:
    """The Chinese run's words, written as they are."""
    return as_written(run, jieba_tokenizer().lcut(simplified(run)))


def as_written(run: str, words: Sequence[str]) -> list[str]:
    """The words, cut from the simplified run, in the run's own characters."""
    if len(simplified(run)) != len(run):  # OpenCC changes a few set phrases' lengths
        return list(words)
    ends = list(accumulate(map(len, words)))
    return [run[end - len(word) : end] for word, end in zip(words, ends, strict=True)]


@cache
def _spaced(c: str) -> str:
    """The character as it goes on: itself, a space, or nothing."""
    category = unicodedata.category(c)
    if category == "Cf":  # zero-width joiners, soft hyphens, byte-order marks
        return ""
    is_foreign_sign = category[0] in "PS" and not c.isascii()
    is_gap = category[0] in "ZC"  # also lone surrogates, which no encoder can write
    return " " if c in BASIC_ENGLISH_SIGNS or is_foreign_sign or is_gap else c


def _without_outer_signs(piece: str) -> str:
    """[music] -> music, $5 -> 5; "" where neither a letter nor a digit is left."""
    inside = [i for i, c in enumerate(piece) if unicodedata.category(c)[0] in "LN"]
    if not inside:
        return ""
    end = inside[-1] + 1
    while end < len(piece) and unicodedata.category(piece[end])[0] == "M":  # an accent of the last letter
        end += 1
    return piece[inside[0] : end]


@cache
def jieba_tokenizer() -> Any:
    """jieba's tokenizer with its own dictionary.

    Filled here and not by its initialize(): that one writes to standard error and keeps a cache under a fixed
    name in the shared temporary folder, where anybody may put another one. Costs about a second a process.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's old escapes, and pkg_resources where setuptools has it
        import jieba
    logging.getLogger("jieba").setLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    with (Path(jieba.__file__).parent / "dict.txt").open("rb") as dictionary:
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(dictionary)
    tokenizer.initialized = True
    return tokenizer
