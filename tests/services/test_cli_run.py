"""`run` from two sources to the output folder: complete, once, resumed, stopped, on a scheduler."""

import csv
import dataclasses
import json
import os
import pickle
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from services import stages, train
from services.recipe import SIDES, Project
from services.workspace import Workspace
from tests.services.small_run import (
    EPOCHS,
    N_PAIRS,
    ROOT,
    TOPIC,
    Runs,
    Told,
    home_of_runs,
    ids_of_runs,
    project_of_runs,
    told,
    workspace_of_runs,
)
from tests.services.test_export import FILES

TITLES = {"Writing", *map(stages.title_of, (*stages.STAGES, *stages.OF_BOTH))}


diptych_home = pytest.fixture(autouse=True)(home_of_runs)
ws = pytest.fixture(workspace_of_runs)
project = pytest.fixture(project_of_runs)


def columns(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def n_rows(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return len(list(csv.reader(file))) - 1


def steps_told(answer: Told) -> set[str]:
    """What the lines of progress begin with."""
    return {line.partition(":")[0] for line in answer.err.splitlines() if line not in answer.sentences}


def made_at(ws: Workspace) -> dict[str, float]:
    """When each stored result was made."""
    metas = {key: ws.store.meta(key) for key in sorted(ws.store.keys())}
    return {key: float(meta["created"]) for key, meta in metas.items() if meta}


def test_two_runs_at_once_train_once_and_make_one_project(runs: Runs, ws: Workspace):
    log = (runs.home / "logs" / "command-line.log").read_text("utf-8")
    assert len(re.findall(r"services\.stages: model ", log)) == 2  # left and right
    assert len(ws.projects.all()) == 1


def test_the_folder_holds_every_file_and_nothing_else(runs: Runs):
    assert {p.relative_to(runs.out).as_posix() for p in runs.out.rglob("*") if p.is_file()} == FILES


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("name", "expected", "n"),
    [
        ("pairs.csv", "pair segment frame time_s text", N_PAIRS),
        ("training.csv", "epoch image_mse text_mse total image_fvu text_fvu seconds", EPOCHS),
        ("clusters.csv", "pair time_s cluster", N_PAIRS),
        ("projection.csv", "pair time_s x y", N_PAIRS),
        ("descriptions.csv", "frame time_s sentence labels on_screen", N_PAIRS),
    ],
)
def test_tables_have_the_promised_columns_and_a_row_for_each(
    runs: Runs, side: str, name: str, expected: str, n: int
):
    table = runs.out / side / name
    assert (columns(table), n_rows(table)) == (expected.split(), n)


@pytest.mark.parametrize("side", SIDES)
def test_the_table_of_k_begins_with_the_promised_columns_and_k_1(runs: Runs, side: str):
    table = runs.out / side / "k_sweep.csv"
    assert columns(table)[:5] == ["k", "within", "between", "stability", "silhouette"]
    assert n_rows(table) == N_PAIRS - 1


def test_each_pair_has_a_latent_vector(runs: Runs, project: Project):
    latents = np.load(runs.out / "left" / "latents.npy", allow_pickle=False)
    assert latents.shape == (N_PAIRS, project.left.model.latent)


def test_tags_and_comparison_are_of_the_chosen_number_of_clusters(runs: Runs, project: Project):
    k_left, k_right = project.left.clustering.k, project.right.clustering.k
    themes = json.loads((runs.out / "left" / "tags.json").read_text("utf-8"))
    assert [theme["cluster"] for theme in themes] == list(range(k_left or 0))
    assert all({"name", "tags"} <= set(theme) for theme in themes)
    assert all({"text", "medium", "score"} <= set(tag) for theme in themes for tag in theme["tags"])
    comparison = json.loads((runs.out / "comparison.json").read_text("utf-8"))
    assert np.shape(comparison["matrix"]) == (k_left, k_right)


def test_the_recipe_in_the_folder_names_the_project_and_its_settings(runs: Runs, project: Project):
    made = json.loads((runs.out / "project.json").read_text("utf-8"))
    assert made["project"] == project.project_id
    assert made["recipe"]["left"]["training"]["epochs"] == EPOCHS
    assert set(made["backends"]) == {"word-vectors", "descriptions", "tags", "phrases"}
    assert {"python", "torch"} <= set(made["versions"])


def test_the_summary_is_on_stdout_alone(runs: Runs, project: Project):
    lines = runs.told[0].out.splitlines()
    assert lines[0] == TOPIC
    assert lines[-2:] == [
        f"Results: {runs.out.resolve()} (open report.html)",
        f"Project: {project.project_id}, in the app's Library",
    ]
    assert not {line.partition(":")[0] for line in lines} & TITLES
    assert runs.told[1].out == runs.told[0].out


def test_progress_is_on_stderr_alone_and_in_lines(runs: Runs):
    for answer in runs.told:
        assert "\r" not in answer.err
        assert steps_told(answer) <= TITLES
    assert "Training" in runs.told[0].err + runs.told[1].err


def test_the_same_command_again_computes_nothing(runs: Runs, ws: Workspace):
    before, n_projects = made_at(ws), len(ws.projects.all())
    again = told(*runs.words)
    assert (again.code, again.out) == (0, runs.told[0].out)
    assert steps_told(again) == {"Writing"}
    assert (made_at(ws), len(ws.projects.all())) == (before, n_projects)


def test_a_new_topic_renames_the_project(runs: Runs, project: Project):
    renamed = told(*runs.words, "--topic", "Moon")
    told(*runs.words)
    assert renamed.out.splitlines()[0] == "Moon"
    assert renamed.out.splitlines()[-1] == f"Project: {project.project_id}, in the app's Library"


def test_a_given_k_is_taken_and_leaves_the_other_project_as_it_is(runs: Runs, ws: Workspace, tmp_path: Path):
    (first_id,) = ids_of_runs(ws)
    before, first = made_at(ws), ws.projects.get(first_id)
    k = 3 if first.left.clustering.k == 2 else 2
    other = told(*runs.words[:-1], tmp_path / "out", "--topic", "Another K", "--k-left", k)
    clusters = (tmp_path / "out" / "left" / "clusters.csv").read_text("utf-8").splitlines()[1:]
    assert {line.rpartition(",")[2] for line in clusters} == {str(c) for c in range(k)}
    assert f"K = {k}:" in other.out.splitlines()[1]
    assert ws.projects.get(first_id) == first
    new = set(made_at(ws)) - set(before)
    assert {ws.store.meta(key)["stage"] for key in new} == {
        *("clusters", "profile", "tags", "themes", "comparison", "significance")
    }


def test_another_way_to_cluster_is_another_project_with_the_same_training(
    runs: Runs, ws: Workspace, tmp_path: Path
):
    before = made_at(ws)
    other = told(
        *(*runs.words[:-1], tmp_path / "out", "--topic", "Another way"),
        *("--cluster-method", "hdbscan", "--encoder", "pixels", "--k-left", 3, "--k-right", 2),
    )
    assert other.code == 0, other.err
    made = json.loads((tmp_path / "out" / "project.json").read_text("utf-8"))
    for side, min_pairs in (("left", 3), ("right", 2)):
        recipe = made["recipe"][side]
        choice = recipe["clustering"]
        assert (choice["method"], choice["min_pairs"], choice["k"]) == ("hdbscan", min_pairs, None)
        assert (recipe["sweep"]["method"], recipe["encoder"]) == ("hdbscan", "pixels")
    assert "--cluster-method hdbscan --encoder pixels" in made["command"]
    stages_made = {ws.store.meta(key)["stage"] for key in set(made_at(ws)) - set(before)}
    assert {"points", "clusters"} <= stages_made
    assert "model" not in stages_made


def test_the_same_video_on_both_sides_is_warned_of_and_compared(runs: Runs, tmp_path: Path):
    left = dict(zip(runs.words[1::2], runs.words[2::2], strict=True))
    video, captions = left["--left"], left["--left-captions"]
    same = told(
        *(
            "run",
            "--left",
            video,
            "--right",
            video,
            "--left-captions",
            captions,
            "--right-captions",
            captions,
        ),
        *("--right-language", "en", "--epochs", EPOCHS, "--out", tmp_path / "out"),
    )
    assert same.code == 0
    assert [sentence for sentence in same.sentences if sentence.startswith("Warning")] == [
        "Warning: Both sides are the same video, so the comparison shows what a perfect likeness looks like."
    ]


def test_a_failure_of_the_program_is_1_with_the_place_of_the_log(runs: Runs, ws: Workspace, project: Project):
    key = stages.key(project.left, "pairs")
    index = ws.store.root / "index" / "cache.db"
    with sqlite3.connect(index) as db:
        kept = db.execute("SELECT mode, value FROM Cache WHERE key = ?", (key,)).fetchone()
        db.execute("UPDATE Cache SET mode = 4, value = ? WHERE key = ?", (pickle.dumps("evil"), key))
    failed = told("status", project.project_id)
    with sqlite3.connect(index) as db:
        db.execute("UPDATE Cache SET mode = ?, value = ? WHERE key = ?", (*kept, key))
    assert (failed.code, failed.out) == (1, "")
    assert (
        failed.err == f"Something in Diptych went wrong (ValueError). The log is in {runs.home / 'logs'}.\n"
    )
    assert "Traceback" in (runs.home / "logs" / "command-line.log").read_text("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_ctrl_c_ends_a_training_with_130_and_keeps_its_epochs(runs: Runs, ws: Workspace, project: Project):
    shown = _run_in_terminal_until_epoch(3, [*runs.words, "--epochs", "5000"])
    assert "Training:   0%|" in shown
    assert "Stopping at the next safe place … (Ctrl-C again: at once)" in shown
    assert shown.rstrip().endswith(
        "Stopped. What was finished is kept; the same command goes on from there.\r\nexit code 130"
    )
    training = dataclasses.replace(project.left.training, epochs=5000)
    longer = dataclasses.replace(project.left, training=training)
    assert len(train.kept_history(ws.store.scratch(stages.key(longer, "model")) / "work")) >= 3


def _run_in_terminal_until_epoch(epoch: int, words: list[str]) -> str:
    """What a terminal shows of the command, which gets Ctrl-C as soon as it shows that epoch."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 110, 0, 0))
    command = [sys.executable, "-m", "services", *words]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    is_told = False
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # how Linux tells that the other end is closed
            break
        if not block:
            break
        shown += block
        if not is_told and f"epoch {epoch} of".encode() in shown:
            process.send_signal(signal.SIGINT)
            is_told = True
    os.close(ours)
    return f"{shown.decode()}exit code {process.wait(60)}"
