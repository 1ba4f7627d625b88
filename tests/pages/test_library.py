"""Library: every project with its id, copied and deleted after a question."""

from services.bundle_read import Opened
from services.recipe import Project
from services.workspace import Workspace
from tests.pages.conftest import buttons, links, open_page, words


def test_an_empty_library_says_how_to_begin(empty: Workspace):
    at = open_page("library")
    assert "There is no project yet." in words(at)
    assert links(at)["**New project**"]


def test_a_project_is_shown_with_its_state_its_size_and_its_id(ws: Workspace, project: Project):
    at = open_page("library")
    told = words(at)
    assert "6 of 6 steps done" in told
    assert f"id `{project.project_id}`" in told
    assert links(at)["**Open** at Compare"]


def test_a_copy_stands_beside_the_original(ws: Workspace, project: Project):
    at = open_page("library")
    at.button(key=f"library_copy_{project.project_id}").click().run()
    assert not at.exception
    assert sorted(p.topic for p in ws.projects.all()) == [project.topic, f"{project.topic} (copy)"]


def test_before_a_project_is_deleted_a_question_is_asked(ws: Workspace, project: Project):
    at = open_page("library")
    at.button(key=f"library_delete_{project.project_id}").click().run()
    assert not at.exception
    assert {"library_confirm", "library_keep"} <= set(buttons(at))
    assert "Your corrections, names and choices go for good" in words(at)
    assert ws.projects.all() == [project]


def test_an_opened_bundle_is_told_with_the_way_on_for_one_view(ws: Workspace, project: Project):
    at = open_page("library")
    at.session_state["library_opened_bundle"] = Opened(project, 12, 0)
    at.run()
    assert not at.exception
    assert "was opened with 12 results" in words(at)
    assert "**Go to its sources**" in links(at)
    assert "was opened with 12 results" not in words(at.run())
