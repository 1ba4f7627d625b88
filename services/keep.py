"""A training that was stopped, kept as it is: its result is the model at its last checkpoint."""

import dataclasses
import shutil

from services import jobs, stages, train
from services.errors import AnalysisError
from services.labels import video_label
from services.recipe import Project, Side
from services.store import told_in_words
from services.workspace import Workspace


class NothingToKeep(AnalysisError):
    def __init__(self, name: str):
        super().__init__(
            f"The training on the {name} left no checkpoint, so there is nothing to keep. "
            "Press Resume: it begins again."
        )


class WentOn(AnalysisError):
    def __init__(self, name: str):
        super().__init__(
            f"The training on the {name} has gone on since, perhaps from another window, so it was not "
            "ended. Press Stop first."
        )


def kept_epochs(ws: Workspace, project: Project, side: Side) -> int:
    """Epochs at the checkpoint of a training that has not ended; 0 if it left none."""
    key = stages.key(project.recipe(side), "model")
    return len(train.kept_history(ws.store.scratch(key) / "work"))


def keep_as_is(ws: Workspace, project: Project, side: Side, n_epochs: int) -> None:
    """End the training at its checkpoint: the project is saved with its epochs, and a job finishes the model.

    The epochs stay those of the schedule, so that the same settings give the same model again.
    n_epochs: where the analyst saw it stand
    Raises NothingToKeep when there is no checkpoint, WentOn when it has gone on since, AnalysisError when the
    disk is full.
    """
    name = video_label(project, side)
    is_busy = jobs.status(ws, project, side, "model").state in ("queued", "running")
    n_kept = kept_epochs(ws, project, side)
    if is_busy or (n_kept and n_kept != n_epochs):
        raise WentOn(name)
    if n_kept == 0:
        raise NothingToKeep(name)
    recipe = project.recipe(side)
    ended = dataclasses.replace(recipe, training=dataclasses.replace(recipe.training, stop_after=n_epochs))
    here, there = (ws.store.scratch(stages.key(r, "model")) / "work" / "checkpoint" for r in (recipe, ended))
    with told_in_words("The training's checkpoint", ws.store.root):
        there.mkdir(parents=True, exist_ok=True)
        for file in here.iterdir():
            shutil.copyfile(file, there / file.name)
    what = f"training on the {name} kept at epoch {n_epochs}"
    saved = ws.projects.save(project.with_recipe(side, ended), what)
    jobs.submit(ws, saved, side, "model")
