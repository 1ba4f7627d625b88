"""Which of the paper's models a project trains, whatever its preset (paper §2.1, §2.3, §3, §6)."""

import dataclasses
from dataclasses import dataclass

from crvae.config import PAPER_EPOCHS, PRESETS, Family, ModelConfig, Rnn, TextEncoding, TrainingConfig
from crvae.ranges import EPOCHS_MAX, SEED_MAX
from services.errors import AnalysisError
from services.recipe import SIDES, Project, Recipe

FAMILY_TITLES: dict[Family, str] = {
    "crvae": "CRVAE: pictures and words",
    "dense": "Dense CVAE: pictures alone",
    "pure": "Pure CVAE: pictures alone, without dense layers",
}
# What each choice is for, in one line.
FAMILY_USES: dict[Family, str] = {
    "crvae": "The paper's best: what is seen and what is said shape the clusters together.",
    "dense": "Shows what the words add: the same without them.",
    "pure": "Shows what the big layers add. The paper gives it up; its clusters are weak.",
}
RNN_TITLES: dict[Rnn, str] = {"lstm": "LSTM", "rnn": "Plain RNN"}
TEXT_ENCODER_TITLES: dict[TextEncoding, str] = {"rnn": "Word after word", "transformer": "Transformer"}


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


def with_training(project: Project, *, epochs: int, seed: int) -> Project:
    """Both videos trained for so many epochs from this seed.

    Raises AnalysisError for a number out of range.
    """
    if not (1 <= epochs <= EPOCHS_MAX and 0 <= seed <= SEED_MAX):
        raise AnalysisError(
            f"{epochs} epochs from seed {seed} cannot be trained. "
            f"Choose 1 to {EPOCHS_MAX} epochs and a seed from 0 to {SEED_MAX}."
        )
    for side in SIDES:
        recipe = project.recipe(side)
        training = dataclasses.replace(recipe.training, epochs=epochs, seed=seed, stop_after=0)
        project = project.with_recipe(side, dataclasses.replace(recipe, training=training))
    return project


def variant_of(recipe: Recipe) -> Variant:
    return variant_in(recipe.model, recipe.training)


def variant_in(model: ModelConfig, training: TrainingConfig) -> Variant:
    return Variant(model.family, model.rnn, model.teacher_forcing, model.text_encoder, training.denoising)


def variant_name(variant: Variant) -> str:
    """The model in a few words: 'CRVAE, LSTM' for the paper's best, whatever differs from it added."""
    if variant.family != "crvae":
        return FAMILY_TITLES[variant.family].split(":")[0]
    parts = ["CRVAE", RNN_TITLES[variant.rnn]]
    if not variant.teacher_forcing:
        parts.append("no teacher forcing")
    if variant.text_encoder == "transformer":
        parts.append("Transformer reads")
    if variant.denoising:
        parts.append(f"{variant.denoising:.0%} hidden")
    return ", ".join(parts)


def preset_in(model: ModelConfig, training: TrainingConfig) -> str:
    """The preset whose sizes and schedule these are, whatever variant, epochs and seed; "" for none."""
    plain = dataclasses.replace(model, family="crvae", rnn="lstm", teacher_forcing=True, text_encoder="rnn")
    for name, preset in PRESETS.items():
        sizes = dataclasses.replace(preset.model, word_vector_size=model.word_vector_size)
        wanted = dataclasses.replace(
            preset.training,
            epochs=training.epochs,
            seed=training.seed,
            denoising=training.denoising,
            stop_after=training.stop_after,
        )
        if (plain, training) == (sizes, wanted):
            return name
    return ""


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
    training = dataclasses.replace(recipe.training, denoising=variant.denoising, stop_after=0)
    return dataclasses.replace(recipe, model=model, training=training)


def preset_epochs(preset: str, family: Family) -> int:
    """Epochs of a model of this family; the paper gives each its own (§5.1.1)."""
    return PAPER_EPOCHS[family] if preset == "paper" else PRESETS[preset].training.epochs


def epochs_told(training: TrainingConfig) -> str:
    """'40', or '23 of 40' for a training that was ended early."""
    return f"{training.stop_after} of {training.epochs}" if training.stop_after else str(training.epochs)


def training_told(project: Project) -> str:
    """'40 epochs, seed 0'; where the videos differ, the epochs of each: '23 of 40 / 40 epochs, seed 0'."""
    epochs = dict.fromkeys(epochs_told(project.recipe(side).training) for side in SIDES)
    return f"{' / '.join(epochs)} epochs, seed {project.left.training.seed}"
