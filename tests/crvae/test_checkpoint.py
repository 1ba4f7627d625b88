"""A training on disk goes on as if it never stopped; whatever else lies there is refused in a sentence."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from crvae.checkpoint import INDEX, BadCheckpoint, load, load_model, save, save_model
from crvae.config import TrainingConfig
from crvae.training import TrainingState, encode, fit, start
from tests.crvae import small


def trained(n_epochs: int, config: TrainingConfig = small.TRAINING) -> TrainingState:
    dataset = small.drawn()
    state = start(dataset, small.MODEL, config, "cpu")
    for metrics in fit(state, dataset):
        if metrics.epoch == n_epochs:
            break
    return state


def tensors_of(folder: Path) -> Path:
    (path,) = folder.glob("*.safetensors")
    return path


def change_index(folder: Path, **changes: object) -> None:
    index = json.loads((folder / INDEX).read_text())
    (folder / INDEX).write_text(json.dumps(index | changes))


@pytest.fixture(params=["full", "factored"])
def config(request: pytest.FixtureRequest) -> TrainingConfig:
    return replace(small.TRAINING, moments=request.param)


@pytest.fixture
def folder(tmp_path: Path, config: TrainingConfig) -> Path:
    """A checkpoint after two of four epochs."""
    save(trained(2, config), tmp_path / "a" / "checkpoint")
    return tmp_path / "a" / "checkpoint"


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    save_model(trained(1).model, tmp_path / "b" / "model.safetensors")
    return tmp_path / "b" / "model.safetensors"


# Trainings


def test_a_training_comes_back_with_every_weight_and_every_moment_of_its_optimiser(
    folder: Path, config: TrainingConfig
):
    found, kept = load(folder, "cpu"), trained(2, config)
    torch.testing.assert_close(found.model.state_dict(), kept.model.state_dict(), rtol=0, atol=0)
    memories = [state.optimizer.tensors() for state in (found, kept)]
    assert memories[0]
    torch.testing.assert_close(*memories, rtol=0, atol=0)


def test_a_training_read_back_takes_the_steps_of_one_that_never_stopped(folder: Path, config: TrainingConfig):
    dataset, state, whole = small.drawn(), load(folder, "cpu"), trained(4, config)
    assert [metrics.epoch for metrics in fit(state, dataset)] == [3, 4]
    # Tensors that were read lie elsewhere in memory, which changes how sums round.
    assert [m.total for m in state.history] == pytest.approx([m.total for m in whole.history], rel=1e-4)


def test_a_training_read_back_knows_where_it_stands(folder: Path, config: TrainingConfig):
    state = load(folder, "cpu")
    assert (state.epoch, len(state.history), state.config) == (2, 2, config)
    assert state.model.config == small.MODEL


def test_a_training_that_has_not_begun_is_kept_too(tmp_path: Path):
    save(start(small.drawn(), small.MODEL, small.TRAINING, "cpu"), tmp_path)
    assert len(list(fit(load(tmp_path, "cpu"), small.drawn()))) == small.TRAINING.epochs


def test_the_next_checkpoint_takes_the_place_of_the_last(folder: Path):
    save(trained(3), folder)
    assert load(folder, "cpu").epoch == 3
    assert sorted(path.name for path in folder.iterdir()) == [INDEX, "epoch-00003.safetensors"]


def test_a_crash_before_the_index_is_replaced_leaves_the_last_checkpoint_whole(folder: Path):
    (folder / "epoch-00003.safetensors").write_bytes(b"half")
    (folder / f"{INDEX}.partial").write_bytes(b"{")
    assert load(folder, "cpu").epoch == 2


def test_what_a_crash_left_is_cleared_by_the_next_checkpoint(folder: Path):
    (folder / "epoch-00009.safetensors").write_bytes(b"half")
    save(trained(3), folder)
    assert tensors_of(folder).name == "epoch-00003.safetensors"


def without_index(folder: Path) -> None:
    (folder / INDEX).unlink()


def without_tensors(folder: Path) -> None:
    tensors_of(folder).unlink()


def cut_tensors(folder: Path) -> None:
    tensors_of(folder).write_bytes(tensors_of(folder).read_bytes()[:-100])


def cut_index(folder: Path) -> None:
    (folder / INDEX).write_text((folder / INDEX).read_text()[:50])


def index_of_nothing(folder: Path) -> None:
    (folder / INDEX).write_text("[]")


def another_version(folder: Path) -> None:
    change_index(folder, format="crvae-0")


def another_setting(folder: Path) -> None:
    change_index(folder, training={"colour": "red"})


def endless_epoch(folder: Path) -> None:
    change_index(folder, epoch=float("inf"))


def more_epochs_than_figures(folder: Path) -> None:
    change_index(folder, epoch=3)


def figures_that_are_no_numbers(folder: Path) -> None:
    history = json.loads((folder / INDEX).read_text())["history"]
    change_index(folder, history=[row | {"total": "low"} for row in history])


def nested_without_end(folder: Path) -> None:
    (folder / INDEX).write_text("[" * 100_000)


def moments_of_another_size(folder: Path) -> None:
    path = tensors_of(folder)
    tensors = load_file(path)
    name = next(name for name in tensors if name.endswith("exp_avg"))
    save_file(tensors | {name: torch.zeros(1)}, path, {"format": "crvae-2"})


def another_size(folder: Path) -> None:
    change_index(folder, model={"latent": 8})


@pytest.mark.parametrize(
    "damage",
    [
        without_index,
        without_tensors,
        cut_tensors,
        cut_index,
        index_of_nothing,
        another_version,
        another_setting,
        another_size,
        endless_epoch,
        more_epochs_than_figures,
        figures_that_are_no_numbers,
        nested_without_end,
        moments_of_another_size,
    ],
)
def test_a_checkpoint_that_is_not_whole_is_refused(folder: Path, damage: Callable[[Path], None]):
    damage(folder)
    with pytest.raises(
        BadCheckpoint, match=r"(?s)no training can be resumed from here \(.*\)\. Start it anew"
    ):
        load(folder, "cpu")


# Models


def test_a_model_read_back_encodes_alike(model_file: Path):
    model, dataset = load_model(model_file, "cpu"), small.drawn()
    assert not model.training
    # Rounding alone: the tensors lie elsewhere in memory.
    np.testing.assert_allclose(encode(model, dataset).mu, encode(trained(1).model, dataset).mu, atol=1e-6)


def test_a_model_read_back_can_be_trained_on(model_file: Path):
    model = load_model(model_file, "cpu")
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_reading_a_model_leaves_the_callers_random_numbers_alone(model_file: Path):
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    load_model(model_file, "cpu")
    assert torch.equal(torch.rand(1), expected)


def test_a_model_that_is_missing_is_refused(tmp_path: Path):
    with pytest.raises(BadCheckpoint, match=r"no model of this program .* Train it again"):
        load_model(tmp_path / "model.safetensors", "cpu")


@pytest.mark.parametrize(
    "metadata",
    [None, {"format": "pt"}, {"format": "crvae-0", "config": "{}"}, {"format": "crvae-1", "config": "x"}],
)
def test_tensors_of_another_program_or_version_are_refused(
    tmp_path: Path, model_file: Path, metadata: dict[str, str] | None
):
    path = tmp_path / "foreign.safetensors"
    save_file(load_model(model_file, "cpu").state_dict(), path, metadata)
    with pytest.raises(BadCheckpoint, match="no model of this program"):
        load_model(path, "cpu")


def test_a_pickle_named_like_a_model_is_not_opened(tmp_path: Path):
    torch.save({"weights": torch.zeros(2)}, tmp_path / "model.safetensors")
    with pytest.raises(BadCheckpoint, match="no model of this program"):
        load_model(tmp_path / "model.safetensors", "cpu")


def test_a_lack_of_memory_is_no_damage(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("crvae.checkpoint._read_tensors", full)
    with pytest.raises(torch.OutOfMemoryError):
        load(folder, "cpu")
