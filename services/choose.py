"""A project with one of the analyst's choices changed; the change is not stored yet."""

import dataclasses
from dataclasses import dataclass

from crvae.config import PAPER_EPOCHS, PRESETS, Family, Rnn, TextEncoding
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
FAMILY_TITLES: dict[Family, str] = {
    "crvae": "CRVAE: pictures and words",
    "dense": "Dense CVAE: pictures alone",
    "pure": "Pure CVAE: pictures alone, without dense layers",
}


@dataclass(frozen=True, slots=True)
class Variant:
    """Which model a project trains, whatever its preset; all but the family matters to the CRVAE alone."""

    family: Family = "crvae"
    rnn: Rnn = "lstm"
    teacher_forcing: bool = True
    text_encoder: TextEncoding = "rnn"
    denoising: float = 0.0  # probability that picture or words of a pair are hidden, in [0, 1]


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
    """Both videos with the preset's sizes and training, in their variant; epochs: None takes the preset's."""
    preset = PRESETS[name]
    changed = dataclasses.replace(project, preset=name)
    for side in SIDES:
        recipe = changed.recipe(side)
        model = dataclasses.replace(preset.model, word_vector_size=recipe.model.word_vector_size)
        training = dataclasses.replace(preset.training, seed=recipe.training.seed)
        fresh = _varied(_replaced(recipe, model=model, training=training), variant_of(recipe))
        n_epochs = epochs or preset_epochs(name, fresh.model.family)
        training = dataclasses.replace(fresh.training, epochs=n_epochs)
        changed = changed.with_recipe(side, _replaced(fresh, training=training))
    return changed


def with_model(project: Project, variant: Variant) -> Project:
    """Both videos with this variant of the model; epochs that are the preset's own become the variant's.

    Raises AnalysisError for a setting out of range.
    """
    for side in SIDES:
        recipe = project.recipe(side)
        try:
            varied = _varied(recipe, variant)
        except ValueError as e:
            raise AnalysisError(f"This model cannot be trained: {e}. Choose a value in that range.") from e
        if recipe.training.epochs == preset_epochs(project.preset, recipe.model.family):
            n_epochs = preset_epochs(project.preset, varied.model.family)
            varied = _replaced(varied, training=dataclasses.replace(varied.training, epochs=n_epochs))
        project = project.with_recipe(side, varied)
    return project


def variant_of(recipe: Recipe) -> Variant:
    m = recipe.model
    return Variant(m.family, m.rnn, m.teacher_forcing, m.text_encoder, recipe.training.denoising)


def preset_epochs(name: str, family: Family) -> int:
    """Epochs of a model of this family; the paper gives each its own (§5.1.1)."""
    return PAPER_EPOCHS[family] if name == "paper" else PRESETS[name].training.epochs


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


def _varied(recipe: Recipe, variant: Variant) -> Recipe:
    """The recipe with that variant; what models of pictures alone lack stands at its default, so that one
    and the same model has one recipe."""
    if variant.family != "crvae":
        variant = Variant(variant.family)
    model = dataclasses.replace(
        recipe.model,
        family=variant.family,
        rnn=variant.rnn,
        teacher_forcing=variant.teacher_forcing,
        text_encoder=variant.text_encoder,
    )
    training = dataclasses.replace(recipe.training, denoising=variant.denoising)
    return _replaced(recipe, model=model, training=training)


def _one(project: Project, side: Side, **fields: object) -> Project:
    return project.with_recipe(side, _replaced(project.recipe(side), **fields))


def _both(project: Project, **fields: object) -> Project:
    for side in SIDES:
        project = _one(project, side, **fields)
    return project


def _replaced(recipe: Recipe, **fields: object) -> Recipe:
    return dataclasses.replace(recipe, **fields)  # pyright: ignore[reportArgumentType]
