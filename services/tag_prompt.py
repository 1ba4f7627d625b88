"""The paper's question about one cluster, as tokens of a chat model (paper §7.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.material import Material

SYSTEM = (
    "Please generate {n_tags} short tags for a series of frames sampled from a YouTube news video based on "
    "the images and captions provided. Please avoid generic words that describe the whole video, but "
    "emphasize the unique characteristics of these frames. You may need to implicitly infer the meanings of "
    "the objects in the image description according to the video context."
)
USER = "Text caption: {said}\n\nImage description: {seen}"
LLAMA2 = "[INST] <<SYS>>\n{system}\n<</SYS>>\n\n{user} [/INST]"  # after the token <s>
LLAMA2_MARKS = ("[INST]", "[/INST]", "<<SYS>>", "<</SYS>>")
ONCE_MORE = "\n\nAnswer with exactly {n_tags} short tags, one a line, and nothing else."  # not the paper's
MIN_SHARE = 1e-4  # of the texts; a prompt that is too long with so little of them is too long without


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


def question_about(material: Material, n_tags: int) -> Question:
    """The paper's question, with each text of the cluster once: said of twenty frames it says no more."""
    return Question(
        said=tuple(dict.fromkeys(text for text in material.segments if text.strip())),
        seen=tuple(dict.fromkeys(frame.text for frame in material.frames if frame.text)),
        n_tags=n_tags,
    )


def prompt_tokens(question: Question, tokenizer: Any, max_tokens: int) -> list[int] | None:
    """The prompt, with as many texts, spread evenly over time, as leave it at most max_tokens long.

    None if even the question alone is longer.
    """
    marks = _marks(tokenizer)
    said = [_plain(text, marks) for text in question.said]
    seen = [_plain(text, marks) for text in question.seen]
    share = 1.0
    while share > MIN_SHARE:
        tokens = _tokens(tokenizer, *question.messages(spread(said, share), spread(seen, share)))
        if len(tokens) <= max_tokens:
            return tokens
        share *= min(0.9, max(max_tokens, 1) / len(tokens))
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


def _tokens(tokenizer: Any, system: str, user: str) -> list[int]:
    """The messages in the form that the model was taught, or in Llama 2's if its tokenizer does not say."""
    from jinja2 import TemplateError

    if not tokenizer.chat_template:
        start = [tokenizer.bos_token_id] if tokenizer.bos_token_id is not None else []
        text = LLAMA2.format(system=system, user=user)
        return [*start, *tokenizer(text, add_special_tokens=False)["input_ids"]]
    try:
        return _templated(tokenizer, {"role": "system", "content": system}, {"role": "user", "content": user})
    except TemplateError:  # some know no system, such as Gemma's
        return _templated(tokenizer, {"role": "user", "content": f"{system}\n\n{user}"})


def _templated(tokenizer: Any, *messages: dict[str, str]) -> list[int]:
    made = tokenizer.apply_chat_template(
        list(messages),
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        enable_thinking=False,  # for those that would write pages before they answer
    )
    return list(made["input_ids"])


def _marks(tokenizer: Any) -> tuple[str, ...]:
    """What would end the question or speak for the model if it stood in a caption."""
    added = [str(token) for token in tokenizer.added_tokens_decoder.values() if token.special]
    return (*dict.fromkeys((*tokenizer.all_special_tokens, *added)), *LLAMA2_MARKS)


def _plain(text: str, marks: Sequence[str]) -> str:
    for mark in marks:
        text = text.replace(mark, " ")
    return " ".join(text.split())
