"""The finished trainings of a project's videos, present and past, to be compared and taken up again."""

import contextlib
import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from crvae.config import ModelConfig, TrainingConfig
from crvae.records import EpochMetrics
from services import codec, job_records, stages
from services.errors import StageMissing
from services.recipe import SIDES, Project, Recipe, Side
from services.records import TrainedModel
from services.store import Store
from services.training_load import Measured
from services.variants import preset_in, variant_in, variant_name
from services.workspace import Workspace

# The fields of a recipe that a trained model depends on.
SHAPING = (
    "source",
    "transcript",
    "text_edits",
    "sampling",
    "alignment",
    "edits",
    "embedding",
    "model",
    "training",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One finished training of one video.

    number:     1 for the project's oldest run, the same on every page view as long as no run is deleted
    model, training: as the recipe has them
    is_in_use:  the next steps take this one
    has_present_pairs: trained on the pairs as they are now; false when they were changed since
    """

    number: int
    side: Side
    model: ModelConfig
    training: TrainingConfig
    trained: TrainedModel
    is_in_use: bool
    has_present_pairs: bool

    @property
    def name(self) -> str:
        return variant_name(variant_in(self.model, self.training))

    @property
    def preset(self) -> str:
        """Name of the preset, "" when sizes or schedule are of none."""
        return preset_in(self.model, self.training)

    @property
    def last(self) -> EpochMetrics:
        return self.trained.history[-1]

    @property
    def is_of_parts(self) -> bool:
        """Whether its figures are of the parts around the latent alone, for it was kept so early."""
        return self.model.has_text and 0 < self.training.stop_after <= self.training.warm_epochs

    @property
    def epoch_s(self) -> float:
        return self.trained.seconds / len(self.trained.history)


@dataclass(frozen=True, slots=True)
class _Found:
    key: str
    side: Side
    recipe: Recipe
    created: float


def runs_of(ws: Workspace, project: Project) -> tuple[Run, ...]:
    """Every finished training of the project's videos that is in the store, the latest first.

    They are of the settings as they are and ever were, and those that the project's jobs made beside them.
    """
    found = {each.key: each for each in (*_of_settings(ws, project), *_of_jobs(ws, project))}
    runs: list[Run] = []
    for number, each in enumerate(sorted(found.values(), key=lambda one: (one.created, one.key)), start=1):
        now = project.recipe(each.side)
        with contextlib.suppress(StageMissing):  # deleted this moment
            run = Run(
                number,
                each.side,
                each.recipe.model,
                each.recipe.training,
                trained=_trained(ws.store, each.key, each.created),
                is_in_use=stages.key(now, "model") == each.key,
                has_present_pairs=stages.key(now, "dataset") == stages.key(each.recipe, "dataset"),
            )
            runs.append(run)
    return tuple(reversed(runs))


def with_run(project: Project, run: Run) -> Project:
    """Both videos with the model and the training of this run; if it was ended early, its video alone is."""
    for side in SIDES:
        stop_after = run.training.stop_after if side == run.side else 0
        training = dataclasses.replace(run.training, stop_after=stop_after)
        recipe = dataclasses.replace(project.recipe(side), model=run.model, training=training)
        project = project.with_recipe(side, recipe)
    return dataclasses.replace(project, preset=run.preset or project.preset)


def measured(
    runs: Iterable[Run], project: Project, side: Side, n_pairs: Mapping[Side, int]
) -> Measured | None:
    """How long the latest run of the same preset and model took, else of the same family; None without one.

    A run of this video comes before one of the other.
    """
    wanted = project.recipe(side)
    preset = preset_in(wanted.model, wanted.training)
    kind = variant_in(wanted.model, wanted.training)
    alike = [
        run
        for run in runs
        if run.has_present_pairs and run.preset == preset and run.model.family == kind.family
    ]
    if not alike:
        return None
    best = max(alike, key=lambda run: (variant_in(run.model, run.training) == kind, run.side == side))
    return Measured(best.epoch_s / n_pairs[best.side], best.trained.device)


def _of_settings(ws: Workspace, project: Project) -> Iterator[_Found]:
    for side, recipes in _past_recipes(ws, project.project_id, project.revision).items():
        for recipe in recipes:
            yield from _found(ws.store, stages.key(recipe, "model"), side, recipe)


def _of_jobs(ws: Workspace, project: Project) -> Iterator[_Found]:
    """Trainings of other models than the project ever chose: its jobs' records keep their keys."""
    past = _past_recipes(ws, project.project_id, project.revision)
    data: dict[tuple[Side, str], Recipe] = {
        (side, stages.key(recipe, "dataset")): recipe for side in SIDES for recipe in past[side]
    }
    for key in _job_keys(ws, project):
        settings = _settings(ws.store, key)
        if settings is None:
            continue
        for (side, _), recipe in data.items():
            trained = dataclasses.replace(recipe, model=settings[0], training=settings[1])
            if stages.key(trained, "model") == key:
                yield from _found(ws.store, key, side, trained)


def _job_keys(ws: Workspace, project: Project) -> set[str]:
    records = job_records.read_all(ws.projects).values()
    return {key for record in records if record.project == project.project_id for key in record.models}


def _found(store: Store, key: str, side: Side, recipe: Recipe) -> Iterator[_Found]:
    if key in store:
        yield _Found(key, side, recipe, float(store.meta(key).get("created", 0.0)))


def _settings(store: Store, key: str) -> tuple[ModelConfig, TrainingConfig] | None:
    """The recipe's model and training that made a result; None if it is gone or of another version."""
    try:
        settings = store.meta(key)["settings"]
        model = codec.decode(ModelConfig, settings["model"])
        return model, codec.decode(TrainingConfig, settings["training"])
    except (KeyError, ValueError):
        return None


@lru_cache(maxsize=64)
def _past_recipes(ws: Workspace, project_id: str, revision: int) -> dict[Side, list[Recipe]]:
    """Each recipe that the project ever had, as far as trainings depend on it, the present one first."""
    found: dict[Side, dict[str, Recipe]] = {side: {} for side in SIDES}
    for state in ws.projects.past(project_id):
        for side in SIDES:
            shape = {name: state[side][name] for name in SHAPING if name in state[side]}
            name = json.dumps(shape, sort_keys=True)
            if name not in found[side]:
                with contextlib.suppress(ValueError):  # of a version with other settings
                    found[side][name] = codec.decode(Recipe, shape)
    return {side: list(recipes.values()) for side, recipes in found.items()}


@lru_cache(maxsize=256)
def _trained(store: Store, key: str, created: float) -> TrainedModel:
    """The result, read once; `created` tells it from one that was deleted and made again."""
    return store.get(key, TrainedModel)
