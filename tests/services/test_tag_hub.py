import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import LlamaForCausalLM

from services import backends
from services.context import Context
from services.errors import AnalysisError, Cancelled
from services.material import Material
from services.recipe import MAX_TAGS, Tagging
from services.records import FrameDescription
from services.tag_asking import asked_tags
from services.tag_hub import choose_dtype
from services.taggers import tag_model
from tests import tiny_models

ONE = "1. masks\n2. lab coats\n3. test tubes"
TWO = "Here are the tags:\n- ski jump\n- figure skating\n- ice rink"
FEW = "1. masks\n2. lab coats"
SETTINGS = Tagging(backend="hub", n_tags=3)

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def one(tmp_path_factory) -> Path:
    return tiny_models.save_chat(tmp_path_factory.mktemp("one"), [ONE])


@pytest.fixture(scope="module")
def either(tmp_path_factory) -> Path:
    """A model that gives one answer or the other."""
    return tiny_models.save_chat(tmp_path_factory.mktemp("either"), [ONE, TWO])


@pytest.fixture(scope="module")
def few(tmp_path_factory) -> Path:
    return tiny_models.save_chat(tmp_path_factory.mktemp("few"), [FEW])


class Memory(dict):
    """What a store's `remember` keeps."""

    def remember(self, name, compute):
        if name not in self:
            self[name] = json.loads(json.dumps(compute()))
        return self[name]


def material(cluster: int = 0, text: str = "the elderly wait for the vaccine") -> Material:
    frames = (FrameDescription(0, "a man in a mask", (), ()),)
    return Material(cluster, (text, "接种疫苗"), (1.0, 1.0), frames)


def parts(n: int) -> tuple[Material, ...]:
    return tuple(material(cluster, f"segment of cluster {cluster}") for cluster in range(n))


def backend_of(folder: Path):
    return backends.find("tags", f"hub:{folder}")


def chat_tags(parts, backend, tagging, ctx):
    return tuple(found.draws[0] for found in asked_tags(parts, tag_model(backend), tagging, "use", ctx))


pytestmark = pytest.mark.models


def test_the_models_tags_come_back_for_each_cluster(one, ctx):
    tags = chat_tags(parts(2), backend_of(one), SETTINGS, ctx)
    assert tags == (("masks", "lab coats", "test tubes"),) * 2


def test_a_model_without_a_chat_template_is_asked_as_llama_2_is(tmp_path, ctx):
    folder = tiny_models.save_chat(tmp_path / "plain", [ONE], template="")
    assert chat_tags(parts(1), backend_of(folder), SETTINGS, ctx) == (("masks", "lab coats", "test tubes"),)


def test_the_same_seed_gives_the_same_tags(either, ctx):
    first = chat_tags(parts(8), backend_of(either), SETTINGS, ctx)
    torch.manual_seed(99)
    assert chat_tags(parts(8), backend_of(either), SETTINGS, ctx) == first
    assert len(set(first)) == 2  # eight clusters, each with a draw of its own
    other = Tagging(backend="hub", n_tags=3, seed=1)
    assert chat_tags(parts(8), backend_of(either), other, ctx) != first


def test_drawing_tags_leaves_the_programs_own_dice_alone(either, ctx):
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    chat_tags(parts(1), backend_of(either), SETTINGS, ctx)
    assert torch.equal(torch.rand(1), expected)


def test_at_temperature_zero_nothing_is_drawn(either, ctx):
    cold = [Tagging(backend="hub", n_tags=3, temperature=0.0, seed=seed) for seed in range(3)]
    assert len({chat_tags(parts(4), backend_of(either), settings, ctx) for settings in cold}) == 1


def test_a_short_answer_is_asked_for_again_and_both_are_taken(either, tmp_path):
    memory = Memory()
    ctx = Context(tmp_path, memory.remember)
    tags = chat_tags(parts(6), backend_of(either), Tagging(backend="hub", n_tags=6), ctx)
    assert len(memory) == 12
    assert all(len(found) == 6 for found in tags)
    whole = {"masks", "lab coats", "test tubes", "ski jump", "figure skating", "ice rink"}
    assert any(set(found) == whole for found in tags)


def test_what_still_lacks_comes_from_the_clusters_keywords(few, ctx):
    tags = chat_tags((material(),), backend_of(few), Tagging(backend="hub", n_tags=4), ctx)[0]
    assert tags[:2] == ("masks", "lab coats")
    assert len(tags) == 4
    assert all(tag in "the elderly wait for the vaccine 接种疫苗 a man in a mask" for tag in tags[2:])


def test_a_cluster_without_texts_gets_no_tags_and_is_not_asked_about(one, tmp_path):
    memory = Memory()
    empty = Material(1, ("  ",), (1.0,), ())
    ctx = Context(tmp_path, memory.remember)
    tags = chat_tags((material(), empty), backend_of(one), SETTINGS, ctx)
    assert tags == (("masks", "lab coats", "test tubes"), ())
    assert len(memory) == 1


def test_answers_are_kept_until_texts_or_settings_change(one, tmp_path):
    memory, notes = Memory(), []
    ctx = Context(tmp_path, memory.remember, progress=lambda done, total, note: notes.append(note))
    chat_tags(parts(2), backend_of(one), SETTINGS, ctx)
    assert len(memory) == 2
    assert any("loading" in note for note in notes)
    notes.clear()
    chat_tags(parts(2), backend_of(one), SETTINGS, ctx)
    assert not any("loading" in note for note in notes)
    changes = (
        Tagging("hub", 3, temperature=0.5),
        Tagging("hub", 3, seed=1),
        Tagging("hub", 2),
    )
    for n, settings in enumerate(changes, 2):
        chat_tags(parts(2), backend_of(one), settings, ctx)
        assert len(memory) == 2 * n
    chat_tags((material(0, "another text"),), backend_of(one), SETTINGS, ctx)
    assert len(memory) == 9


