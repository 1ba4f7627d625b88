"""A sentence for each frame by BLIP, or by another image-to-text model of the hub (paper §3.4.2, §7.1)."""

import hashlib
import inspect
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services import hub_models
from services.backends import Backend
from services.context import Context
from services.errors import AnalysisError
from services.labels import one_line
from services.records import FrameDescription, Frames

MAX_NEW_TOKENS = 40  # a long sentence; transformers would stop BLIP at 20, the prompt included
MAX_SENTENCE_CHARS = 300
BATCH = {"cpu": 4, "mps": 8, "cuda": 16}  # frames at a time; progress hears of each batch
TASK = "describe a frame"


def describe_sentences(
    frames: Frames, indices: Sequence[int], backend: Backend, prompt: str, ctx: Context
) -> tuple[FrameDescription, ...]:
    """The model's sentence for each of the frames with these indices, in this order.

    A frame that the same model was shown before, here or in another project, is not looked at again.
    prompt: what each sentence is made to begin with, "" for none. It is taken off again, as in the paper's
            examples (§5.3.1): words that begin every sentence would only blur what sets clusters apart
    Raises AnalysisError: a frame cannot be read; the model is not here, is damaged or runs out of memory.
    """
    prompt = " ".join(prompt.split())
    source = f"sentence:{backend.model_id}:{hub_models.revision(backend)}:{MAX_NEW_TOKENS}"
    names = {frame: f"{source}:{_digest(frames.path(frame))}:{prompt}" for frame in indices}
    sentences = {name: _remembered(name, ctx) for name in names.values()}
    unknown = {name: frames.path(frame) for frame, name in names.items() if sentences[name] is None}
    sentences |= _new_sentences(unknown, backend, prompt, ctx)
    n = max(len(unknown), 1)
    ctx.progress(n, n, "")
    return tuple(FrameDescription(frame, sentences[names[frame]] or "", (), ()) for frame in indices)


class _Unknown(Exception):
    """Nothing has been kept under this name yet."""


def _remembered(name: str, ctx: Context) -> str | None:
    """The sentence kept under the name, if there is one: frames without one go to the model in batches."""

    def unknown() -> str:
        raise _Unknown

    try:
        return str(ctx.remember(name, unknown))
    except _Unknown:
        return None


def _new_sentences(
    pictures: dict[str, Path], backend: Backend, prompt: str, ctx: Context
) -> dict[str, str | None]:
    """The sentences by name, each kept as soon as its batch is done."""
    from crvae.training import pick_device

    if not pictures:
        return {}
    ctx.progress(0, len(pictures), f"loading {backend.title}")
    device = pick_device()
    try:
        return _described(_load(backend, device), pictures, BATCH[device.type], prompt, ctx)
    finally:
        hub_models.release_memory()


def _described(
    captioner: "_Captioner", pictures: dict[str, Path], batch_size: int, prompt: str, ctx: Context
) -> dict[str, str | None]:
    names, total = list(pictures), len(pictures)
    kept: dict[str, str | None] = {}

    def beat() -> None:
        ctx.progress(len(kept), total, f"frame {len(kept) + 1} of {total}")

    for start in range(0, total, batch_size):
        beat()
        batch = names[start : start + batch_size]
        with hub_models.stoppable(captioner.model, beat):
            sentences = captioner.caption([_picture(pictures[name]) for name in batch], prompt)
        for name, sentence in zip(batch, sentences, strict=True):
            kept[name] = str(ctx.remember(name, lambda sentence=sentence: sentence))
    return kept


