"""Which text of a tag is compared: the tag itself, or its English (docs/comparison.md)."""

from collections.abc import Sequence

from services.gloss import gloss
from services.records import Tag, Theme


def compared_text(tag: Tag, *, in_english: bool) -> str:
    """The tag's English where that is asked for and there is any, else the tag."""
    return (tag.gloss if in_english else "") or tag.text


def compared_texts(theme: Theme, *, in_english: bool) -> list[list[str]]:
    """What is compared of the theme's tags, and of those of each further draw of the model."""
    first = [compared_text(tag, in_english=in_english) for tag in theme.tags]
    return [first, *(translated(draw, in_english=in_english) for draw in theme.draws[1:])]


def translated(texts: Sequence[str], *, in_english: bool) -> list[str]:
    """Texts without a gloss of their own, by the dictionary. Raises AnalysisError without it."""
    return [gloss(text) or text for text in texts] if in_english else list(texts)
