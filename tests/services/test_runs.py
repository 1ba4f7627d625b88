"""Finished trainings of a project: found again, compared, taken up again. The trainings are real and tiny."""

import csv
import dataclasses
import io
from pathlib import Path

import pytest

from crvae.config import PRESETS
from services import job_records, stages, variants
from services.figures import run_curves
from services.recipe import PairEdit, Project, Recipe
from services.runs import measured, runs_of, with_run
from services.runs_table import run_rows, run_title, runs_csv
from services.variants import Variant, with_model, with_training
from services.workspace import Workspace
from tests.filled import put
from tests.services.small_training import open_at, small_dataset, small_project

EPOCHS = 3


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return open_at(tmp_path / "ws")


@pytest.fixture
def project(ws: Workspace) -> Project:
    return small_project(ws, "a", epochs=EPOCHS)


def train(ws: Workspace, recipe: Recipe) -> None:
    stages.build(ws.store, recipe, "model")


def train_as_job(ws: Workspace, project: Project) -> None:
    """What a job for other settings than the project's leaves behind: its result, and its record."""
    train(ws, project.left)
    keys = job_records.keys_of(project, "left", "model")
    record = job_records.JobRecord(
        project.project_id, "left", "model", keys, keys, "GPU", attempt=1, state="done", queued_at=0.0
    )
    job_records.write(ws.projects, record)


def test_without_a_training_there_is_no_run(ws: Workspace, project: Project):
    assert runs_of(ws, project) == ()


def test_each_video_s_training_is_a_run_that_is_in_use(ws: Workspace, project: Project):
    train(ws, project.left)
    train(ws, project.right)
    runs = runs_of(ws, project)
    assert [(run.number, run.side, run.is_in_use) for run in runs] == [(2, "right", True), (1, "left", True)]
    assert runs[1].name == "CRVAE, LSTM"
    assert len(runs[1].trained.history) == EPOCHS


def test_runs_of_earlier_settings_are_found_in_the_project_s_history(ws: Workspace, project: Project):
    train(ws, project.left)
    later = ws.projects.save(with_model(project, Variant("pure")), "pure")
    train(ws, later.left)
    latest = ws.projects.save(with_training(later, epochs=EPOCHS, seed=5), "seed 5")
    found = [(run.name, run.training.seed, run.is_in_use) for run in runs_of(ws, latest)]
    assert found == [("Pure CVAE", 0, False), ("CRVAE, LSTM", 0, False)]


def test_settings_that_were_undone_are_history_too(ws: Workspace, project: Project):
    changed = ws.projects.save(with_training(project, epochs=EPOCHS, seed=5), "seed 5")
    train(ws, changed.left)
    back = ws.projects.undo(changed)
    assert back
    assert [run.training.seed for run in runs_of(ws, back)] == [5]


def test_a_training_beside_the_settings_is_found_by_its_job(ws: Workspace, project: Project):
    train_as_job(ws, with_model(project, Variant(rnn="rnn")))
    (run,) = runs_of(ws, project)
    assert (run.name, run.side, run.is_in_use, run.has_present_pairs) == (
        "CRVAE, Plain RNN",
        "left",
        False,
        True,
    )


def test_another_project_s_trainings_are_not_listed(ws: Workspace, project: Project):
    other = small_project(ws, "b", epochs=EPOCHS)
    train_as_job(ws, other)
    assert runs_of(ws, project) == ()


def test_a_run_on_pairs_that_were_changed_since_says_so(ws: Workspace, project: Project):
    train(ws, project.left)
    edited = dataclasses.replace(project.left, edits=(PairEdit(0, is_dropped=True),))
    put(ws.store, edited, "dataset", small_dataset(n_pairs=8))
    later = ws.projects.save(project.with_recipe("left", edited), "a pair dropped")
    train(ws, later.left)
    assert [run.has_present_pairs for run in runs_of(ws, later)] == [True, False]


def test_a_deleted_result_is_no_run_any_more(ws: Workspace, project: Project):
    train(ws, project.left)
    assert len(runs_of(ws, project)) == 1
    ws.store.discard(stages.key(project.left, "model"))
    assert runs_of(ws, project) == ()


