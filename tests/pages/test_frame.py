"""The frame round every page: steps, running jobs, and addresses that lead nowhere."""

import pytest

from services.recipe import Project
from services.workspace import Workspace
from tests.pages.conftest import forget, links, open_page, record, words

STEPS = ("Sources", "Align", "Train", "Clusters", "Tags", "Compare")
PAGES = ("align", "train", "clusters", "tags", "compare")


def test_without_a_project_only_the_first_step_can_be_opened(empty: Workspace):
    found = links(open_page("sources"))
    assert [found[step] for step in STEPS] == [True, False, False, False, False, False]


def test_with_a_finished_project_every_step_can_be_opened(ws: Workspace, project: Project):
    at = open_page("sources", project)
    assert all(links(at)[step] for step in STEPS)
    assert project.topic in words(at)


def test_a_step_waits_for_the_one_before(ws: Workspace, project: Project):
    for stage in ("model", "latents"):
        forget(ws, project, stage)
    found = links(open_page("train", project))
    assert [found[step] for step in STEPS] == [True, True, True, False, False, False]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_a_project_says_where_to_find_one(empty: Workspace, page: str):
    at = open_page(page)
    assert "No project is open." in words(at)
    assert links(at)["Open a project from the Library"]


@pytest.mark.parametrize("page", [*PAGES, "sources"])
def test_an_address_of_a_project_that_is_gone_is_told(empty: Workspace, page: str):
    assert "in this workspace" in words(open_page(page, "0123456789ab"))


@pytest.mark.parametrize(
    ("page", "lacking", "needs"),
    [
        ("align", "frames", "the frames and texts of both videos"),
        ("train", "pairs", "the pairs of both videos"),
        ("clusters", "model latents", "a trained model for each video"),
        ("tags", "clusters", "a chosen K for each video"),
        ("compare", "themes", "tags for both videos"),
    ],
)
def test_a_locked_page_says_what_it_needs_and_leads_there(
    ws: Workspace, project: Project, page: str, lacking: str, needs: str
):
    for stage in lacking.split():
        forget(ws, project, stage)
    at = open_page(page, project)
    assert needs in words(at)
    assert any(label.startswith("**Go to ") for label in links(at))


def test_running_jobs_are_counted_on_every_page(ws: Workspace, project: Project):
    forget(ws, project, "model")
    for side in ("left", "right"):
        record(ws, project, side, "model", "running")
    at = open_page("library", project)
    assert "**Training** · English video" in words(at)
    assert "**Training** · Chinese video" in words(at)
