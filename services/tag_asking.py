"""Tags of each cluster from a model that writes: asked, asked once more, filled up (paper §3.4.2, §7.2)."""

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from services.context import Context
from services.gloss_chat import GlossQuestion, read_glosses
from services.material import Material
from services.recipe import Tagging
from services.recipe_key import digest
from services.records import TagSource
from services.tag_keywords import keyword_tags
from services.tag_parse import is_list, parse_tags
from services.tag_prompt import Askable, question_about
from services.tag_unlike import unlike
from services.taggers import Answer, Tagger, TagModel

log = logging.getLogger(__name__)

SPARE_KEYWORDS = 3  # times the tags that are wanted: some are like the model's own


@dataclass(frozen=True, slots=True)
class ClusterTags:
    """What is known of a cluster's tags before they are placed."""

    draws: tuple[tuple[str, ...], ...]  # at least one, each best first
    sources: tuple[TagSource, ...]  # of the first draw's tags
    share_read: float = 1.0  # the least share of the cluster's texts in any question, in (0, 1]
    glosses: tuple[str, ...] = ()  # of the first draw's tags, where the model was asked for them


def asked_tags(
    parts: Sequence[Material],
    model: TagModel,
    tagging: Tagging,
    phrases: str,
    ctx: Context,
    *,
    has_glosses: bool = False,
) -> tuple[ClusterTags, ...]:
    """n_tags tags for each cluster and draw, best first; the same seed gives the same tags on one machine.

    A cluster whose answer has too few is asked about once more; what then lacks comes from its keywords.
    Fewer only where it has no more keywords either. A cluster without texts is not asked about: no tags.
    phrases:     backend for the vectors that tell near-synonyms
    has_glosses: whether the model is asked for the tags in English, too
    Raises AnalysisError if the model or the vectors cannot be had, or the model cannot answer.
    """
    with ExitStack() as stack:

        @cache
        def tagger() -> Tagger:
            ctx.progress(0, 1, f"loading {model.title}")
            return stack.enter_context(model.open())

        @cache
        def keywords() -> tuple[tuple[str, ...], ...]:
            return keyword_tags(parts, SPARE_KEYWORDS * tagging.n_tags)

        asking = _Asking(model, tagging, phrases, ctx, tagger, len(parts))
        return tuple(
            asking.about(row, part, lambda row=row: keywords()[row], has_glosses=has_glosses)
            for row, part in enumerate(parts)
        )


@dataclass(frozen=True, slots=True)
class _Asking:
    model: TagModel
    tagging: Tagging
    phrases: str
    ctx: Context
    tagger: Callable[[], Tagger]
    n_rows: int

    def about(
        self, row: int, part: Material, keywords: Callable[[], Sequence[str]], *, has_glosses: bool
    ) -> ClusterTags:
        question = question_about(part, self.tagging.n_tags)
        if not question.said and not question.seen:
            return ClusterTags(((),), ())
        draws: list[tuple[str, ...]] = []
        sources: list[tuple[TagSource, ...]] = []
        shares: list[float] = []
        for draw in range(self.tagging.n_draws):
            own, share = self._own(row, draw, question)
            shares.append(share)
            tags = own
            if len(own) < self.tagging.n_tags:
                log.info("cluster %d: %d tags of the model, filled up", part.cluster, len(own))
                tags = unlike([own, keywords()], self.tagging.n_tags, self.phrases)
            draws.append(tags)
            sources.append(tuple("model" if tag in own else "keywords" for tag in tags))
        glosses = self._glosses(row, draws[0]) if has_glosses and draws[0] else ()
        return ClusterTags(tuple(draws), sources[0], min(shares), glosses)

    def _own(self, row: int, draw: int, question: Any) -> tuple[tuple[str, ...], float]:
        """The model's own tags, in at most two answers, and the least share of the texts in a question."""
        n_tags = self.tagging.n_tags
        answers: list[Answer] = []
        for is_second in (False, True):
            answers.append(self._answer(row, draw, replace(question, is_second=is_second)))
            # What is guessed from plain lines may be chatter: a list goes before it, though it came second.
            best_first = sorted(answers, key=lambda answer: not is_list(answer.text))
            found = unlike([parse_tags(answer.text, n_tags) for answer in best_first], n_tags, self.phrases)
            if len(found) >= n_tags:
                break
        return found, min(answer.share for answer in answers)

    def _glosses(self, row: int, tags: tuple[str, ...]) -> tuple[str, ...]:
        answer = self._answer(row, 0, GlossQuestion(tags))
        return read_glosses(answer.text, len(tags))

    def _answer(self, row: int, draw: int, question: Askable) -> Answer:
        """The model's answer, kept for the next run."""
        settings = f"{self.model.identity}:{self.tagging.temperature}:{self.tagging.seed}:{row}:{draw}"
        name = f"answer:{settings}:{digest(question.said, question.seen, question.messages((), ()))}"
        seed = int(digest(name)[:12], 16) % 2**31

        def beat(n_pieces: int) -> None:
            done = row * self.tagging.n_draws + draw
            note = f"cluster {row + 1} of {self.n_rows}"
            note += f", draw {draw + 1} of {self.tagging.n_draws}" if self.tagging.n_draws > 1 else ""
            self.ctx.progress(done, self.n_rows * self.tagging.n_draws, f"{note}: {n_pieces} pieces written")

        def compute() -> list[Any]:
            answer = self.tagger().answer(question, self.tagging.temperature, seed, beat)
            return [answer.text, answer.share]

        beat(0)
        kept: list[Any] = self.ctx.remember(name, compute)
        return Answer(str(kept[0]), float(kept[1]))
