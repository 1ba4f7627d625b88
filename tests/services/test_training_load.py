"""What a training asks of the machine, reckoned or measured."""

import dataclasses
from typing import get_args

import pytest

from crvae.config import PRESETS, Family
from services.model_size import model_size
from services.training_load import Measured, lack_of_memory, training_load

STANDARD = PRESETS["standard"]


def loaded(preset: str = "standard", n_pairs: int = 100, **model: object):
    chosen = PRESETS[preset]
    config = dataclasses.replace(chosen.model, **model)  # pyright: ignore[reportArgumentType]
    return training_load(config, chosen.training, n_pairs)


# GB that 4 epochs took at most on a processor in float32, and seconds for a pair in an epoch.
@pytest.mark.parametrize(
    ("preset", "family", "peak_gb", "pair_s"),
    [
        ("quick", "crvae", 1.04, 0.017),
        ("quick", "dense", 1.07, 0.017),
        ("quick", "pure", 1.02, 0.015),
        ("standard", "crvae", 1.89, 0.075),
        ("standard", "dense", 1.93, 0.07),
        ("standard", "pure", 1.16, 0.048),
        ("paper", "crvae", 3.31, 0.095),
        ("paper", "dense", 4.30, 0.107),
    ],
)
def test_memory_and_time_are_about_what_was_measured(
    preset: str, family: Family, peak_gb: float, pair_s: float
):
    load = loaded(preset, family=family)
    # Never less; more by the copy in bfloat16 that other processors take.
    assert 0.95 * peak_gb < load.memory_gb < 1.3 * peak_gb
    n_steps = 100 * PRESETS[preset].training.epochs
    assert pair_s / 2 < load.seconds / n_steps < pair_s * 2  # told as "roughly"


def test_time_grows_with_pairs_and_epochs_and_memory_does_not():
    once, twice = loaded(n_pairs=50), loaded(n_pairs=100)
    assert twice.seconds == pytest.approx(2 * once.seconds)
    assert twice.memory_gb == once.memory_gb
    longer = dataclasses.replace(STANDARD.training, epochs=2 * STANDARD.training.epochs)
    assert training_load(STANDARD.model, longer, 50).seconds == pytest.approx(twice.seconds)


def test_words_that_are_written_one_after_another_take_longer_and_a_plain_cell_less():
    assert loaded(teacher_forcing=False).seconds > loaded().seconds > loaded(rnn="rnn").seconds


@pytest.mark.parametrize("family", get_args(Family))
def test_disk_is_that_of_two_checkpoints_and_the_weights_are_kept(family: Family):
    full, factored = loaded("paper", family=family), loaded("standard", family=family)
    size = model_size(dataclasses.replace(STANDARD.model, family=family))
    assert full.kept_gb == factored.kept_gb == pytest.approx(4 * size.total / 1e9)
    assert full.disk_gb == pytest.approx(6 * full.kept_gb)
    assert factored.disk_gb == pytest.approx(2 * (4 * size.wide + 12 * size.others) / 1e9)


def test_an_earlier_run_s_speed_comes_before_the_reckoned_one():
    measured = Measured(pair_s=0.5, device="NVIDIA H100")
    load = training_load(STANDARD.model, STANDARD.training, 10, measured)
    assert load.seconds == pytest.approx(STANDARD.training.epochs * 10 * 0.5)
    assert load.measured_on == "NVIDIA H100"
    assert loaded().measured_on == ""


def test_memory_that_is_not_there_is_warned_of_with_both_figures():
    assert lack_of_memory(3.5, 4_000_000_000) == ""
    told = lack_of_memory(3.5, 2_000_000_000)
    assert told.startswith("This training needs about 3.5 GB of memory, and 2.0 GB are free on this machine")
