"""Tags by a chat model of the hub: Llama 2 with the paper's prompt, others by their template (paper §7.2)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from services import hub_models
from services.backends import Backend
from services.errors import AnalysisError
from services.tag_prompt import Askable, Prompt, fitted
from services.taggers import Answer, Beat, TagModel, answer_tokens

MAX_CONTEXT = 4096  # tokens, as Llama 2 has; a longer prompt would take a processor many minutes
LLAMA2 = "[INST] <<SYS>>\n{system}\n<</SYS>>\n\n{user} [/INST]"  # after the token <s>
LLAMA2_MARKS = ("[INST]", "[/INST]", "<<SYS>>", "<</SYS>>")


def hub_model(backend: Backend) -> TagModel:
    """Raises AnalysisError, with the way to get the model, if it is not here."""
    identity = f"{backend.model_id}:{hub_models.revision(backend)}"
    return TagModel(backend.title, identity, lambda: _opened(backend))


@contextmanager
def _opened(backend: Backend) -> Iterator["HubTagger"]:
    try:
        yield _load(backend)
    finally:
        hub_models.release_memory()


@dataclass(frozen=True, slots=True)
class HubTagger:
    backend: Backend
    model: Any
    tokenizer: Any

    def answer(self, question: Askable, temperature: float, seed: int, beat: Beat) -> Answer:
        import torch

        device = self.model.device
        drawing = {"do_sample": True, "temperature": temperature} if temperature > 0 else {"do_sample": False}
        written = _Written(beat)
        with (
            hub_models.told_running(self.backend, "name tags"),
            hub_models.stoppable(self.model, written.tell),
            torch.random.fork_rng(devices=[device] if device.type == "cuda" else []),
            torch.inference_mode(),
        ):
            prompt = self._prompt(question)
            ids = torch.tensor([prompt_tokens(self.tokenizer, prompt)], device=device)  # (1, T)
            torch.manual_seed(seed)
            tokens = self.model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=answer_tokens(question),
                num_beams=1,
                num_return_sequences=1,
                pad_token_id=self._padding(),
                streamer=written,
                **drawing,
            )
        text = self.tokenizer.decode(tokens[0, ids.shape[1] :], skip_special_tokens=True)
        return Answer(str(text), prompt.share)

    def _prompt(self, question: Askable) -> Prompt:
        """Raises AnalysisError if the model has no room for question and answer."""
        config = self.model.config.get_text_config(decoder=True)
        limits = (getattr(config, "max_position_embeddings", 0), self.tokenizer.model_max_length, MAX_CONTEXT)
        context = min(int(limit) for limit in limits if limit and limit > 0)
        count = partial(_count, self.tokenizer)
        prompt = fitted(question, count, context - answer_tokens(question), chat_marks(self.tokenizer))
        if prompt is None:
            raise AnalysisError(
                f"{self.backend.title} reads no more than {context} tokens, too few for the question about a "
                "cluster. Choose another backend for tags."
            )
        return prompt

    def _padding(self) -> int | None:
        known = (self.tokenizer.pad_token_id, self.tokenizer.eos_token_id)
        return next((token for token in known if token is not None), None)


class _Written:
    """Stands in the place of a streamer and counts the tokens."""

    def __init__(self, beat: Beat):
        self._beat, self._n_tokens = beat, 0

    def tell(self) -> None:
        self._beat(self._n_tokens)

    def put(self, value: Any) -> None:
        self._n_tokens += int(value.numel() == 1)  # the first call brings the prompt

    def end(self) -> None: ...


def prompt_tokens(tokenizer: Any, prompt: Prompt) -> list[int]:
    """The prompt in the form that the model was taught, or in Llama 2's if its tokenizer does not say."""
    from jinja2 import TemplateError

    system, user = prompt.system, prompt.user
    if not tokenizer.chat_template:
        start = [tokenizer.bos_token_id] if tokenizer.bos_token_id is not None else []
        text = LLAMA2.format(system=system, user=user)
        return [*start, *tokenizer(text, add_special_tokens=False)["input_ids"]]
    try:
        return _templated(tokenizer, {"role": "system", "content": system}, {"role": "user", "content": user})
    except TemplateError:  # some know no system, such as Gemma's
        return _templated(tokenizer, {"role": "user", "content": f"{system}\n\n{user}"})


def chat_marks(tokenizer: Any) -> Sequence[str]:
    """What would end the question or speak for the model if it stood in a caption."""
    added = [str(token) for token in tokenizer.added_tokens_decoder.values() if token.special]
    return (*dict.fromkeys((*tokenizer.all_special_tokens, *added)), *LLAMA2_MARKS)


def _count(tokenizer: Any, system: str, user: str) -> int:
    return len(prompt_tokens(tokenizer, Prompt(system, user, 1.0)))


def _templated(tokenizer: Any, *messages: dict[str, str]) -> list[int]:
    made = tokenizer.apply_chat_template(
        list(messages),
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        enable_thinking=False,  # for those that would write pages before they answer
    )
    return list(made["input_ids"])


def choose_dtype(n_parameters: int, device_type: str, free_bytes: int) -> Any:
    """bfloat16 on an accelerator; on the processor float32, or bfloat16 if there is no memory for that.

    Most processors have no arithmetic for bfloat16 and are slower with it; the weights take half the room.
    """
    import torch

    needed = n_parameters * torch.float32.itemsize * hub_models.MEMORY_MARGIN
    return torch.float32 if device_type == "cpu" and needed <= free_bytes else torch.bfloat16


def _load(backend: Backend) -> HubTagger:
    """Raises AnalysisError: not here, damaged, no chat model, or too large for the memory."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from crvae.training import pick_device

    device = pick_device()
    tokenizer = hub_models.load_part(AutoTokenizer, backend)
    n_parameters = hub_models.n_parameters(backend)
    dtype = choose_dtype(n_parameters, device.type, hub_models.free_bytes(device))
    return HubTagger(backend, hub_models.load_model(AutoModelForCausalLM, backend, dtype, device), tokenizer)
