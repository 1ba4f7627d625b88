"""Tags of each cluster by a chat model of the hub, with the paper's prompt (paper §3.4.2, §7.2)."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from services import hub_models
from services.backends import Backend
from services.context import Context
from services.errors import AnalysisError
from services.material import Material
from services.recipe import Tagging, digest
from services.tag_keywords import keyword_tags
from services.tag_parse import merge_tags, parse_tags
from services.tag_prompt import Question, prompt_tokens, question_about

log = logging.getLogger(__name__)

MAX_CONTEXT = 4096  # tokens, as Llama 2 has; a longer prompt would take a processor many minutes
TOKENS_PER_TAG = 24  # a Chinese tag in Llama 2's vocabulary, with its number
TOKENS_AROUND = 80  # polite words before and after the list


def chat_tags(
    parts: Sequence[Material], backend: Backend, tagging: Tagging, ctx: Context
) -> tuple[tuple[str, ...], ...]:
    """n_tags tags for each cluster, best first; the same seed gives the same tags on the same machine.

    A cluster whose answer has too few is asked about once more; what then lacks comes from its keywords.
    Fewer only where it has no more keywords either.
    Raises AnalysisError: the model is not here, is damaged, is no chat model, or runs out of memory.
    """
    source = f"tags:{backend.model_id}:{hub_models.revision(backend)}:{tagging.temperature}:{tagging.seed}"
    total = 2 * len(parts)  # the other half of the step places the tags

    @cache
    def chat() -> _Chat:
        ctx.progress(len(found), total, f"loading {backend.title}")
        return _load(backend)

    found: list[tuple[str, ...]] = []
    try:
        for row, part in enumerate(parts):
            told = _ClusterProgress(ctx, row, len(parts))
            found.append(_asked(question_about(part, tagging.n_tags), f"{source}:{row}", tagging, chat, told))
    finally:
        chat.cache_clear()
        hub_models.release_memory()
    return _filled_up(found, parts, tagging.n_tags)


class _ClusterProgress:
    """Tells progress of one cluster; stands in the place of a streamer and counts the tokens."""

    def __init__(self, ctx: Context, row: int, n_rows: int):
        self.ctx = ctx
        self._row, self._n_rows, self._n_tokens = row, n_rows, 0

    def beat(self) -> None:
        note = f"cluster {self._row + 1} of {self._n_rows}: {self._n_tokens} tokens written"
        self.ctx.progress(self._row, 2 * self._n_rows, note)

    def put(self, value: Any) -> None:
        self._n_tokens += int(value.numel() == 1)  # the first call brings the prompt

    def end(self) -> None: ...


def _asked(
    question: Question, source: str, tagging: Tagging, chat: Callable[[], "_Chat"], progress: _ClusterProgress
) -> tuple[str, ...]:
    """What the model says of one cluster, in at most two answers, each kept for the next run."""

    def tags(asked: Question) -> tuple[str, ...]:
        name = f"{source}:{digest(asked.said, asked.seen, asked.messages((), ()), MAX_CONTEXT)}"
        seed = int(digest(name)[:12], 16)
        progress.beat()
        answer = progress.ctx.remember(
            name, lambda: chat().answer(asked, tagging.temperature, seed, progress)
        )
        return parse_tags(str(answer), question.n_tags)

    if not question.said and not question.seen:
        return ()
    first = tags(question)
    if len(first) >= question.n_tags:
        return first
    return merge_tags((first, tags(replace(question, is_second=True))), question.n_tags)


def _filled_up(
    found: Sequence[tuple[str, ...]], parts: Sequence[Material], n_tags: int
) -> tuple[tuple[str, ...], ...]:
    """The tags, with keywords of the cluster behind them where there are too few."""
    if all(len(tags) >= n_tags for tags in found):
        return tuple(found)
    for tags, part in zip(found, parts, strict=True):
        if len(tags) < n_tags:
            log.info("cluster %d: %d tags of the model, filled up with keywords", part.cluster, len(tags))
    keywords = keyword_tags(parts, n_tags)
    return tuple(merge_tags(both, n_tags) for both in zip(found, keywords, strict=True))


@dataclass(frozen=True, slots=True)
class _Chat:
    backend: Backend
    model: Any
    tokenizer: Any

    def answer(self, question: Question, temperature: float, seed: int, progress: _ClusterProgress) -> str:
        """What the model says, drawn with this seed; at temperature 0 the likeliest token each time."""
        import torch

        device = self.model.device
        n_new = question.n_tags * TOKENS_PER_TAG + TOKENS_AROUND
        drawing = {"do_sample": True, "temperature": temperature} if temperature > 0 else {"do_sample": False}
        with (
            hub_models.told_running(self.backend, "name tags"),
            hub_models.stoppable(self.model, progress.beat),
            torch.random.fork_rng(devices=[device] if device.type == "cuda" else []),
            torch.inference_mode(),
        ):
            ids = torch.tensor([self._prompt(question, n_new)], device=device)  # (1, T)
            torch.manual_seed(seed)
            tokens = self.model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=n_new,
                num_beams=1,
                num_return_sequences=1,
                pad_token_id=self._padding(),
                streamer=progress,
                **drawing,
            )
        return str(self.tokenizer.decode(tokens[0, ids.shape[1] :], skip_special_tokens=True))

    def _prompt(self, question: Question, n_new: int) -> list[int]:
        """Raises AnalysisError if the model has no room for question and answer."""
        config = self.model.config.get_text_config(decoder=True)
        limits = (getattr(config, "max_position_embeddings", 0), self.tokenizer.model_max_length, MAX_CONTEXT)
        context = min(int(limit) for limit in limits if limit and limit > 0)
        tokens = prompt_tokens(question, self.tokenizer, context - n_new)
        if tokens is None:
            raise AnalysisError(
                f"{self.backend.title} reads no more than {context} tokens, too few for the question about a "
                "cluster. Choose another backend for tags."
            )
        return tokens

    def _padding(self) -> int | None:
        known = (self.tokenizer.pad_token_id, self.tokenizer.eos_token_id)
        return next((token for token in known if token is not None), None)


def choose_dtype(n_parameters: int, device_type: str, free_bytes: int) -> Any:
    """bfloat16 on an accelerator; on the processor float32, or bfloat16 if there is no memory for that.

    Most processors have no arithmetic for bfloat16 and are slower with it; the weights take half the room.
    """
    import torch

    needed = n_parameters * torch.float32.itemsize * hub_models.MEMORY_MARGIN
    return torch.float32 if device_type == "cpu" and needed <= free_bytes else torch.bfloat16


def _load(backend: Backend) -> _Chat:
    """Raises AnalysisError: not here, damaged, no chat model, or too large for the memory."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from crvae.training import pick_device

    device = pick_device()
    tokenizer = hub_models.load_part(AutoTokenizer, backend)
    n_parameters = hub_models.n_parameters(backend)
    dtype = choose_dtype(n_parameters, device.type, hub_models.free_bytes(device))
    return _Chat(backend, hub_models.load_model(AutoModelForCausalLM, backend, dtype, device), tokenizer)
