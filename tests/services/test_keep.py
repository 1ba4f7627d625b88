"""A stopped training, kept as it is."""

import pytest

from services import jobs, keep, stages
from services.errors import AnalysisError
from services.variants import with_training
from services.workspace import Workspace
from tests.services.small_jobs import stop, until_epoch, until_state, workspace_with_engine
from tests.services.small_training import LONG, small_project

ws = pytest.fixture(scope="module")(workspace_with_engine)


def test_a_stopped_training_that_is_kept_gives_the_model_of_its_last_epoch(ws: Workspace):
    project = small_project(ws, "kept", epochs=LONG)
    jobs.submit(ws, project, "left", "model")
    until_epoch(ws, project, 3)
    n_epochs = stop(ws, project).history[-1].epoch
    assert keep.kept_epochs(ws, project, "left") == n_epochs
    keep.keep_as_is(ws, project, "left", keep.kept_epochs(ws, project, "left"))
    kept = ws.projects.get(project.project_id)
    until_state(ws, kept, "done")
    trained = stages.load(ws.store, kept.left, "model")
    assert (trained.training.epochs, trained.training.stop_after) == (LONG, n_epochs)
    assert [metrics.epoch for metrics in trained.history] == list(range(1, n_epochs + 1))
    assert kept.right == project.right
    # What was stopped is still there, for whoever thinks again.
    undone = ws.projects.undo(kept)
    assert undone is not None
    assert keep.kept_epochs(ws, undone, "left") == n_epochs


def test_other_epochs_or_another_seed_train_to_the_end_again(ws: Workspace):
    project = small_project(ws, "again", epochs=LONG)
    jobs.submit(ws, project, "left", "model")
    until_epoch(ws, project, 2)
    stop(ws, project)
    keep.keep_as_is(ws, project, "left", keep.kept_epochs(ws, project, "left"))
    kept = ws.projects.get(project.project_id)
    assert with_training(kept, epochs=50, seed=1).left.training.stop_after == 0


def test_without_a_checkpoint_there_is_nothing_to_keep(ws: Workspace):
    project = small_project(ws, "nothing", epochs=LONG)
    with pytest.raises(AnalysisError, match="left no checkpoint"):
        keep.keep_as_is(ws, project, "left", 3)
    assert ws.projects.get(project.project_id).left.training.stop_after == 0


def test_a_training_that_has_gone_on_since_is_not_ended(ws: Workspace):
    project = small_project(ws, "went on", epochs=LONG)
    jobs.submit(ws, project, "left", "model")
    until_epoch(ws, project, 2)
    n_epochs = stop(ws, project).history[-1].epoch
    with pytest.raises(AnalysisError, match="has gone on since"):
        keep.keep_as_is(ws, project, "left", n_epochs - 1)
    jobs.submit(ws, project, "left", "model")
    until_epoch(ws, project, n_epochs + 1)
    with pytest.raises(AnalysisError, match="Press Stop first"):
        keep.keep_as_is(ws, project, "left", n_epochs)
    stop(ws, project)
    assert ws.projects.get(project.project_id).left.training.stop_after == 0
