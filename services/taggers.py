"""The models that write tags, behind one small face (paper §3.4.2, §7.2)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from services.backends import Backend
from services.tag_prompt import Askable

TOKENS_PER_TAG = 24  # a Chinese tag in Llama 2's vocabulary, with its number
TOKENS_AROUND = 80  # polite words before and after the list

Beat = Callable[[int], None]  # hears how many pieces of the answer are written; raises Cancelled


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    share: float  # of the cluster's texts that the model was shown, in (0, 1]


class Tagger(Protocol):
    """A loaded model that answers a question about a cluster."""

    def answer(self, question: Askable, temperature: float, seed: int, beat: Beat) -> Answer:
        """What the model says, drawn with this seed; at temperature 0 the likeliest word each time.

        Raises AnalysisError if it cannot answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class TagModel:
    """A model that can be opened.

    identity: names it and its revision; answers are kept under it
    """

    title: str
    identity: str
    open: Callable[[], AbstractContextManager[Tagger]]


def tag_model(backend: Backend) -> TagModel:
    """The model behind a backend of the role "tags" other than "keywords"; it is not loaded yet.

    Raises AnalysisError, with the way to get it, if it is not there.
    """
    if backend.is_server:
        from services.tag_server import server_model

        return server_model(backend)
    if backend.name == "smollm2":
        from services.tag_smollm import smollm_model

        return smollm_model(backend)
    from services.tag_hub import hub_model

    return hub_model(backend)


def can_read(backend: Backend, question: Askable) -> bool:
    """Whether a backend of the role "tags" can answer a question in the language of its texts."""
    if backend.name != "smollm2":
        return True
    from services import tag_smollm

    return tag_smollm.can_read(question)


def answer_tokens(question: Askable) -> int:
    """How long an answer may get."""
    return question.n_tags * TOKENS_PER_TAG + TOKENS_AROUND
