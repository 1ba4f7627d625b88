"""Every kind of model goes through the stages, from the data set to the clusters."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from services import choose, stages
from services.choose import Variant
from services.export_tables import training_csv
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
    recipe = choose.with_model(small_project(ws, "a", epochs=4), variant).left
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
    recipes = [choose.with_model(project, variant).left for variant in VARIANTS.values()]
    assert len({stages.key(recipe, "model") for recipe in recipes}) == len(VARIANTS)
