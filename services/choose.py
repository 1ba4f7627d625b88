"""A project with one of the analyst's choices changed; the change is not stored yet."""

import dataclasses

from crvae.config import PRESETS
from crvae.records import KRecommendation, KSweep
from services.errors import AnalysisError
from services.recipe import (
    SIDES,
    ClusterChoice,
    Describing,
    PairEdit,
    Project,
    Recipe,
    Sampling,
    Side,
    TagEdit,
)

PRESET_TITLES = {name: preset.title for name, preset in PRESETS.items()}


def with_topic(project: Project, topic: str) -> Project:
    if not topic.strip():
        raise AnalysisError("The topic is empty. Write a few words that say what both videos are about.")
    return dataclasses.replace(project, topic=topic.strip())


def with_interval(project: Project, interval_s: float) -> Project:
    """Raises AnalysisError for an interval that is too short or too long."""
    try:
        sampling = Sampling(interval_s)
    except ValueError as e:
        raise AnalysisError(
            f"One frame every {interval_s:g} s cannot be sampled. Choose between 0.04 and 600 seconds."
        ) from e
    return _both(project, sampling=sampling)


def with_preset(project: Project, name: str, epochs: int | None = None) -> Project:
    """Both videos with the preset's model and training; epochs: None takes the preset's."""
    preset = PRESETS[name]
    changed = dataclasses.replace(project, preset=name)
    for side in SIDES:
        recipe = changed.recipe(side)
        model = dataclasses.replace(preset.model, word_vector_size=recipe.model.word_vector_size)
        training = dataclasses.replace(
            preset.training, epochs=epochs or preset.training.epochs, seed=recipe.training.seed
        )
        changed = changed.with_recipe(side, dataclasses.replace(recipe, model=model, training=training))
    return changed


def with_edits(project: Project, side: Side, edits: tuple[PairEdit, ...]) -> Project:
    return _one(project, side, edits=edits)


def with_k(project: Project, side: Side, k: int) -> Project:
    return _one(project, side, clustering=ClusterChoice(k, project.recipe(side).clustering.seed))


def recommended(sweep: KSweep) -> KRecommendation:
    """The K to begin with, and why; it is shown, never taken by itself."""
    from crvae.clustering import recommend_k

    return recommend_k(sweep)


def with_tag_backends(project: Project, describing: str, tagging: str) -> Project:
    """Both videos described and tagged by these backends (names of services.backends)."""
    for side in SIDES:
        recipe = project.recipe(side)
        project = _one(
            project,
            side,
            describing=Describing(describing, recipe.describing.prompt),
            tagging=dataclasses.replace(recipe.tagging, backend=tagging),
        )
    return project


def with_tag_edits(project: Project, side: Side, edits: tuple[TagEdit, ...]) -> Project:
    """The edits added to those made before."""
    return _one(project, side, tag_edits=(*project.recipe(side).tag_edits, *edits))


def _one(project: Project, side: Side, **fields: object) -> Project:
    return project.with_recipe(side, _replaced(project.recipe(side), **fields))


def _both(project: Project, **fields: object) -> Project:
    for side in SIDES:
        project = _one(project, side, **fields)
    return project


def _replaced(recipe: Recipe, **fields: object) -> Recipe:
    return dataclasses.replace(recipe, **fields)  # pyright: ignore[reportArgumentType]