def test_a_run_taken_up_again_gives_its_result_back_and_can_be_undone(ws: Workspace, project: Project):
    train(ws, project.left)
    later = ws.projects.save(with_model(project, Variant("dense")), "dense")
    (run,) = runs_of(ws, later)
    again = ws.projects.save(with_run(later, run), "taken up")
    assert stages.have(ws.store, again.left, "model")
    assert (again.left, again.right) == (project.left, project.right)
    undone = ws.projects.undo(again)
    assert undone
    assert undone.left == later.left


def of_preset(project: Project, preset: str, epochs: int = EPOCHS) -> Project:
    """With the preset's schedule and sizes; too large to be trained here."""
    for side in ("left", "right"):
        training = dataclasses.replace(PRESETS[preset].training, epochs=epochs)
        recipe = dataclasses.replace(project.recipe(side), model=PRESETS[preset].model, training=training)
        project = project.with_recipe(side, recipe)
    return dataclasses.replace(project, preset=preset)


def test_the_preset_of_a_run_is_known_by_its_sizes_and_schedule(project: Project):
    for preset in PRESETS:
        for variant in (Variant(), Variant("pure"), Variant(rnn="rnn", denoising=0.3)):
            left = with_model(of_preset(project, preset), variant).left
            assert variants.preset_in(left.model, left.training) == preset
    assert variants.preset_in(project.left.model, project.left.training) == ""


def test_a_measured_speed_is_that_of_the_same_model_else_of_the_same_family(ws: Workspace, project: Project):
    n_pairs = {"left": 12, "right": 6}
    assert measured(runs_of(ws, project), project, "left", n_pairs) is None
    other = with_training(with_model(project, Variant(rnn="rnn")), epochs=EPOCHS, seed=1)
    for changed in (other, project):
        train_as_job(ws, changed)
    runs = runs_of(ws, project)
    own = next(run for run in runs if run.model.rnn == "lstm")
    found = measured(runs, project, "right", n_pairs)
    assert found
    assert found.pair_s == pytest.approx(own.trained.seconds / EPOCHS / 12)
    assert found.device == own.trained.device
    assert measured(runs, with_model(project, Variant("pure")), "left", n_pairs) is None


# In rows


def test_a_model_of_pictures_alone_has_no_text_losses_in_its_row(ws: Workspace, project: Project):
    pure = ws.projects.save(with_model(project, Variant("pure")), "pure")
    train(ws, pure.left)
    (row,) = run_rows(pure, runs_of(ws, pure))
    assert (row["model"], row["text_fvu"], row["text_mse"], row["in_use"]) == ("Pure CVAE", None, None, True)
    assert isinstance(row["image_fvu"], float)


def test_the_file_has_a_line_for_each_run(ws: Workspace, project: Project):
    train(ws, project.left)
    train(ws, project.right)
    lines = list(csv.DictReader(io.StringIO(runs_csv(project, runs_of(ws, project)).decode())))
    assert [line["run"] for line in lines] == ["2", "1"]
    assert [line["video"] for line in lines] == ["Right video", "Left video"]
    assert float(lines[0]["seconds"]) > 0
    assert lines[0]["in_use"] == "yes"


def test_a_run_is_named_by_what_tells_it_from_others(ws: Workspace, project: Project):
    train(ws, project.left)
    (run,) = runs_of(ws, project)
    assert run_title(run) == "Run 1 · CRVAE, LSTM · Own settings · 3 epochs · seed 0"


def test_the_curves_are_drawn_over_epochs_or_seconds(ws: Workspace, project: Project):
    train(ws, project.left)
    runs = runs_of(ws, project)
    (over_epochs,) = run_curves(runs, "left").data
    (over_seconds,) = run_curves(runs, "left", over="seconds").data
    assert list(over_epochs.x) == [1, 2, 3]
    assert not run_curves(runs, "right").data
    assert over_seconds.x[-1] == pytest.approx(runs[0].trained.seconds)
    assert list(over_seconds.y) == [metrics.image_fvu for metrics in runs[0].trained.history]


def test_a_model_has_one_colour_on_both_sides(ws: Workspace, project: Project):
    pure = with_model(project, Variant("pure"))
    for changed in (pure, project):
        train_as_job(ws, changed)
    train(ws, project.right)
    runs = runs_of(ws, project)
    left = {trace.name[8:]: trace.line.color for trace in run_curves(runs, "left").data}
    (right,) = run_curves(runs, "right").data
    assert right.line.color == left["CRVAE, LSTM"] != left["Pure CVAE"]
