"""Sentences that are made in English and can be told in another language afterwards."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

Language = Literal["en", "zh"]
CATALOGUES = Path(__file__).resolve().parent.parent / "assets" / "report"


class Said(str):
    """A text with the pattern and the values that it was made from; everywhere else a plain str.

    Said("{name}: {n} of the texts are long.", name=…, n=…); values may be Said themselves
    """

    pattern: str
    values: dict[str, Any]

    def __new__(cls, pattern: str, **values: Any) -> "Said":
        made = super().__new__(cls, pattern.format(**values))
        made.pattern, made.values = pattern, values
        return made


def told(text: str, language: Language) -> str:
    """The text in this language; what the catalogue does not know, such as a title, stays as it is."""
    if language == "en":
        return str(text)
    known = catalogue(language)
    if not isinstance(text, Said):
        return known.get(text, text)
    values = {k: told(v, language) if isinstance(v, str) else v for k, v in text.values.items()}
    return known.get(text.pattern, text.pattern).format(**values)


@cache
def catalogue(language: Language) -> dict[str, str]:
    """English pattern -> pattern in this language."""
    return json.loads((CATALOGUES / f"{language}.json").read_text("utf-8"))
