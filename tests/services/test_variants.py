"""A project takes any variant of the model, and each goes through the stages up to the clusters."""

import dataclasses
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from crvae.config import Family, ModelConfig, Rnn, TextEncoding, TrainingConfig
from services import choose, stages
from services.errors import AnalysisError
from services.export_tables import training_csv
from services.recipe import Project, Recipe, Source, TranscriptChoice
from services.variants import (
    FAMILY_TITLES,
    FAMILY_USES,
    RNN_TITLES,
    TEXT_ENCODER_TITLES,
    Variant,
    variant_name,
    variant_of,
    with_model,
    with_training,
)
from tests.services.small_training import N_PAIRS, open_at, small_project

VARIANTS = {
    "crvae": Variant(),
    "own words": Variant(teacher_forcing=False),
    "rnn": Variant(rnn="rnn"),
    "rnn, own words": Variant(rnn="rnn", teacher_forcing=False),
    "transformer": Variant(text_encoder="transformer"),
    "denoising": Variant(denoising=0.3),
    "dense": Variant("dense"),
    "pure": Variant("pure"),
}


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """These models are so small that threads only wait for each other."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.mark.parametrize("warm_start", [0.0, 0.5], ids=["plain", "parts first"])
@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_a_model_is_trained_encodes_and_is_clustered(tmp_path: Path, variant: Variant, warm_start: float):
    ws = open_at(tmp_path / "ws")
    recipe = with_model(small_project(ws, "a", epochs=4), variant).left
    recipe = dataclasses.replace(recipe, training=dataclasses.replace(recipe.training, warm_start=warm_start))
    clusters = stages.build(ws.store, recipe, "clusters")
    trained = stages.load(ws.store, recipe, "model")
    latents = stages.load(ws.store, recipe, "latents")
    assert trained.model.family == variant.family
    assert len(trained.history) == 4
    assert np.isfinite(latents.mu).all()
    assert len(clusters.labels) == len(latents.mu) == N_PAIRS
    figures = [line.split(b",") for line in training_csv(trained.history).splitlines()[1:]]
    assert all(np.isfinite(float(figure)) for row in figures for figure in row)


def test_each_variant_has_results_of_its_own(tmp_path: Path):
    project = small_project(open_at(tmp_path / "ws"), "a", epochs=4)
    recipes = [with_model(project, variant).left for variant in VARIANTS.values()]
    assert len({stages.key(recipe, "model") for recipe in recipes}) == len(VARIANTS)


# The choice


def recipe(digest: str) -> Recipe:
    return Recipe(
        Source("file", digest),
        TranscriptChoice(),
        model=ModelConfig(word_vector_size=50),
        training=TrainingConfig(seed=7),
    )


PROJECT = Project("p", "Moon", recipe("left"), recipe("right"))


def test_another_model_changes_model_and_training_of_both_videos_alone():
    variant = Variant(rnn="rnn", teacher_forcing=False, text_encoder="transformer", denoising=0.3)
    project = with_model(PROJECT, variant)
    for side in (project.left, project.right):
        before = recipe(side.source.digest)
        assert dataclasses.replace(side, model=before.model, training=before.training) == before
        assert variant_of(side) == variant
        assert (side.model.word_vector_size, side.training.seed) == (50, 7)
    back = with_model(project, Variant())
    assert (back.left, back.right) == (PROJECT.left, PROJECT.right)


@pytest.mark.parametrize("family", ["dense", "pure"])
def test_a_model_of_pictures_alone_has_one_recipe_whatever_was_chosen_for_words(family: Family):
    project = with_model(PROJECT, Variant(family, rnn="rnn", denoising=0.5))
    assert variant_of(project.left) == Variant(family)


def test_the_paper_s_preset_gives_each_family_its_own_epochs():
    project = choose.with_preset(PROJECT, "paper")
    for family, epochs in (("dense", 300), ("pure", 100), ("crvae", 500)):
        project = with_model(project, Variant(family))
        assert (project.left.training.epochs, project.right.training.epochs) == (epochs, epochs)


def test_epochs_given_by_hand_outlast_another_model():
    project = with_model(choose.with_preset(PROJECT, "paper", epochs=9), Variant("dense"))
    assert project.left.training.epochs == 9


def test_a_denoising_out_of_range_is_told_with_the_range():
    with pytest.raises(AnalysisError, match=r"denoising is 2, expected in \[0, 1\]\. Choose a value"):
        with_model(PROJECT, Variant(denoising=2))


def test_every_family_has_a_title():
    assert set(FAMILY_TITLES) == set(get_args(Family))


@pytest.mark.parametrize(("epochs", "seed"), [(0, 0), (100_001, 0), (10, -1), (10, 2**31)])
def test_epochs_and_seeds_out_of_range_are_refused_with_the_range(epochs: int, seed: int):
    with pytest.raises(AnalysisError, match="Choose 1 to 100000 epochs and a seed from 0 to 2147483647"):
        with_training(PROJECT, epochs=epochs, seed=seed)


def test_epochs_and_seed_are_set_for_both_videos_and_nothing_else():
    project = with_training(PROJECT, epochs=12, seed=3)
    for side in (project.left, project.right):
        assert (side.training.epochs, side.training.seed) == (12, 3)
        back = dataclasses.replace(side, training=recipe(side.source.digest).training)
        assert back == recipe(side.source.digest)


def test_a_variant_s_name_tells_what_differs_from_the_paper_s_best():
    assert variant_name(Variant()) == "CRVAE, LSTM"
    assert variant_name(Variant("dense")) == "Dense CVAE"
    other = Variant(rnn="rnn", teacher_forcing=False, text_encoder="transformer", denoising=0.3)
    assert variant_name(other) == "CRVAE, Plain RNN, no teacher forcing, Transformer reads, 30% hidden"


def test_every_choice_has_a_line_that_says_what_it_is_for():
    assert set(FAMILY_USES) == set(get_args(Family))
    assert (set(RNN_TITLES), set(TEXT_ENCODER_TITLES)) == (set(get_args(Rnn)), set(get_args(TextEncoding)))
