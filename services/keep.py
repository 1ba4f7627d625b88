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


def kept_epochs(ws: Workspace, project: Project, side: Side) -> int:
    """Epochs at the checkpoint of a training that has not ended; 0 if it left none."""
    key = stages.key(project.recipe(side), "model")
    return len(train.kept_history(ws.store.scratch(key) / "work"))


def keep_as_is(ws: Workspace, project: Project, side: Side) -> None:
    """End the training at its checkpoint: the project is saved with its epochs, and a job finishes the model.

    The epochs stay those of the schedule, so that the same settings give the same model again.
    Raises NothingToKeep when there is no checkpoint, AnalysisError when the disk is full.
    """
    n_epochs = kept_epochs(ws, project, side)
    if n_epochs == 0:
        raise NothingToKeep(video_label(project, side))
    recipe = project.recipe(side)
    ended = dataclasses.replace(recipe, training=dataclasses.replace(recipe.training, stop_after=n_epochs))
    here, there = (ws.store.scratch(stages.key(r, "model")) / "work" for r in (recipe, ended))
    with told_in_words("The training's checkpoint", ws.store.root):
        shutil.copytree(here / "checkpoint", there / "checkpoint", dirs_exist_ok=True)
    saved = ws.projects.save(
        project.with_recipe(side, ended),
        f"training on the {video_label(project, side)} kept at epoch {n_epochs}",
    )
    jobs.submit(ws, saved, side, "model")
