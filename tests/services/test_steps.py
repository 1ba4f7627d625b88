"""The six steps open one after the other, and a closed one says what it waits for."""

import dataclasses
from pathlib import Path

import pytest

from services import stages
from services.recipe import SIDES, ClusterChoice, Project, Sampling
from services.steps import Step, steps
from services.workspace import Workspace
from tests.filled import filled_workspace

ORDER = ["sources", "align", "train", "clusters", "tags", "compare"]


@pytest.fixture
def filled(tmp_path: Path) -> tuple[Workspace, Project]:
    return filled_workspace(tmp_path)


def by_page(ws: Workspace, project: Project) -> dict[str, Step]:
    return {step.page: step for step in steps(ws.store, project)}


def n_open(ws: Workspace, project: Project) -> int:
    """How many steps can be opened; all that follow are closed."""
    is_open = [not step.missing for step in steps(ws.store, project)]
    assert is_open == sorted(is_open, reverse=True)
    return sum(is_open)


def test_all_steps_of_a_finished_project_are_done(filled: tuple[Workspace, Project]):
    ws, project = filled
    assert [(step.page, step.is_done, step.missing) for step in steps(ws.store, project)] == [
        (page, True, "") for page in ORDER
    ]


def test_every_step_is_a_page_that_exists(filled: tuple[Workspace, Project]):
    pages = Path(__file__).parents[2] / "pages"
    assert all((pages / f"{step.page}.py").is_file() for step in steps(filled[0].store, filled[1]))


def test_of_a_new_project_only_the_sources_can_be_opened(filled: tuple[Workspace, Project]):
    ws, project = filled
    for side in SIDES:
        other = dataclasses.replace(project.recipe(side), sampling=Sampling(5))
        other = dataclasses.replace(other, source=dataclasses.replace(other.source, digest="00"))
        project = project.with_recipe(side, other)
    assert n_open(ws, project) == 1
    assert steps(ws.store, project)[1].missing == "the frames and texts of both videos (Sources)"


@pytest.mark.parametrize(
    ("stage", "n_left_open"),
    [("frames", 1), ("transcript", 1), ("pairs", 2), ("clusters", 4), ("themes", 5)],
)
@pytest.mark.parametrize("side", SIDES)
def test_a_result_that_one_video_lacks_closes_the_steps_after_it(
    filled: tuple[Workspace, Project], side: str, stage: str, n_left_open: int
):
    ws, project = filled
    ws.store.discard(stages.key(project.recipe(side), stage))
    assert n_open(ws, project) == n_left_open


def test_a_lacking_comparison_leaves_its_step_open(filled: tuple[Workspace, Project]):
    ws, project = filled
    ws.store.discard(stages.comparison_key(project))
    found = by_page(ws, project)
    assert (found["compare"].is_done, found["compare"].missing) == (False, "")


def test_without_a_chosen_k_no_cluster_counts(filled: tuple[Workspace, Project]):
    ws, project = filled
    undecided = dataclasses.replace(project.right, clustering=ClusterChoice())
    found = by_page(ws, project.with_recipe("right", undecided))
    assert not found["clusters"].is_done
    assert found["tags"].missing == "a chosen K for each video (Clusters)"


def test_a_step_behind_a_lacking_one_is_not_done_though_its_results_are_there(
    filled: tuple[Workspace, Project],
):
    ws, project = filled
    ws.store.discard(stages.key(project.left, "pairs"))
    assert not by_page(ws, project)["compare"].is_done


def test_without_the_models_as_a_bundle_comes_what_is_there_can_be_looked_at(
    filled: tuple[Workspace, Project],
):
    ws, project = filled
    for side in SIDES:
        ws.store.discard(stages.key(project.recipe(side), "model"))
    found = steps(ws.store, project)
    assert [step.is_done for step in found] == [True, True, False, True, True, True]
    assert not any(step.missing for step in found)


def test_what_a_bundle_leaves_at_home_is_not_trained_unasked(filled: tuple[Workspace, Project]):
    ws, project = filled
    for stage in ("model", "latents"):
        ws.store.discard(stages.key(project.left, stage))
    assert not stages.needs_training(ws.store, project.left, "profile")  # it is there
    ws.store.discard(stages.key(project.left, "profile"))
    assert stages.needs_training(ws.store, project.left, "profile")
    assert not stages.needs_training(ws.store, project.left, "model")
