"""Chinese in its two scripts (OpenCC): text from one into the other, and which a text or a language is in."""

from functools import cache, lru_cache
from typing import Any, Literal

from services.languages import primary

Script = Literal["simplified", "traditional"]
# Phrase by phrase, so that 乾隆 stays and 乾燥 becomes 干燥.
_TABLES: dict[Script, str] = {"simplified": "t2s", "traditional": "s2t"}
_TRADITIONAL = ("hant", "tw", "hk", "mo")


def in_script(text: str, script: Script | None) -> str:
    """The text with its Chinese characters in the script; None leaves it as it is."""
    return text if script is None else str(_converter(script).convert(text))


@lru_cache(maxsize=20_000)
def simplified(text: str) -> str:
    """The text with traditional characters as simplified ones; for matching, never for display."""
    return in_script(text, "simplified")


def script_of_text(text: str) -> str:
    """The script that more of the text's characters tell: Hans, Hant, or "" where none tells."""
    n_traditional, n_simplified = (
        _n_changed(text, in_script(text, script)) for script in ("simplified", "traditional")
    )
    if n_traditional == n_simplified:
        return ""
    return "Hant" if n_traditional > n_simplified else "Hans"


def script_of_language(language: str) -> Script | None:
    """The script that a language is written in: Simplified for zh and zh-Hans; None if it is not Chinese."""
    if primary(language) not in ("zh", "yue"):
        return None
    parts = language.replace("_", "-").lower().split("-")[1:]
    return "traditional" if any(part in _TRADITIONAL for part in parts) else "simplified"


def _n_changed(before: str, after: str) -> int:
    return sum(a != b for a, b in zip(before, after, strict=False))


@cache
def _converter(script: Script) -> Any:
    from opencc import OpenCC

    return OpenCC(_TABLES[script])
