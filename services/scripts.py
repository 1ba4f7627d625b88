"""Chinese characters from one script into the other (OpenCC); the rest of a text stays as it is."""

from functools import cache
from typing import Any, Literal

from services.languages import primary

Script = Literal["simplified", "traditional"]
_TABLES: dict[Script, str] = {"simplified": "t2s", "traditional": "s2t"}
_TRADITIONAL = ("hant", "tw", "hk", "mo")


def script_of(language: str) -> Script | None:
    """The script that a language is written in: Simplified for zh and zh-Hans; None if it is not Chinese."""
    if primary(language) not in ("zh", "yue"):
        return None
    parts = language.replace("_", "-").lower().split("-")[1:]
    return "traditional" if any(part in _TRADITIONAL for part in parts) else "simplified"


def in_script(text: str, script: Script | None) -> str:
    """The text with its Chinese characters in the script; None leaves it as it is."""
    return text if script is None else str(_converter(script).convert(text))


@cache
def _converter(script: Script) -> Any:
    from opencc import OpenCC

    return OpenCC(_TABLES[script])