def test_progress_rises_with_each_cluster_and_draw(one, tmp_path):
    told: list[float] = []
    ctx = Context(tmp_path, Memory().remember, lambda done, total, note: told.append(done / total))
    chat_tags(parts(3), backend_of(one), replace(SETTINGS, n_draws=2), ctx)
    assert told == sorted(told)
    assert {0.0, 1 / 6, 5 / 6} <= set(told)


def test_a_stop_comes_through_while_the_model_writes(tmp_path):
    folder = tiny_models.save_chat(tmp_path / "endless", [ONE], is_endless=True, max_tokens=4096)
    notes: list[str] = []

    def stop_while_it_writes(done: int, total: int, note: str) -> None:
        notes.append(note)
        if not note.endswith((": 0 pieces written", "model")) and "loading" not in note:
            raise Cancelled

    memory = Memory()
    ctx = Context(tmp_path, memory.remember, progress=stop_while_it_writes)
    settings = Tagging(backend="hub", n_tags=MAX_TAGS)
    with pytest.raises(Cancelled):
        chat_tags(parts(1), backend_of(folder), settings, ctx)
    n_written = int(notes[-1].split()[-3])
    assert 0 < n_written < MAX_TAGS * 24
    assert memory == {}


def test_a_chat_model_with_too_little_room_is_told_in_words(tmp_path, ctx):
    folder = tiny_models.save_chat(tmp_path / "short", [ONE], max_tokens=400)
    with pytest.raises(AnalysisError, match="reads no more than 400 tokens"):
        chat_tags(parts(1), backend_of(folder), SETTINGS, ctx)


def test_a_long_cluster_is_cut_to_the_models_room(one, ctx):
    long = Material(0, tuple(f"segment {n} " + "字" * 50 for n in range(200)), (1.0,) * 200, ())
    assert chat_tags((long,), backend_of(one), SETTINGS, ctx) == (("masks", "lab coats", "test tubes"),)


def test_a_model_that_does_not_chat_is_told_in_words(tmp_path, ctx):
    folder = tmp_path / "blip"
    folder.mkdir()
    tiny_models.save_blip(folder)
    with pytest.raises(AnalysisError, match="cannot be loaded"):
        chat_tags(parts(1), backend_of(folder), SETTINGS, ctx)


def test_a_model_that_is_not_here_is_told_with_the_way_to_get_it(ctx):
    with pytest.raises(AnalysisError, match="nobody/nothing is not on this machine"):
        chat_tags(parts(1), backends.find("tags", "hub:nobody/nothing"), SETTINGS, ctx)


def test_weights_that_are_no_numbers_are_told_in_words(one, tmp_path, ctx):
    folder = Path(shutil.copytree(one, tmp_path / "model"))
    model = LlamaForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        model.lm_head.weight.fill_(float("nan"))
    model.save_pretrained(folder)
    with pytest.raises(AnalysisError, match=r"cannot name tags \(.*choose another backend for tags"):
        chat_tags(parts(1), backend_of(folder), SETTINGS, ctx)


@pytest.mark.parametrize(
    ("device", "free_bytes", "dtype"),
    [
        ("cuda", 10**12, torch.bfloat16),
        ("mps", 10**12, torch.bfloat16),
        ("cpu", 8 * 10**9, torch.float32),
        ("cpu", 5 * 10**9, torch.bfloat16),
    ],
)
def test_the_precision_is_chosen_by_device_and_memory(device, free_bytes, dtype):
    assert choose_dtype(15 * 10**8, device, free_bytes) == dtype


def test_each_draw_has_dice_of_its_own_and_the_first_one_stays(either, ctx):
    one_draw = chat_tags(parts(6), backend_of(either), SETTINGS, ctx)
    many = asked_tags(parts(6), tag_model(backend_of(either)), replace(SETTINGS, n_draws=4), "use", ctx)
    assert tuple(found.draws[0] for found in many) == one_draw
    assert all(len(found.draws) == 4 for found in many)
    assert any(len(set(found.draws)) == 2 for found in many)


def test_tags_tell_whether_the_model_or_the_keywords_gave_them(few, ctx):
    (found,) = asked_tags((material(),), tag_model(backend_of(few)), replace(SETTINGS, n_tags=4), "use", ctx)
    assert found.sources == ("model", "model", "keywords", "keywords")


def test_how_much_of_a_long_cluster_was_read_is_told(one, ctx):
    long = Material(0, tuple(f"segment {n} " + "字" * 50 for n in range(200)), (1.0,) * 200, ())
    cut, whole = (
        asked_tags((part,), tag_model(backend_of(one)), SETTINGS, "use", ctx)[0]
        for part in (long, material())
    )
    assert 0 < cut.share_read < 0.5
    assert whole.share_read == 1


def test_a_model_is_asked_for_english_where_no_dictionary_has_it(tmp_path, ctx):
    # Whatever it is asked, it gives the same numbered list: so its own tags come back as the English.
    folder = tiny_models.save_chat(tmp_path / "spanish", ["1. masks\n2. lab coats\n3. test tubes"])
    model = tag_model(backend_of(folder))
    (found,) = asked_tags((material(),), model, SETTINGS, "use", ctx, has_glosses=True)
    assert found.glosses == ("masks", "lab coats", "test tubes")
