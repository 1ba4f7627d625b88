"""Projects whose training is small: a real data set in the store, a model of a few thousand weights."""

from pathlib import Path

import numpy as np

from crvae.config import ModelConfig, TrainingConfig
from crvae.ranges import EPOCHS_MAX
from crvae.records import EmbeddedDataset, Latents
from services.projects import Projects
from services.recipe import ClusterChoice, Project, Recipe, Source, TranscriptChoice
from services.store import Store
from services.workspace import Workspace
from tests.filled import put

SMALL = ModelConfig(height_px=16, width_px=24, channels=2, hidden=4, rnn_layers=1, fused=16, latent=4)
N_PAIRS, N_WORDS, WORD_VECTOR_SIZE = 12, 3, 8
LONG = EPOCHS_MAX  # does not end by itself within a test


def open_at(root: Path) -> Workspace:
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Workspace(root, Store(root / "cache"), Projects(root / "projects.sqlite"))


def small_dataset(n_pairs: int = N_PAIRS, height_px: int = SMALL.height_px) -> EmbeddedDataset:
    """Pictures in two colours with two sets of words: a scene for each half."""
    rng = np.random.default_rng(0)
    halves = np.arange(n_pairs) >= n_pairs // 2
    images = np.where(halves[:, None, None, None], 200, 60) + rng.integers(
        0, 20, (n_pairs, 3, height_px, SMALL.width_px)
    )
    words = np.where(halves[:, None, None], 1.0, -1.0) + rng.normal(
        0, 0.2, (n_pairs, N_WORDS, WORD_VECTOR_SIZE)
    )
    return EmbeddedDataset(
        images=images.astype(np.uint8),
        word_vectors=words.astype(np.float32),
        lengths=np.full(n_pairs, N_WORDS, dtype=np.int64),
        tokens=tuple(("a", "b", "c") for _ in range(n_pairs)),
        unknown=0.0,
    )


def small_recipe(name: str, epochs: int) -> Recipe:
    training = TrainingConfig(epochs=epochs, batch_size=4, learning_rate=1e-3, gradient_clip=0)
    return Recipe(
        source=Source("file", digest=name),
        transcript=TranscriptChoice(digest=name),
        model=SMALL,
        training=training,
        clustering=ClusterChoice(k=2),
    )


def small_project(ws: Workspace, name: str, epochs: int, dataset: EmbeddedDataset | None = None) -> Project:
    """A project of its own for each name, data sets in the store, nothing trained."""
    left, right = small_recipe(f"{name}-left", epochs), small_recipe(f"{name}-right", epochs)
    for recipe in (left, right):
        put(ws.store, recipe, "dataset", dataset or small_dataset())
    return ws.projects.add(Project(project_id="", topic=name, left=left, right=right))


def put_latents(ws: Workspace, recipe: Recipe) -> None:
    mu = np.random.default_rng(0).normal(size=(N_PAIRS, SMALL.latent)).astype(np.float32)
    put(ws.store, recipe, "latents", Latents(mu))
