"""English for tags of other languages, by the chat model that made them (paper §6: which tag says what)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.labels import one_line

SYSTEM = "You translate short tags into English."
USER = (
    "Translate each of these {n} tags into English, in a few words. Answer with {n} lines, numbered like the "
    "tags, and nothing else.\n\n{tags}"
)
MAX_GLOSS_CHARS = 60
_LINE = re.compile(r"\s*(?P<number>\d{1,2})\s*[.．)）、:：]\s*(?P<text>\S.*)")


@dataclass(frozen=True, slots=True)
class GlossQuestion:
    """What is asked about the tags of one cluster."""

    said: tuple[str, ...]  # the tags
    seen: tuple[str, ...] = ()

    @property
    def n_tags(self) -> int:
        return len(self.said)

    def messages(self, said: Sequence[str], seen: Sequence[str]) -> tuple[str, str]:
        lines = "\n".join(f"{n}. {tag}" for n, tag in enumerate(said, 1))
        return SYSTEM, USER.format(n=self.n_tags, tags=lines)


def read_glosses(answer: str, n_tags: int) -> tuple[str, ...]:
    """The English of each tag by its number; () where the answer lacks one: a gloss must not slip a line."""
    found: dict[int, str] = {}
    for line in answer[:20_000].splitlines():
        if match := _LINE.fullmatch(line):
            found.setdefault(int(match["number"]), one_line(match["text"])[:MAX_GLOSS_CHARS].strip(" .\"'"))
    glosses = tuple(found.get(n, "") for n in range(1, n_tags + 1))
    return glosses if all(glosses) else ()
