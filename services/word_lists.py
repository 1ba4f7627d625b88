"""Word lists that help to find tags in a text, from assets/tag_words_LANGUAGE.toml."""

import tomllib
from functools import cache
from pathlib import Path

ASSETS = Path(__file__).parent.parent / "assets"


@cache
def words(language: str, kind: str) -> frozenset[str]:
    """The lower-case words of one list.

    language: "en" or "zh"
    kind:     a key of that language's file, such as "stop"
    """
    text = (ASSETS / f"tag_words_{language}.toml").read_text("utf-8")
    return frozenset(str(tomllib.loads(text)[kind]).split())
