"""Languages (BCP 47: en, zh-Hans): their names, and which caption tracks and text encodings fit one."""

from collections.abc import Iterable

# Offered for choice, and told apart when a text's own language is looked for. The first ones fit best.
LANGUAGES = {
    "en": "English",
    "zh-Hans": "Chinese (simplified)",
    "zh-Hant": "Chinese (traditional)",
    "ar": "Arabic",
    "de": "German",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "th": "Thai",
    "tr": "Turkish",
}

# Simplified first for plain "zh": that is what Jieba and the Chinese word vectors know best.
_PREFERRED = {
    "zh": ("zh-Hans", "zh-CN", "zh-SG", "zh", "zh-Hant", "zh-TW", "zh-HK"),
    "zh-hant": ("zh-Hant", "zh-TW", "zh-HK", "zh", "zh-Hans", "zh-CN"),
    "en": ("en", "en-US", "en-GB"),
}
_SAME_WISH = {"zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant"}
# Encodings to choose between when a file is not Unicode. Both of these languages look for all three, so that
# a file of the other one is read as what it is; () lets the detector look at all it knows.
_LEGACY = ("gb18030", "big5", "cp1252")
_LEGACY_ENCODINGS = {"zh": _LEGACY, "en": _LEGACY}


def primary(language: str) -> str:
    """The language without script and region: zh for zh-Hans."""
    return language.replace("_", "-").split("-")[0].lower()


def language_name(code: str) -> str:
    """The language's name in English; the code itself if it has none here."""
    base = primary(code)
    return LANGUAGES.get(code) or LANGUAGES.get(base) or ("Chinese" if base == "zh" else code)


def preferred_tracks(language: str, available: Iterable[str]) -> tuple[str, ...]:
    """Track codes of `available` that are in this language, best first; () if there are none."""
    wish = language.replace("_", "-").lower()
    order = _PREFERRED.get(_SAME_WISH.get(wish, wish)) or (wish, *_PREFERRED.get(primary(language), ()))
    in_language = [code for code in available if primary(code) == primary(language)]
    ranks = {code.lower(): rank for rank, code in reversed(list(enumerate(order)))}
    return tuple(sorted(in_language, key=lambda code: ranks.get(code.lower(), len(order))))


def legacy_encodings(language: str) -> tuple[str, ...]:
    return _LEGACY_ENCODINGS.get(primary(language), ())
