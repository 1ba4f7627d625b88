"""Does the picture hold with other settings? The same comparison made otherwise, and how alike it is."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crvae.records import Clustering
from services import backends
from services.measures import MEASURES
from services.recipe import SIDES, Comparing, Project, Recipe
from services.stages import have_comparison, load, load_comparison
from services.store import Store

N_MOMENTS = 80  # of each video, evenly spread: 6,400 pairs of moments
Change = Callable[[Recipe], Recipe]


@dataclass(frozen=True, slots=True)
class Variation:
    """The project with one setting changed. name: literal, for keys of widgets."""

    name: str
    title: str
    project: Project


@dataclass(frozen=True, slots=True)
class Agreement:
    """tau: Kendall's tau-b of the two orders, in [-1, 1]; nan where one of them has no order."""

    variation: Variation
    tau: float
    n_moments: int


def variations(project: Project) -> tuple[Variation, ...]:
    """What can be tried on this machine, one setting at a time."""
    return tuple(Variation(name, title, changed) for name, title, changed in _changed(project))


def agreement(store: Store, project: Project, variation: Variation) -> Agreement | None:
    """How alike the orders are; None when the variation is not computed.

    K may differ, so pairs of moments are compared in place of cells: a moment of the left and one of the
    right video are as alike as the clusters in which they lie. Raises StageMissing without the comparison.
    """
    if not have_comparison(store, variation.project):
        return None
    ours, theirs = (_implied(store, each) for each in (project, variation.project))
    return Agreement(variation, _tau(ours, theirs), min(N_MOMENTS, *ours.shape))


def _implied(store: Store, project: Project) -> NDArray[np.float64]:
    """(n, m) similarity of each of n left with each of m right moments; nan for moments in no cluster."""
    similarity = load_comparison(store, project).similarity.astype(np.float64)
    labels = [_spread(load(store, recipe, "clusters")) for recipe in (project.left, project.right)]
    implied = similarity[np.ix_(*labels)]
    implied[labels[0] < 0] = np.nan
    implied[:, labels[1] < 0] = np.nan
    return implied


def _spread(clustering: Clustering) -> NDArray[np.int32]:
    """At most N_MOMENTS of the labels, evenly spread; the same pairs whatever the clusters are."""
    n = len(clustering.labels)
    at = np.arange(n) if n <= N_MOMENTS else np.linspace(0, n - 1, N_MOMENTS).round().astype(int)
    return clustering.labels[at]


def _tau(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    from scipy.stats import kendalltau

    if ours.shape != theirs.shape:
        return float("nan")
    known = np.isfinite(ours) & np.isfinite(theirs)
    if known.sum() < 2:
        return float("nan")
    result: Any = kendalltau(ours[known], theirs[known])
    return float(result.statistic)


def _changed(project: Project) -> Iterator[tuple[str, str, Project]]:
    """Name, title and project of each variation."""
    ks = [project.recipe(side).clustering.k for side in SIDES]
    if None not in ks:
        for step, word in ((-1, "one cluster fewer"), (1, "one cluster more")):
            if all(k is not None and k + step >= 2 for k in ks):
                yield f"k{step:+d}", f"K: {word} on both sides", _with_k(project, step)
    yield "cluster_seed", "Seed of the clusters", _both(project, _other_seed)
    yield "training_seed", "Seed of the training (trains both videos again)", _both(project, _other_training)
    for measure, text in MEASURES.items():
        if measure != project.comparing.measure:
            comparing = dataclasses.replace(project.comparing, measure=measure)
            yield f"measure_{measure}", f"Measure: {text.title}", _comparing(project, comparing)
    for backend in backends.of_role("phrases"):
        if backend.name != project.comparing.phrases and backends.is_present(backend):
            comparing = dataclasses.replace(project.comparing, phrases=backend.name)
            yield (
                f"phrases_{backend.name}",
                f"Phrase vectors: {backend.title}",
                _comparing(project, comparing),
            )
    for backend in backends.of_role("tags"):
        if backend.name != project.left.tagging.backend and backends.is_present(backend):
            yield f"tags_{backend.name}", f"Tags: {backend.title}", _tagged_by(project, backend.name)


def _with_k(project: Project, step: int) -> Project:
    for side in SIDES:
        recipe = project.recipe(side)
        k = (recipe.clustering.k or 0) + step
        choice = dataclasses.replace(recipe.clustering, k=k)
        project = project.with_recipe(side, dataclasses.replace(recipe, clustering=choice))
    return project


def _other_seed(recipe: Recipe) -> Recipe:
    choice = dataclasses.replace(recipe.clustering, seed=recipe.clustering.seed + 1)
    return dataclasses.replace(recipe, clustering=choice)


def _other_training(recipe: Recipe) -> Recipe:
    training = dataclasses.replace(recipe.training, seed=recipe.training.seed + 1)
    return dataclasses.replace(recipe, training=training)


def _tagged_by(project: Project, backend: str) -> Project:
    return _both(
        project,
        lambda recipe: dataclasses.replace(
            recipe, tagging=dataclasses.replace(recipe.tagging, backend=backend)
        ),
    )


def _both(project: Project, change: Change) -> Project:
    for side in SIDES:
        project = project.with_recipe(side, change(project.recipe(side)))
    return project


def _comparing(project: Project, comparing: Comparing) -> Project:
    return dataclasses.replace(project, comparing=comparing)
