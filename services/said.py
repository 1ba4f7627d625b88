"""Sentences that are made in English and can be told in another language afterwards."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal

Language = Literal["en", "zh"]
Tell = Callable[..., str]  # (text or pattern, **values) -> the text in the report's language
CATALOGUES = Path(__file__).resolve().parent.parent / "assets" / "report"


class Said(str):
    """A text with the pattern and the values that it was made from; everywhere else a plain str.

    Said("{name}: {n} of the texts are long.", name=…, n=…); values may be Said themselves
    A pattern without values is kept as it is, whatever braces it has.
    """

    pattern: str
    values: dict[str, Any]

    def __new__(cls, pattern: str, /, **values: Any) -> "Said":
        made = super().__new__(cls, pattern.format(**values) if values else pattern)
        made.pattern, made.values = pattern, values
        return made


def teller(language: Language) -> Tell:
    """tell(text), or tell(pattern, name=value, …): the text in this language."""

    def tell(text: str, /, **values: Any) -> str:
        return told(Said(text, **values) if values else text, language)

    return tell


def told(text: str, language: Language) -> str:
    """The text in this language; what the catalogue does not know, such as a title, stays as it is."""
    if language == "en":
        return str(text)
    known = catalogue(language)
    if not isinstance(text, Said):
        return known.get(text, text)
    if not text.values:
        return known.get(text.pattern, text.pattern)
    # What people wrote stays as it is, even where the catalogue has the same word.
    values = {name: told(v, language) if isinstance(v, Said) else v for name, v in text.values.items()}
    return known.get(text.pattern, text.pattern).format(**values)


IN_ENGLISH: Tell = teller("en")


@cache
def catalogue(language: Language) -> dict[str, str]:
    """English pattern -> pattern in this language."""
    return json.loads((CATALOGUES / f"{language}.json").read_text("utf-8"))
