"""Training as a stage: checkpoints, resuming, sentences."""

import base64
import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from crvae.config import TrainingConfig
from services import codec
from services.context import Context
from services.errors import AnalysisError, Cancelled
from services.records import TrainedModel
from services.train import Pace, encode, kept_history, train
from tests.services.small_training import N_PAIRS, SMALL, WORD_VECTOR_SIZE, small_dataset

TRAINING = TrainingConfig(epochs=6, batch_size=4, learning_rate=1e-3, gradient_clip=0)


class Listener:
    """Hears what a training tells, and stops it after an epoch if asked to."""

    def __init__(self, stop_after: int | None = None):
        self.stop_after = stop_after
        self.events: list[dict[str, Any]] = []

    def progress(self, done: int, total: int, note: str) -> None:
        if done == self.stop_after:
            raise Cancelled

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["kind"] == kind]


def context(folder: Path, listener: Listener) -> Context:
    folder.mkdir(exist_ok=True)
    return Context(folder, lambda name, compute: compute(), listener.progress, listener.events.append)


def test_a_training_gives_a_model_whose_word_vectors_have_the_size_of_the_data(tmp_path: Path):
    trained = train(small_dataset(), SMALL, TRAINING, context(tmp_path / "a", Listener()))
    assert trained.model.word_vector_size == WORD_VECTOR_SIZE
    assert [metrics.epoch for metrics in trained.history] == [1, 2, 3, 4, 5, 6]


def test_each_epoch_is_told_with_its_losses(tmp_path: Path):
    listener = Listener()
    trained = train(small_dataset(), SMALL, TRAINING, context(tmp_path / "a", listener))
    told = [
        {name: value for name, value in event.items() if name != "kind"} for event in listener.of("epoch")
    ]
    assert told == [dataclasses.asdict(metrics) for metrics in trained.history]


