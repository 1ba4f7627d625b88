"""Words and short phrases of a text that read like tags: noun phrases of one to three words (paper §3.4.2).

English has no part-of-speech tagger here: signs around a word (articles, prepositions, auxiliaries) tell
nouns from verbs. Chinese takes the word classes of jieba.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from services.script import simplified
from services.tokens import HAN, as_written, jieba_tokenizer
from services.word_lists import words as listed

MAX_WORDS = 3
MAX_HAN = 9  # characters of a Chinese phrase
_ENGLISH_WORD = re.compile(r"[^\W_]+(?:(?:[.'’&/-]|(?<=\d)[,:](?=\d))[^\W_]+)*", re.UNICODE)
_HAN_RUN = re.compile(f"[{HAN}]+(?:[0-9A-Za-z]+[{HAN}]+)*")
_MARKS = r"[.!?;:,，。！？；：、()（）\[\]【】“”\"«»《》|·•–—]+"
_CLAUSE_END = re.compile(
    rf"{_MARKS}(?=\s|$|\W)|(?<!\w){_MARKS}"  # at a word's end or beginning: the point of "U.S." is inside
    r"|[!?;:,](?!\d)|[，。！？；：、（）【】“”《》—|·•\n]+"  # anywhere but in "2,000" and "10:30"
)
# jieba's classes: nouns and names make tags, verbs and adjectives help to make them.
_NOUN_FLAGS = ("n", "j", "vn", "an", "eng", "l", "i")
_HELPER_FLAGS = ("v", "a", "b", "nz", "f", "s")
_VERB_FLAGS = ("v", "vi", "vd")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase as it was found.

    text:    as written, without the capital letter of a sentence's beginning
    key:     what makes two findings the same: lower case, plural "s" away; Chinese simplified
    words:   its words, or Chinese words, simplified
    nounness: how surely it is a noun phrase, in (0, 1]
    """

    text: str
    key: str
    words: tuple[str, ...]
    nounness: float
    is_han: bool


def candidates(text: str) -> list[Candidate]:
    """The candidate tags in `text`, in order and with repeats."""
    plain = unicodedata.normalize("NFKC", text)
    written = _ENGLISH_WORD.findall(plain)
    is_chinese = _HAN_RUN.search(plain) is not None
    is_shouted = not is_chinese and sum(word.isupper() for word in written) > len(written) / 2
    found: list[Candidate] = []
    for clause in _CLAUSE_END.split(plain):
        found += _han_candidates(clause)
        for piece in _HAN_RUN.split(clause):
            found += _english_candidates(piece, is_shouted=is_shouted, is_sentence=not is_chinese)
    return found


def _english_candidates(clause: str, *, is_shouted: bool, is_sentence: bool) -> list[Candidate]:
    words = _ENGLISH_WORD.findall(clause)
    lower = [word.lower().replace("’", "'") for word in words]
    stops = listed("en", "stop")
    found: list[Candidate] = []
    for start in range(len(words)):
        for end in range(start + 1, min(start + MAX_WORDS, len(words)) + 1):
            inside = lower[start:end]
            if _is_filler(inside[-1], stops) or len(set(inside)) < len(inside):  # "dana dana" is stuttering
                break
            nounness = _nounness(lower, start, end, stops)
            text = _natural(words[start:end], is_first=is_sentence and start == 0, is_shouted=is_shouted)
            if nounness:
                key = " ".join(_singular(word) for word in inside)
                found.append(Candidate(text, key, tuple(inside), nounness, False))
    return found


def _is_filler(word: str, stops: frozenset[str]) -> bool:
    stem, apostrophe, ending = word.partition("'")
    return word in stops or len(word) < 2 or (bool(apostrophe) and (ending != "s" or stem in stops))


