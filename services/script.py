"""Chinese in its two scripts: traditional text matched as simplified, and which of them a text is in."""

from functools import cache, lru_cache
from typing import Any

T2S, S2T = "t2s", "s2t"  # OpenCC's names: phrase by phrase, so that 乾隆 stays and 乾燥 becomes 干燥


@lru_cache(maxsize=20_000)
def simplified(text: str) -> str:
    """The text with traditional characters as simplified ones; for matching, never for display."""
    return str(_converter(T2S).convert(text))


def script_of(text: str) -> str:
    """The script that more of the text's characters tell: Hans, Hant, or "" where none tells."""
    n_traditional = _n_changed(text, simplified(text))
    n_simplified = _n_changed(text, str(_converter(S2T).convert(text)))
    if n_traditional == n_simplified:
        return ""
    return "Hant" if n_traditional > n_simplified else "Hans"


def _n_changed(before: str, after: str) -> int:
    return sum(a != b for a, b in zip(before, after, strict=False))


@cache
def _converter(name: str) -> Any:
    from opencc import OpenCC

    return OpenCC(name)
