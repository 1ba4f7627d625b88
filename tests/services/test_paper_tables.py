"""Tables 1 and 2 of the paper from a project's own trainings, which are real and tiny."""

import time
from pathlib import Path

import numpy as np
import pytest

from crvae.records import EpochMetrics
from services import jobs, paper_tables, stages
from services.choose import with_preset
from services.paper_tables import NOT_TRAINED, TABLE_1, TABLE_2, cells, loss_of, table_1, table_2
from services.recipe import SIDES, Project
from services.records import AlignedPairs
from services.variants import Variant, with_model
from services.workspace import Workspace
from tests.filled import put
from tests.services.small_jobs import PATIENCE_S, workspace_with_engine
from tests.services.small_training import LONG, N_PAIRS, open_at, small_dataset, small_project

EPOCHS = 3
METRICS = EpochMetrics(
    3, image_mse=0.02, text_mse=0.001, kl=1.0, total=0.5, image_fvu=0.2, text_fvu=0.1, seconds=1
)

busy_ws = pytest.fixture(scope="module")(workspace_with_engine)


def project_in(ws: Workspace, name: str = "a", epochs: int = EPOCHS) -> Project:
    project = small_project(ws, name, epochs=epochs)
    each = np.arange(N_PAIRS, dtype=np.int64)
    texts = ("a b c",) * N_PAIRS
    for side in SIDES:
        pairs = AlignedPairs(each, each, each.astype(np.float64), texts, "nearest_start", "")
        put(ws.store, project.recipe(side), "pairs", pairs)
    return project


@pytest.mark.parametrize(
    ("reading", "image", "text"),
    [("pixels", 0.02, 0.001), ("batches", 0.06, 0.003), ("standardised", 0.2, 0.1)],
)
def test_a_loss_follows_the_reading_and_the_total_follows_its_parts(reading, image: float, text: float):
    found = {loss: loss_of(METRICS, loss, reading, 3.0, 3) for loss in ("image", "text", "total")}
    assert found == pytest.approx({"image": image, "text": text, "total": image + 3 * text})


def test_what_is_trained_is_shown_and_the_rest_is_not_trained_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    ws = open_at(tmp_path / "ws")
    project = project_in(ws)
    dense = with_model(project, Variant("dense"))
    stages.build(ws.store, dense.left, "model")
    last = stages.load(ws.store, dense.left, "model").history[-1]
    rows = {row["Model"]: row for row in table_1(project, cells(ws, project, TABLE_1), "standardised")}
    assert rows["Dense CVAE"]["Left video"] == f"{last.image_fvu:.4f}"
    assert rows["Dense CVAE"]["Right video"] == NOT_TRAINED
    assert rows["Pure CVAE"]["Left video"] == NOT_TRAINED
    assert (rows["CRVAE, LSTM"]["Paper, English"], rows["CRVAE, LSTM"]["Epochs"]) == ("0.0408", str(EPOCHS))


def test_table_2_has_each_loss_of_each_subvariant_beside_what_the_paper_printed(tmp_path: Path):
    ws = open_at(tmp_path / "ws")
    project = project_in(ws)
    rows = table_2(project, cells(ws, project, TABLE_2), "pixels")
    assert [(row["Model"], row["Loss"]) for row in rows[:3]] == [
        ("RNN", loss) for loss in ("Total", "Image", "Text")
    ]
    printed = {(row["Model"], row["Loss"]): row["Paper, Chinese"] for row in rows}
    assert printed["LSTM + teacher forcing", "Total"] == "0.0340"
    assert printed["LSTM", "Total"] == "0.0539"
    assert printed["RNN", "Total"] == "–"  # the paper does not have it
    assert len(rows) == 12


def test_the_settings_of_a_table_name_every_number_of_epochs(tmp_path: Path):
    ws = open_at(tmp_path / "ws")
    project = project_in(ws)
    own = paper_tables.settings(cells(ws, project, TABLE_2))
    assert own == "sizes and schedule of your own, 3 epochs, seed 0"
    paper = with_preset(project, "paper")
    assert paper_tables.settings(cells(ws, paper, TABLE_1)) == "preset Paper, 100 / 300 / 500 epochs, seed 0"


def states(ws: Workspace, project: Project) -> list[str]:
    return [cell.status.state for cell in cells(ws, project, TABLE_1)]


def until(is_so, what: str) -> None:
    limit = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < limit, what
        time.sleep(0.05)


def test_the_missing_ones_are_trained_one_after_another_and_the_project_stays_as_it_is(busy_ws: Workspace):
    ws = busy_ws
    project = project_in(ws, "missing")
    paper_tables.train_missing(ws, cells(ws, project, TABLE_1))
    until(lambda: states(ws, project) == ["done"] * 6, "all six trainings end")
    assert ws.projects.get(project.project_id) == project
    found = cells(ws, project, TABLE_1)
    assert paper_tables.progress(found) == (1.0, "6 of 6 trained")
    assert all(row["Left video"] != NOT_TRAINED for row in table_1(project, found, "pixels"))


def test_stop_ends_those_that_wait_and_the_one_that_runs(busy_ws: Workspace):
    ws = busy_ws
    project = project_in(ws, "stopped", epochs=LONG)
    paper_tables.train_missing(ws, cells(ws, project, TABLE_1))
    until(lambda: "running" in states(ws, project), "the first training begins")
    share, told = paper_tables.progress(cells(ws, project, TABLE_1))
    assert (share < 0.01, told[:17]) == (True, "0 of 6 trained · ")
    paper_tables.stop(ws, cells(ws, project, TABLE_1))
    until(lambda: states(ws, project) == ["stopped"] * 6, "all six stop")
    assert jobs.active(ws) == []
    rows = table_1(project, cells(ws, project, TABLE_1), "pixels")
    assert {row["Left video"] for row in rows} == {"stopped"}


def test_a_training_that_failed_is_told_with_its_model_and_video(busy_ws: Workspace):
    ws = busy_ws
    project = project_in(ws, "failed")
    ws.store.discard(stages.key(project.left, "dataset"))
    put(ws.store, project.left, "dataset", small_dataset(n_pairs=1))
    (left, _) = cells(ws, project, (Variant("pure"),))
    paper_tables.train_missing(ws, [left])
    until(lambda: cells(ws, project, (Variant("pure"),))[0].status.state == "failed", "it fails")
    (told,) = paper_tables.failures(cells(ws, project, (Variant("pure"),)))
    assert told.startswith("Pure CVAE, Left video: The training needs at least 2 pairs")
