"""In which language, and in which Chinese script, a text is written."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from services.languages import LANGUAGES, primary
from services.script import script_of_text
from services.store import told_in_words

ENOUGH_HAN, ENOUGH_LETTERS = 8, 40  # below, a text is a guess
N_CHARACTERS = 20_000  # of a text are looked at
SURE = 0.9  # probability from which the classifier is believed
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_LETTER = re.compile(r"[^\W\d_]")


def detect_language(texts: Iterable[str]) -> str:
    """The language that the texts read as (BCP 47, with the script for Chinese).

    "" where they are too short, in two languages at once, or in none that is offered for choice.
    Raises AnalysisError if the disk for temporary files is full.
    """
    text = _beginning(texts)
    n_letters, n_han, n_kana = (len(sign.findall(text)) for sign in (_LETTER, _HAN, _KANA))
    if n_kana > 0.1 * n_letters and n_kana + n_han >= ENOUGH_HAN:
        return "ja"
    if n_han >= ENOUGH_HAN and n_han > 0.7 * n_letters:
        script = script_of_text("".join(_HAN.findall(text)))
        return f"zh-{script}" if script else "zh"
    if n_letters < ENOUGH_LETTERS or n_han > 0.1 * n_letters:
        return ""
    code, probability = _classifier().classify(text)
    return str(code) if probability >= SURE else ""


def is_other_language(chosen: str, detected: str) -> bool:
    """Whether a text reads as another language than was chosen; the two Chinese scripts are one language."""
    return bool(detected) and _spoken(chosen) != _spoken(detected)


def _spoken(code: str) -> str:
    # Cantonese captions are mostly written Chinese, and nothing here tells the two apart.
    return "zh" if primary(code) in ("yue", "cmn") else primary(code)


def _beginning(texts: Iterable[str]) -> str:
    found: list[str] = []
    length = 0
    for text in texts:
        found.append(text)
        length += len(text)
        if length > N_CHARACTERS:
            break
    return "\n".join(found)[:N_CHARACTERS]


@cache
def _classifier() -> Any:
    """py3langid over the languages that are offered; takes two seconds to load."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    with told_in_words("The language model", Path(gettempdir())):  # it is unpacked there
        classifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    classifier.set_languages(sorted({primary(code) for code in LANGUAGES}))
    return classifier