@dataclass(frozen=True, slots=True)
class _Captioner:
    """A loaded model, and what turns pictures into its inputs and its outputs into text."""

    backend: Backend
    model: Any
    processor: Any  # of images alone for a vision-encoder-decoder
    tokenizer: Any

    def caption(self, images: Sequence[Any], prompt: str) -> list[str]:
        """A sentence for each RGB picture, always the same: the likeliest word is taken each time."""
        import torch

        with hub_models.told_running(self.backend, TASK), torch.inference_mode():
            inputs = self._inputs(images, prompt)
            tokens = self.model.generate(
                **inputs, max_new_tokens=MAX_NEW_TOKENS, do_sample=False, num_beams=1, num_return_sequences=1
            )
            if self._is_chat:  # its answer follows the question
                tokens = tokens[:, inputs["input_ids"].shape[1] :]
            texts: list[str] = self.tokenizer.batch_decode(tokens, skip_special_tokens=True)
            written = self._as_written(prompt)
        return [without_prompt(_clean(text), written) for text in texts]

    @property
    def _kind(self) -> str:
        return str(self.model.config.model_type)

    @property
    def _is_chat(self) -> bool:
        return bool(getattr(self.processor, "chat_template", None))

    def _inputs(self, images: Sequence[Any], prompt: str) -> dict[str, Any]:
        if self._kind == "vision-encoder-decoder":
            inputs = dict(self.processor(images=list(images), return_tensors="pt"))
            if prompt:
                ids = self.tokenizer(prompt, add_special_tokens=False, return_tensors="pt")["input_ids"]
                inputs["decoder_input_ids"] = ids.repeat(len(images), 1)
        elif self._is_chat:
            inputs = dict(self._questions(images, prompt))
        else:
            texts = {"text": [prompt] * len(images)} if prompt else {}
            inputs = dict(self.processor(images=list(images), return_tensors="pt", **texts))
            if self._kind == "git" and prompt:  # it writes on after the prompt, not after a separator
                inputs = {
                    k: v[:, :-1] if k in ("input_ids", "attention_mask") else v for k, v in inputs.items()
                }
        # Some processors give more than the model takes. BLIP's own `generate` has the names of `forward`.
        taken = {*inspect.signature(self.model.forward).parameters, "decoder_input_ids"}
        return {name: value.to(self.model.device) for name, value in inputs.items() if name in taken}

    def _questions(self, images: Sequence[Any], prompt: str) -> Any:
        """The inputs of a chat model that sees: it is asked for what a captioner does by itself."""
        text = "Describe this picture in one sentence."
        text += f' Begin with "{prompt}".' if prompt else ""
        asked = [[{"type": "image", "image": image}, {"type": "text", "text": text}] for image in images]
        self.tokenizer.padding_side = "left"  # all answers begin at the same place
        return self.processor.apply_chat_template(
            [[{"role": "user", "content": content}] for content in asked],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs={"padding": True},
        )

    def _as_written(self, prompt: str) -> str:
        """The prompt as it comes back from the tokenizer: in lower case, spaces around punctuation."""
        ids = self.tokenizer(prompt, add_special_tokens=False)["input_ids"]
        return _clean(self.tokenizer.decode(ids, skip_special_tokens=True))


def without_prompt(sentence: str, prompt: str) -> str:
    """What the sentence says after the prompt; the whole sentence if it does not begin with it."""
    rest = sentence[len(prompt) :]
    if sentence[: len(prompt)].casefold() == prompt.casefold() and not rest[:1].isalnum():
        return rest.lstrip(" .,:…")
    return sentence


def _load(backend: Backend, device: Any) -> _Captioner:
    """Raises AnalysisError: not here, damaged, no image-to-text model, or too large for the memory."""
    import torch
    from transformers import AutoImageProcessor, AutoModelForImageTextToText, AutoProcessor, AutoTokenizer

    # In float32, as the paper does (§3.4.2).
    model = hub_models.load_model(AutoModelForImageTextToText, backend, torch.float32, device)
    if model.config.model_type == "vision-encoder-decoder":  # two models: no processor of its own
        processor = hub_models.load_part(AutoImageProcessor, backend)
        tokenizer = hub_models.load_part(AutoTokenizer, backend)
    else:
        processor = hub_models.load_part(AutoProcessor, backend)
        tokenizer = getattr(processor, "tokenizer", None)
    if tokenizer is None or not hasattr(tokenizer, "batch_decode"):
        raise AnalysisError(
            f"{backend.title} cannot be loaded (its folder has no tokenizer and image settings). "
            "Get it again, or choose another backend for descriptions."
        )
    return _Captioner(backend, model, processor, tokenizer)


def _picture(path: Path) -> Any:
    """The frame as an RGB picture. Raises AnalysisError if it cannot be read."""
    from PIL import Image

    try:
        return Image.open(io.BytesIO(path.read_bytes())).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as e:
        raise AnalysisError(
            f"Frame {path.name} cannot be read as a picture. Sample the frames of this video again."
        ) from e


def _digest(path: Path) -> str:
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    except OSError as e:
        raise AnalysisError(
            f"Frame {path.name} cannot be read ({e.strerror}). Sample the frames of this video again."
        ) from e


def _clean(text: str) -> str:
    """On one line, without control characters, at most 300 characters: whatever a model may write."""
    return one_line(text)[:MAX_SENTENCE_CHARS].rstrip()