def test_the_preview_shows_originals_above_reconstructions(tmp_path: Path):
    listener = Listener()
    train(small_dataset(), SMALL, TRAINING, context(tmp_path / "a", listener))
    jpeg = base64.b64decode(listener.of("preview")[0]["jpeg_b64"])
    picture = np.asarray(Image.open(io.BytesIO(jpeg))).astype(int)
    top = picture[: len(picture) // 2]
    assert picture.shape[1] == 800  # 8 frames of 100 pixels
    assert top[:, 700:].mean() - top[:, :100].mean() > 100  # the bright half of the data comes last


def test_what_the_preview_says_of_sentences_comes_with_it(tmp_path: Path):
    listener = Listener()
    train(small_dataset(), SMALL, TRAINING, context(tmp_path / "a", listener))
    told = listener.of("preview")[0]
    assert [sentence["words"] for sentence in told["sentences"]] == [["a", "b", "c"]] * 4
    assert told["epoch"] == 1


def test_the_machine_is_told_before_the_first_epoch(tmp_path: Path):
    listener = Listener()
    train(small_dataset(), SMALL, TRAINING, context(tmp_path / "a", listener))
    assert [event["kind"] for event in listener.events[:3]] == ["history", "machine", "epoch"]
    machine = listener.of("machine")[0]
    assert machine["precision"] in ("float32", "bfloat16")
    assert machine["device"]
    assert machine["memory_gb"] > 0.05


def test_the_finished_model_keeps_its_last_preview_and_what_it_took(tmp_path: Path):
    trained = train(small_dataset(), SMALL, TRAINING, context(tmp_path / "a", Listener()))
    assert trained.preview
    assert trained.preview.read_bytes().startswith(b"\xff\xd8")
    assert [len(sentence.said) for sentence in trained.sentences] == [3] * 4
    assert trained.precision in ("float32", "bfloat16")
    assert trained.peak_memory_gb > 0.05


def test_a_model_that_an_earlier_version_stored_is_still_read(tmp_path: Path):
    trained = train(small_dataset(), SMALL, TRAINING, context(tmp_path / "a", Listener()))
    stored = codec.encode(trained, tmp_path / "a")
    for name in ("precision", "peak_memory_gb", "preview", "sentences"):
        del stored[name]
    read = codec.decode(TrainedModel, stored, tmp_path / "a")
    assert (read.history, read.preview, read.sentences) == (trained.history, None, ())


def test_a_stopped_training_goes_on_where_it_stopped_and_ends_as_if_it_had_not_stopped(tmp_path: Path):
    folder = tmp_path / "stopped"
    with pytest.raises(Cancelled):
        train(small_dataset(), SMALL, TRAINING, context(folder, Listener(stop_after=4)))
    listener = Listener()
    resumed = train(small_dataset(), SMALL, TRAINING, context(folder, listener))
    straight = train(small_dataset(), SMALL, TRAINING, context(tmp_path / "straight", Listener()))
    assert [event["epoch"] for event in listener.of("epoch")] == [5, 6]
    # The same seeds give the same numbers up to the order of sums in parallel kernels.
    assert resumed.history[-1].total == pytest.approx(straight.history[-1].total, rel=1e-3)


def test_the_epochs_before_a_stop_are_told_first_after_it(tmp_path: Path):
    with pytest.raises(Cancelled):
        train(small_dataset(), SMALL, TRAINING, context(tmp_path / "a", Listener(stop_after=4)))
    listener = Listener()
    train(small_dataset(), SMALL, TRAINING, context(tmp_path / "a", listener))
    assert [epoch["epoch"] for epoch in listener.events[0]["epochs"]] == [1, 2, 3, 4]


def test_the_kept_history_is_that_of_the_checkpoint(tmp_path: Path):
    with pytest.raises(Cancelled):
        train(small_dataset(), SMALL, TRAINING, context(tmp_path / "a", Listener(stop_after=3)))
    assert [metrics.epoch for metrics in kept_history(tmp_path / "a" / "work")] == [1, 2, 3]


def test_without_a_checkpoint_no_history_is_kept(tmp_path: Path):
    assert kept_history(tmp_path) == ()


def test_a_damaged_checkpoint_starts_the_training_anew(tmp_path: Path):
    with pytest.raises(Cancelled):
        train(small_dataset(), SMALL, TRAINING, context(tmp_path / "a", Listener(stop_after=3)))
    for file in (tmp_path / "a" / "work" / "checkpoint").glob("*.safetensors"):
        file.write_bytes(b"damaged")
    listener = Listener()
    train(small_dataset(), SMALL, TRAINING, context(tmp_path / "a", listener))
    assert listener.of("epoch")[0]["epoch"] == 1


def test_one_pair_is_refused_with_a_sentence(tmp_path: Path):
    with pytest.raises(AnalysisError, match="at least 2 pairs and this video has 1"):
        train(small_dataset(n_pairs=1), SMALL, TRAINING, context(tmp_path / "a", Listener()))


def test_a_training_that_overflows_is_told_in_a_sentence(tmp_path: Path):
    wild = dataclasses.replace(TRAINING, learning_rate=1e30)
    with pytest.raises(AnalysisError, match="leads nowhere"):
        train(small_dataset(), SMALL, wild, context(tmp_path / "a", Listener()))


def test_each_pair_gets_its_latent_vector(tmp_path: Path):
    trained = train(small_dataset(), SMALL, TRAINING, context(tmp_path / "a", Listener()))
    assert encode(trained, small_dataset()).mu.shape == (N_PAIRS, SMALL.latent)


def test_a_pace_is_due_once_and_then_after_its_pause():
    pace = Pace(pause_s=1000, share=0.1)
    pace.next_at = 0.0
    due: list[bool] = []
    for _ in range(2):
        with pace.when_due() as is_due:
            due.append(is_due)
    assert due == [True, False]


def test_a_checkpoint_of_other_settings_is_not_gone_on_with(tmp_path: Path):
    stopped = context(tmp_path / "a", Listener(stop_after=3))
    with pytest.raises(Cancelled):
        train(small_dataset(), SMALL, TRAINING, stopped)
    assert len(kept_history(stopped.work)) == 3
    notes: list[str] = []
    other = dataclasses.replace(TRAINING, seed=7)
    again = dataclasses.replace(stopped, progress=lambda done, total, note: notes.append(note))
    trained = train(small_dataset(), SMALL, other, again)
    assert trained.training.seed == 7
    assert [metrics.epoch for metrics in trained.history] == [1, 2, 3, 4, 5, 6]
    assert "begun again, for its checkpoint is of other settings" in notes[0]
