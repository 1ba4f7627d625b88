"""The paper's question about one cluster, cut to what a model can read (paper §7.2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.material import Material

SYSTEM = (
    "Please generate {n_tags} short tags for a series of frames sampled from a YouTube news video based on "
    "the images and captions provided. Please avoid generic words that describe the whole video, but "
    "emphasize the unique characteristics of these frames. You may need to implicitly infer the meanings of "
    "the objects in the image description according to the video context."
)
USER = "Text caption: {said}\n\nImage description: {seen}"
ONCE_MORE = "\n\nAnswer with exactly {n_tags} short tags, one a line, and nothing else."  # not the paper's
MIN_SHARE = 1e-4  # of the texts; a prompt that is too long with so little of them is too long without
Count = Callable[[str, str], int]  # (system, user) -> tokens, the marks of a chat included


class Askable(Protocol):
    """What a tagger can be asked: a cluster's tags, or their translation."""

    @property
    def said(self) -> tuple[str, ...]: ...
    @property
    def seen(self) -> tuple[str, ...]: ...
    @property
    def n_tags(self) -> int: ...
    def messages(self, said: Sequence[str], seen: Sequence[str]) -> tuple[str, str]: ...


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one cluster."""

    said: tuple[str, ...]  # different segments, in order of time
    seen: tuple[str, ...]  # different descriptions, in order of time
    n_tags: int
    is_second: bool = False  # the first answer had too few tags

    def messages(self, said: Sequence[str], seen: Sequence[str]) -> tuple[str, str]:
        """The system's and the user's words, with these segments and descriptions."""
        user = USER.format(said=" ".join(said) or "none", seen=". ".join(seen) or "none")
        user += ONCE_MORE.format(n_tags=self.n_tags) if self.is_second else ""
        return SYSTEM.format(n_tags=self.n_tags), user


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question that fits."""

    system: str
    user: str
    share: float  # of the cluster's texts that are in it, in (0, 1]


def question_about(material: Material, n_tags: int) -> Question:
    """The paper's question, with each text of the cluster once: said of twenty frames it says no more."""
    return Question(
        said=tuple(dict.fromkeys(text for text in material.segments if text.strip())),
        seen=tuple(dict.fromkeys(frame.text for frame in material.frames if frame.text)),
        n_tags=n_tags,
    )


def fitted(question: Askable, count: Count, max_tokens: int, marks: Sequence[str] = ()) -> Prompt | None:
    """The question with as many texts, spread evenly over time, as leave it at most max_tokens long.

    marks: what would end the question or speak for the model if it stood in a text; it is taken out
    None if even the question alone is longer.
    """
    said = [_plain(text, marks) for text in question.said]
    seen = [_plain(text, marks) for text in question.seen]
    share = 1.0
    while share > MIN_SHARE:
        prompt = Prompt(*question.messages(spread(said, share), spread(seen, share)), share)
        n_tokens = count(prompt.system, prompt.user)
        if n_tokens <= max_tokens:
            return prompt
        share *= min(0.9, max(max_tokens, 1) / n_tokens)
    return None


def spread(texts: Sequence[str], share: float) -> list[str]:
    """That share of the texts, evenly over time; where it is less than one text, the beginning of one.

    share: in (0, 1]
    """
    if not texts or share >= 1:
        return list(texts)
    n = max(1, int(len(texts) * share))
    kept = [texts[int((i + 0.5) * len(texts) / n)] for i in range(n)]  # the middle of n equal stretches
    part = min(1.0, len(texts) * share)
    return [text[: int(len(text) * part)] for text in kept]


def about_tokens(system: str, user: str) -> int:
    """Tokens of the prompt in a vocabulary that is not known, rather too many than too few.

    A Latin letter counts as 0.45 tokens, where 0.25 are usual, and a Chinese character as 1.4.
    """
    return 60 + sum(-(-len(text.encode()) * 10 // 22) for text in (system, user))


def _plain(text: str, marks: Sequence[str]) -> str:
    for mark in marks:
        text = text.replace(mark, " ")
    return " ".join(text.split())