def _nounness(words: list[str], start: int, end: int, stops: frozenset[str]) -> float:
    """How surely words[start:end] is a whole noun phrase, by its neighbours and endings; 0 rules it out."""
    before = words[start - 1] if start else ""
    after = words[end] if end < len(words) else ""
    first, last = words[start], words[end - 1]
    is_adverb = last.endswith("ly") and last not in listed("en", "ly_nouns")
    if is_adverb or last in listed("en", "adjectives") or not any(c.isalpha() for c in last):
        return 0.0
    if last.endswith("ed") and last not in listed("en", "ed_nouns"):
        return 0.0
    score = 1.0
    if before in listed("en", "before_verb") and not (end - start > 1 and _is_modifier(first)):
        score *= 0.25  # "will land", "have trained"
    if after in listed("en", "after_verb"):
        score *= 0.2  # "gives the order"
    if (
        last.endswith("s")
        and not last.endswith("ss")
        and after in listed("en", "particles")
        and end - start > 1
    ):
        score *= 0.6  # "rocket stands on"
    if last.endswith("ing") and before not in listed("en", "before_noun"):
        score *= 0.5
    # Cut out of a longer run of words: less sure than the whole run.
    if before and before not in stops:
        score *= 0.7
    if after and after not in stops:
        score *= 0.6
    return score


def _is_modifier(word: str) -> bool:
    return word.endswith(("ed", "ing", "al", "ic", "ive", "ous"))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _natural(words: list[str], *, is_first: bool, is_shouted: bool) -> str:
    """The phrase as one would write it: capitals become Title Case, a sentence's first word small."""
    if is_shouted:
        return " ".join(word if any(map(str.isdigit, word)) else word.capitalize() for word in words)
    first = words[0]
    if (
        is_first
        and first[:1].isupper()
        and first[1:].islower()
        and not (len(words) > 1 and words[1][0].isupper())
    ):
        words = [first.lower(), *words[1:]]
    return " ".join(words)


def _han_candidates(clause: str) -> list[Candidate]:
    found: list[Candidate] = []
    for run in _HAN_RUN.findall(clause):
        pieces = [(str(pair.word), str(pair.flag)) for pair in _tagger().lcut(simplified(run))]
        written = as_written(run, [word for word, _ in pieces])
        for start in range(len(pieces)):
            for end in range(start + 1, min(start + MAX_WORDS, len(pieces)) + 1):
                nounness = _han_nounness(pieces, start, end)
                words = tuple(word for word, _ in pieces[start:end])
                key = "".join(words)
                if nounness and 2 <= len(key) <= MAX_HAN:
                    text = "".join(written[start:end])
                    found.append(Candidate(text, key, words, nounness, True))
    return found


def _han_nounness(pieces: list[tuple[str, str]], start: int, end: int) -> float:
    inside = pieces[start:end]
    stops = listed("zh", "stop")
    if any(word in stops for word, _ in inside) or not all(_may_stand_inside(flag) for _, flag in inside):
        return 0.0
    flag = inside[-1][1]
    if end - start == 1 and flag in _VERB_FLAGS:
        return 0.3 if len(inside[0][0]) >= 2 else 0.0
    if not flag.startswith(_NOUN_FLAGS):
        return 0.0
    if any(word_flag.startswith(("i", "l")) for _, word_flag in inside):
        return 0.5 if end - start == 1 else 0.0  # set phrases: "座无虚席"
    if end - start > 1 and any(word_flag in _VERB_FLAGS for _, word_flag in inside):
        return 0.15  # "加注 液氧": mostly verb and object, seldom a name
    before = pieces[start - 1][1] if start else ""
    after = pieces[end][1] if end < len(pieces) else ""
    score = 1.0
    if before.startswith(("n", "j", "b")) and before != "nr":
        score *= 0.8
    if after.startswith(("n", "j")):
        score *= 0.8
    return score


def _may_stand_inside(flag: str) -> bool:
    return flag.startswith(_NOUN_FLAGS) or flag.startswith(_HELPER_FLAGS)


@cache
def _tagger() -> Any:
    """jieba's word classes over its own dictionary."""
    tokenizer = jieba_tokenizer()
    from jieba.posseg import POSTokenizer

    return POSTokenizer(tokenizer)
