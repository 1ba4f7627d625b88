"""Does the picture hold with other settings? The same comparison made otherwise, and how alike it is."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crvae.ranges import SEED_MAX
from crvae.records import Clustering, ClusterMethod
from services import backends
from services.cluster_choice import ENCODER_TITLES, METHOD_TITLES, with_encoder, with_method
from services.languages import primary
from services.material import materials
from services.measures import MEASURES
from services.recipe import K_MAX, SIDES, Comparing, Encoder, Project, Recipe, Side
from services.stages import have, have_comparison, load, load_comparison
from services.store import Store
from services.tag_prompt import Question, question_about
from services.taggers import can_read

N_MOMENTS = 80  # of each video, evenly spread: 6,400 pairs of moments
METHODS: tuple[ClusterMethod, ...] = ("kmeans", "ward", "gmm")  # those that take the K that is chosen
ENCODERS: tuple[Encoder, ...] = ("model", "pixels", "features")
_MATERIAL = ("clusters", "pairs", "descriptions")  # what `materials` takes
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


def variations(store: Store, project: Project) -> tuple[Variation, ...]:
    """What can be tried on this machine with these videos, one setting at a time."""
    changed = (*_changed(project), *_tagged_otherwise(store, project))
    return tuple(Variation(name, title, project) for name, title, project in changed)


def agreement(store: Store, project: Project, variation: Variation) -> Agreement | None:
    """How alike the orders are; None when the variation is not computed.

    K may differ, so pairs of moments are compared in place of cells: a moment of the left and one of the
    right video are as alike as the clusters in which they lie. Raises StageMissing without the comparison.
    """
    if not have_comparison(store, variation.project):
        return None
    ours, theirs = (_implied(store, each) for each in (project, variation.project))
    return Agreement(variation, _tau(ours, theirs))


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
    yield from _clustered_otherwise(project)
    if any(project.recipe(side).encoder == "model" for side in SIDES):
        title = "Seed of the training (trains both videos again)"
        yield "training_seed", title, _both(project, _other_training)
    for measure, text in MEASURES.items():
        if measure != project.comparing.measure:
            comparing = dataclasses.replace(project.comparing, measure=measure)
            yield f"measure_{measure}", f"Measure: {text.title}", _comparing(project, comparing)
    if any(primary(project.recipe(side).transcript.language) != "en" for side in SIDES):
        other = dataclasses.replace(project.comparing, in_english=not project.comparing.in_english)
        title = "Tags as they are" if project.comparing.in_english else "Tags by their English"
        yield "in_english", f"What is compared: {title}", _comparing(project, other)
    for backend in backends.of_role("phrases"):
        if backend.name != project.comparing.phrases and backends.is_present(backend):
            comparing = dataclasses.replace(project.comparing, phrases=backend.name)
            yield (
                f"phrases_{backend.name}",
                f"Phrase vectors: {backend.title}",
                _comparing(project, comparing),
            )


def _tagged_otherwise(store: Store, project: Project) -> Iterator[tuple[str, str, Project]]:
    """Other backends for tags that can read both videos; the chat server with the model that it is set to."""
    now = backends.find("tags", project.left.tagging.backend).name
    questions: list[Question] | None = None
    for listed in backends.of_role("tags"):
        backend = backends.find("tags", listed.name)
        if backend.name == now or not backends.is_present(backend):
            continue
        questions = _questions(store, project) if questions is None else questions
        if all(can_read(backend, question) for question in questions):
            yield f"tags_{listed.name}", f"Tags: {backend.title}", _tagged_by(project, backend.name)


def _questions(store: Store, project: Project) -> list[Question]:
    """What a model would be asked about each cluster of both videos; none where that is not known yet."""
    found: list[Question] = []
    for recipe in (project.left, project.right):
        if all(have(store, recipe, stage) for stage in _MATERIAL):
            parts = materials(*(load(store, recipe, stage) for stage in _MATERIAL))
            found += [question_about(part, recipe.tagging.n_tags) for part in parts]
    return found


def _clustered_otherwise(project: Project) -> Iterator[tuple[str, str, Project]]:
    """Another number of clusters, seed, method, and other points; each on both sides."""
    recipes = [project.recipe(side) for side in SIDES]
    ks = [recipe.clustering.k for recipe in recipes]
    methods = {recipe.clustering.method for recipe in recipes}
    if "hdbscan" not in methods:  # it finds its own K
        for step, word in ((-1, "one cluster fewer"), (1, "one cluster more")):
            if all(k is not None and 2 <= k + step <= K_MAX for k in ks):
                changed = _both(project, lambda recipe, step=step: _other_k(recipe, step))
                yield f"k{step:+d}", f"K: {word} on both sides", changed
    if methods & {"kmeans", "gmm"}:  # the others draw nothing
        yield "cluster_seed", "Seed of the clusters", _both(project, _other_seed)
    for method in METHODS if None not in ks else ():
        if methods != {method}:
            changed = _on_both(project, with_method, method)
            yield f"method_{method}", f"How it is clustered: {METHOD_TITLES[method]}", changed
    for encoder in ENCODERS:
        if {recipe.encoder for recipe in recipes} != {encoder}:
            changed = _on_both(project, with_encoder, encoder)
            yield f"encoder_{encoder}", f"What is clustered: {ENCODER_TITLES[encoder]}", changed


def _on_both(project: Project, change: Callable[[Project, Side, Any], Project], value: str) -> Project:
    for side in SIDES:
        project = change(project, side, value)
    return project


def _other_k(recipe: Recipe, step: int) -> Recipe:
    choice = dataclasses.replace(recipe.clustering, k=(recipe.clustering.k or 0) + step)
    return dataclasses.replace(recipe, clustering=choice)


def _other_seed(recipe: Recipe) -> Recipe:
    choice = dataclasses.replace(recipe.clustering, seed=_next(recipe.clustering.seed))
    return dataclasses.replace(recipe, clustering=choice)


def _next(seed: int) -> int:
    return seed + 1 if seed < SEED_MAX else 0


def _other_training(recipe: Recipe) -> Recipe:
    training = dataclasses.replace(recipe.training, seed=_next(recipe.training.seed))
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
