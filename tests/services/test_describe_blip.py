import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import AutoProcessor, BlipForConditionalGeneration

from services import backends, describe_blip
from services.context import Context
from services.describe import describe_frames
from services.describe_blip import describe_sentences, without_prompt
from services.errors import AnalysisError, Cancelled
from services.recipe import Describing
from services.records import AlignedPairs, Frames
from tests import tiny_models

PROMPT = "A news photo of"
COLOURS = ((200, 30, 30), (30, 200, 30), (30, 30, 200), (240, 240, 240), (20, 20, 20), (200, 200, 20))

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def blip(tmp_path_factory) -> Path:
    return tiny_models.save_blip(tmp_path_factory.mktemp("tiny-blip"))


@pytest.fixture
def copy(blip, tmp_path) -> Path:
    return Path(shutil.copytree(blip, tmp_path / "model"))


@pytest.fixture
def frames(tmp_path) -> Frames:
    """Six pictures of different colours, each with a square."""
    folder = tmp_path / "frames"
    folder.mkdir()
    for frame, colour in enumerate(COLOURS):
        pixels = np.full((72, 128, 3), colour, np.uint8)
        pixels[20:40, 10 * frame : 10 * frame + 40] ^= 255
        Image.fromarray(pixels).save(folder / f"{frame:05d}.jpg")
    return Frames(np.arange(6) * 2.0, folder, 128, 72)


class Memory(dict):
    """What a store's `remember` keeps."""

    def remember(self, name, compute):
        if name not in self:
            self[name] = json.loads(json.dumps(compute()))
        return self[name]


def backend_of(folder: Path):
    return backends.find("descriptions", f"hub:{folder}")


def sentences(frames, indices, folder, prompt, ctx) -> list[str]:
    return [d.sentence for d in describe_sentences(frames, indices, backend_of(folder), prompt, ctx)]


def test_each_frame_gets_the_sentence_that_blip_gives_it_alone(frames, blip, ctx):
    model = BlipForConditionalGeneration.from_pretrained(blip).eval()
    processor = AutoProcessor.from_pretrained(blip)
    expected: list[str] = []
    for frame in range(6):
        inputs = processor(Image.open(frames.path(frame)), PROMPT, return_tensors="pt")
        with torch.inference_mode():
            tokens = model.generate(**inputs, max_new_tokens=describe_blip.MAX_NEW_TOKENS, do_sample=False)
        expected.append(processor.decode(tokens[0], skip_special_tokens=True))
    assert all(sentence.startswith("a news photo of ") for sentence in expected)
    assert len(set(expected)) == 6
    found = sentences(frames, range(6), blip, PROMPT, ctx)
    assert found == [sentence.removeprefix("a news photo of ").strip() for sentence in expected]


def test_descriptions_come_in_the_order_of_the_indices(frames, blip, ctx):
    forward = describe_sentences(frames, [0, 2, 5], backend_of(blip), PROMPT, ctx)
    backward = describe_sentences(frames, [5, 2, 0], backend_of(blip), PROMPT, ctx)
    assert [d.frame for d in backward] == [5, 2, 0]
    assert backward == tuple(reversed(forward))
    assert all(d.labels == d.on_screen == () for d in forward)


def test_without_a_prompt_the_model_begins_by_itself(frames, blip, ctx):
    free = sentences(frames, range(6), blip, "", ctx)
    assert free != sentences(frames, range(6), blip, PROMPT, ctx)
    assert free == sentences(frames, range(6), blip, "  ", ctx)
    assert any(free)


@pytest.mark.parametrize(
    ("sentence", "prompt", "rest"),
    [
        ("a news photo of a man in a lab", PROMPT, "a man in a lab"),
        ("A news photo of: two people", PROMPT, "two people"),
        ("a news photo office", PROMPT, "a news photo office"),
        ("a man in a lab", PROMPT, "a man in a lab"),
        ("a news photo of", PROMPT, ""),
    ],
)
def test_the_prompt_is_taken_off_the_sentence(sentence, prompt, rest):
    assert without_prompt(sentence, prompt) == rest


def test_a_frame_is_shown_to_the_model_once(frames, blip, tmp_path):
    memory, notes = Memory(), []
    ctx = Context(tmp_path, memory.remember, progress=lambda done, total, note: notes.append(note))
    first = describe_sentences(frames, [0, 1, 2], backend_of(blip), PROMPT, ctx)
    assert len(memory) == 3
    assert all(str(blip) in name and name.endswith(f":{PROMPT}") for name in memory)
    notes.clear()
    assert describe_sentences(frames, [0, 1, 2], backend_of(blip), PROMPT, ctx) == first
    assert notes == [""]
    describe_sentences(frames, [1, 3], backend_of(blip), PROMPT, ctx)
    assert len(memory) == 4
    describe_sentences(frames, [1], backend_of(blip), "", ctx)
    assert len(memory) == 5


