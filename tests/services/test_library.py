"""The shelf of projects: what one weighs, copies, and deleting without harm to the others."""

import dataclasses
import time
from pathlib import Path

import pytest

from services import job_records, jobs, library, stages
from services.projects import NoSuchProject
from services.recipe import ClusterChoice, Project
from services.topics import TOPIC_MAX
from services.workspace import Workspace
from tests.filled import filled_workspace


@pytest.fixture
def filled(tmp_path: Path) -> tuple[Workspace, Project]:
    return filled_workspace(tmp_path)


def stored_bytes(ws: Workspace) -> int:
    keys = ws.store.keys()
    return sum(int(ws.store.meta(key)["bytes"]) for key in keys)


def test_a_project_weighs_as_much_as_its_results(filled: tuple[Workspace, Project]):
    ws, project = filled
    assert library.size_bytes(ws.store, project) == stored_bytes(ws) > 0


def test_results_that_both_sides_share_weigh_once(filled: tuple[Workspace, Project]):
    ws, project = filled
    alone = sum(int(ws.store.meta(stages.key(project.left, name)).get("bytes", 0)) for name in stages.STAGES)
    assert library.size_bytes(ws.store, project.with_recipe("right", project.left)) == alone


def test_a_copy_has_another_topic_and_the_same_results(filled: tuple[Workspace, Project]):
    ws, project = filled
    copy = ws.projects.add(library.duplicate(project))
    assert copy.project_id != project.project_id
    assert copy.topic == f"{project.topic} (copy)"
    assert list(stages.all_keys(copy)) == list(stages.all_keys(project))


def test_copies_of_copies_stay_within_what_a_topic_may_have(filled: tuple[Workspace, Project]):
    copy = dataclasses.replace(filled[1], topic="x" * TOPIC_MAX)
    for _ in range(3):
        copy = library.duplicate(copy)
        assert len(copy.topic) <= TOPIC_MAX
        assert copy.topic.endswith("… (copy)")


def test_deleting_frees_the_results_that_nobody_else_uses(filled: tuple[Workspace, Project]):
    ws, project = filled
    weight = stored_bytes(ws)
    assert library.delete_project(ws, project) == weight
    assert ws.store.keys() == []
    with pytest.raises(NoSuchProject):
        ws.projects.get(project.project_id)


def test_deleting_keeps_what_another_project_uses(filled: tuple[Workspace, Project]):
    ws, project = filled
    other = dataclasses.replace(project.left, clustering=ClusterChoice(k=7))
    ws.projects.add(Project("", "other", other, other))
    library.delete_project(ws, project)
    kept = [name for name in stages.STAGES if stages.have(ws.store, other, name)]
    assert {"video", "frames", "model", "latents", "sweep"} <= set(kept)
    assert not stages.have(ws.store, project.left, "clusters")
    assert not stages.have(ws.store, project.right, "video")


def test_a_copy_keeps_everything_when_its_original_is_deleted(filled: tuple[Workspace, Project]):
    ws, project = filled
    ws.projects.add(library.duplicate(project))
    assert library.delete_project(ws, project) == 0
    assert stages.have_comparison(ws.store, project)


def test_a_deleted_project_leaves_no_job_behind(filled: tuple[Workspace, Project]):
    ws, project = filled
    key = stages.key(project.left, "model")
    ws.store.discard(key)
    record = job_records.JobRecord(
        project.project_id,
        "left",
        "model",
        (key,),
        (key,),
        "GPU",
        attempt=1,
        state="queued",
        queued_at=time.time(),
    )
    job_records.write(ws.projects, record)
    assert len(jobs.active(ws)) == 1
    library.delete_project(ws, project)
    assert jobs.active(ws) == []
