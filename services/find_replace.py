"""Find and replace in the texts of a transcript."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.recipe import TextEdit
from services.records import Segment
from services.segment_edits import Texts, with_texts


@dataclass(frozen=True, slots=True)
class Search:
    find: str
    is_whole_word: bool = False  # Chinese has no spaces, so there it seldom finds anything
    has_case: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        words = re.escape(self.find)
        return re.compile(
            rf"(?<!\w){words}(?!\w)" if self.is_whole_word else words,
            re.NOFLAG if self.has_case else re.IGNORECASE,
        )


def count(segments: Iterable[Segment], search: Search) -> int:
    """How often it is found; 0 for an empty search."""
    return sum(len(search.pattern.findall(one.text)) for one in segments) if search.find else 0


def replaced(texts: Texts, search: Search, by: str) -> tuple[TextEdit, ...]:
    """The edits with every occurrence replaced. Raises AnalysisError if a text would be left empty."""
    if not search.find:
        return texts.edits
    changed = {one.id: search.pattern.sub(lambda _: by, one.text) for one in texts.segments}
    return with_texts(
        texts, {one.id: changed[one.id] for one in texts.segments if changed[one.id] != one.text}
    )