def test_a_model_that_was_exchanged_in_its_folder_is_asked_anew(frames, copy, tmp_path):
    memory = Memory()
    ctx = Context(tmp_path, memory.remember)
    describe_sentences(frames, [0], backend_of(copy), PROMPT, ctx)
    tiny_models.save_blip(copy)
    describe_sentences(frames, [0], backend_of(copy), PROMPT, ctx)
    assert len(memory) == 2


def test_a_stop_keeps_the_batches_that_are_done(frames, blip, tmp_path):
    memory = Memory()

    def stop_in_the_second_batch(done: int, total: int, note: str) -> None:
        if done:
            raise Cancelled

    ctx = Context(tmp_path, memory.remember, progress=stop_in_the_second_batch)
    with pytest.raises(Cancelled):
        describe_sentences(frames, range(6), backend_of(blip), PROMPT, ctx)
    assert len(memory) == describe_blip.BATCH["cpu"]


@pytest.mark.parametrize("content", [b"", b"no picture", None])
def test_a_frame_that_is_no_picture_is_told_in_words(frames, blip, ctx, content):
    whole = frames.path(2).read_bytes()
    frames.path(2).write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(AnalysisError, match=r"Frame 00002\.jpg cannot be read .*Sample the frames"):
        describe_sentences(frames, [1, 2], backend_of(blip), PROMPT, ctx)


def test_a_frame_that_has_gone_is_told_in_words(frames, blip, ctx):
    frames.path(2).unlink()
    with pytest.raises(AnalysisError, match=r"Frame 00002\.jpg cannot be read"):
        describe_sentences(frames, [1, 2], backend_of(blip), PROMPT, ctx)


def test_a_model_that_is_not_here_is_told_with_the_way_to_get_it(frames, ctx):
    with pytest.raises(AnalysisError, match=r"nobody/nothing is not on this machine.*Models page"):
        describe_sentences(frames, [0], backends.find("descriptions", "hub:nobody/nothing"), PROMPT, ctx)


@pytest.mark.parametrize(
    "broken", ["model.safetensors", "config.json", "tokenizer.json", "processor_config.json"]
)
def test_a_damaged_model_is_told_in_words(frames, copy, ctx, broken):
    (copy / broken).write_bytes((copy / broken).read_bytes()[:100])
    with pytest.raises(AnalysisError, match=r"model cannot be loaded \(.*choose another backend"):
        describe_sentences(frames, [0], backend_of(copy), PROMPT, ctx)


def test_a_model_without_eyes_is_refused(frames, tmp_path, ctx):
    folder = tiny_models.save_chat(tmp_path / "chat", ["1. mask"])
    with pytest.raises(AnalysisError, match="cannot be loaded"):
        describe_sentences(frames, [0], backend_of(folder), PROMPT, ctx)


@pytest.mark.parametrize("kind", ["git", "vit_gpt2", "llava"])
def test_other_kinds_of_image_to_text_models_describe_frames_too(frames, tmp_path, ctx, kind):
    folder = tmp_path / kind
    folder.mkdir()
    getattr(tiny_models, f"save_{kind}")(folder)
    prompted, free = (sentences(frames, range(3), folder, prompt, ctx) for prompt in (PROMPT, ""))
    assert prompted != free
    assert len(set(prompted)) > 1
    assert not any(sentence.casefold().startswith("a news photo of") for sentence in prompted)


def test_a_stage_takes_the_backend_and_prompt_of_its_settings(frames, blip, ctx):
    pairs = AlignedPairs(
        frame_index=np.array([3, 1, 3]),
        segment_index=np.array([0, 1, 2]),
        times_s=np.array([6.0, 2.0, 6.0]),
        texts=("a", "b", "c"),
        method="uniform",
        reason="",
    )
    settings = Describing(backend=f"hub:{blip}")
    found = describe_frames(frames, pairs, settings, ctx)
    assert (found.kind, [d.frame for d in found.items]) == ("sentence", [1, 3])
    assert [d.sentence for d in found.items] == sentences(frames, [1, 3], blip, PROMPT, ctx)
    other = describe_frames(frames, pairs, replace(settings, prompt=""), ctx)
    assert other != found
