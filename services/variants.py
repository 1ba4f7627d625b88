"""Which of the paper's models a project trains, whatever its preset (paper §2.1, §2.3, §3, §6)."""

import dataclasses
from dataclasses import dataclass

from crvae.config import PAPER_EPOCHS, PRESETS, Family, Rnn, TextEncoding
from services.errors import AnalysisError
from services.recipe import SIDES, Project, Recipe

FAMILY_TITLES: dict[Family, str] = {
    "crvae": "CRVAE: pictures and words",
    "dense": "Dense CVAE: pictures alone",
    "pure": "Pure CVAE: pictures alone, without dense layers",
}


@dataclass(frozen=True, slots=True)
class Variant:
    """A model as the analyst chooses it; all but the family matters to the CRVAE alone."""

    family: Family = "crvae"
    rnn: Rnn = "lstm"
    teacher_forcing: bool = True
    text_encoder: TextEncoding = "rnn"
    denoising: float = 0.0  # probability that picture or words of a pair are hidden, in [0, 1]


def with_model(project: Project, variant: Variant) -> Project:
    """Both videos with this variant of the model; epochs that are the preset's own become the variant's.

    Raises AnalysisError for a setting out of range.
    """
    for side in SIDES:
        recipe = project.recipe(side)
        try:
            changed = varied(recipe, variant)
        except ValueError as e:
            raise AnalysisError(f"This model cannot be trained: {e}. Choose a value in that range.") from e
        if recipe.training.epochs == preset_epochs(project.preset, recipe.model.family):
            n_epochs = preset_epochs(project.preset, changed.model.family)
            training = dataclasses.replace(changed.training, epochs=n_epochs)
            changed = dataclasses.replace(changed, training=training)
        project = project.with_recipe(side, changed)
    return project


def variant_of(recipe: Recipe) -> Variant:
    m = recipe.model
    return Variant(m.family, m.rnn, m.teacher_forcing, m.text_encoder, recipe.training.denoising)


def varied(recipe: Recipe, variant: Variant) -> Recipe:
    """The recipe with that variant, its epochs as they are. Raises ValueError for a setting out of range.

    What a model of pictures alone lacks stands at its default, so that one and the same model has one recipe.
    """
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
    return dataclasses.replace(recipe, model=model, training=training)


def preset_epochs(preset: str, family: Family) -> int:
    """Epochs of a model of this family; the paper gives each its own (§5.1.1)."""
    return PAPER_EPOCHS[family] if preset == "paper" else PRESETS[preset].training.epochs
