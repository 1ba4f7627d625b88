"""A job is named by the results it makes, and its record outlives everything but another version."""

import dataclasses
from pathlib import Path

import pytest

from services import codec, job_records, stages
from services.job_records import JobRecord, job_id_of, keys_of, recipes_of
from services.recipe import ClusterChoice, Project, Recipe, Source, TranscriptChoice
from services.workspace import Workspace
from tests.services.small_training import open_at

LEFT = Recipe(Source("file", "ab"), TranscriptChoice(digest="12"))
RIGHT = Recipe(Source("file", "cd"), TranscriptChoice(digest="34"))
PROJECT = Project("p", "t", LEFT, RIGHT)
RECORD = JobRecord(
    project="p",
    target="left",
    stage="model",
    keys=("key",),
    models=("key",),
    device="GPU",
    attempt=2,
    state="failed",
    queued_at=1.0,
    error="火箭 failed",
)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return open_at(tmp_path / "workspace")


def test_a_job_makes_the_stage_s_result_on_each_side_that_it_is_for():
    assert keys_of(PROJECT, "right", "model") == (stages.key(RIGHT, "model"),)
    assert keys_of(PROJECT, "both", "model") == (stages.key(LEFT, "model"), stages.key(RIGHT, "model"))


def test_the_comparison_is_one_result_of_both_sides():
    assert keys_of(PROJECT, "both", "comparison") == (stages.comparison_key(PROJECT),)


def test_a_stage_that_does_not_exist_is_an_error_of_the_caller():
    with pytest.raises(KeyError):
        keys_of(PROJECT, "left", "nonsense")


def test_recipes_come_left_first():
    assert recipes_of(PROJECT, "both") == [LEFT, RIGHT]


def test_two_projects_that_want_the_same_result_want_the_same_job():
    copy = dataclasses.replace(PROJECT, project_id="q", topic="u")
    other = PROJECT.with_recipe("left", dataclasses.replace(LEFT, clustering=ClusterChoice(k=4)))
    job_id = job_id_of(keys_of(PROJECT, "left", "clusters"))
    assert job_id_of(keys_of(copy, "left", "clusters")) == job_id
    assert job_id_of(keys_of(other, "left", "clusters")) != job_id


def test_a_record_comes_back_as_it_was_written(ws: Workspace):
    written = job_records.write(ws.projects, RECORD, state="running", started_at=2.5)
    assert written == dataclasses.replace(RECORD, state="running", started_at=2.5)
    assert job_records.read(ws.projects, job_id_of(RECORD.keys)) == written


def test_a_new_attempt_replaces_the_record_of_the_one_before(ws: Workspace):
    job_records.write(ws.projects, RECORD)
    again = job_records.write(ws.projects, RECORD, attempt=3)
    assert job_records.read_all(ws.projects) == {job_id_of(RECORD.keys): again}


def test_a_job_that_nobody_started_has_no_record(ws: Workspace):
    assert job_records.read(ws.projects, "nobody") is None


@pytest.mark.parametrize("change", [{"colour": "red"}, {"state": "dreaming"}, {"attempt": "two"}])
def test_a_record_of_another_version_is_passed_over(ws: Workspace, change: dict[str, object]):
    kept = job_records.write(ws.projects, RECORD)
    ws.projects.put_job("foreign", "p", codec.encode(RECORD) | change)
    assert job_records.read(ws.projects, "foreign") is None
    assert list(job_records.read_all(ws.projects).values()) == [kept]


@pytest.mark.parametrize(
    ("state", "is_active"),
    [("queued", True), ("running", True), ("done", False), ("failed", False), ("stopped", False)],
)
def test_a_job_is_active_while_it_waits_or_runs(state: str, is_active: bool):
    assert dataclasses.replace(RECORD, state=state).is_active is is_active


def test_all_results_of_a_job_must_be_there(ws: Workspace):
    ws.store.put("aa", Source("file", "ab"), {})
    assert job_records.have_all(ws.store, ("aa",))
    assert not job_records.have_all(ws.store, ("aa", "bb"))
