"""The project store: nothing is lost, every change can be undone, two tabs cannot overwrite each other."""

import dataclasses
import multiprocessing
from pathlib import Path

import pytest

from services.projects import NoSuchProject, ProjectChanged, Projects
from services.recipe import Project, Recipe, Source, TranscriptChoice


@pytest.fixture
def projects(tmp_path: Path) -> Projects:
    return Projects(tmp_path / "projects.sqlite")


@pytest.fixture
def project(projects: Projects) -> Project:
    recipe = Recipe(Source("file", "ab", location="/v.mp4"), TranscriptChoice())
    return projects.add(Project("", "Moon 月球", recipe, recipe))


def renamed(project: Project, topic: str) -> Project:
    return dataclasses.replace(project, topic=topic)


def test_a_project_comes_back_as_it_was_saved(projects: Projects, project: Project):
    saved = projects.save(renamed(project, "Mars"), "topic")
    assert projects.get(project.project_id) == saved
    assert saved.revision == project.revision + 1


def test_a_stale_tab_cannot_overwrite_a_newer_change(projects: Projects, project: Project):
    projects.save(renamed(project, "first tab"), "topic")
    with pytest.raises(ProjectChanged, match="another tab"):
        projects.save(renamed(project, "second tab"), "topic")
    assert projects.get(project.project_id).topic == "first tab"


def test_undo_goes_back_one_change_at_a_time(projects: Projects, project: Project):
    one = projects.save(renamed(project, "one"), "topic")
    two = projects.save(renamed(one, "two"), "topic")
    back = projects.undo(two)
    assert back is not None
    assert back.topic == "one"
    back = projects.undo(back)
    assert back is not None
    assert back.topic == "Moon 月球"
    assert projects.undo(back) is None


def test_every_past_state_is_kept_the_present_one_first_and_undone_ones_too(
    projects: Projects, project: Project
):
    one = projects.save(renamed(project, "one"), "topic")
    projects.undo(projects.save(renamed(one, "two"), "topic"))
    assert [state["topic"] for state in projects.past(project.project_id)] == [
        "one",
        "two",
        "one",
        "Moon 月球",
    ]
    assert projects.past("no such project") == []


def test_undo_of_a_stale_tab_is_refused(projects: Projects, project: Project):
    projects.save(renamed(project, "one"), "topic")
    with pytest.raises(ProjectChanged):
        projects.undo(project)


def test_every_change_is_logged_with_who_and_what(projects: Projects, project: Project):
    projects.save(renamed(project, "one"), "renamed the topic")
    change = projects.changes(project.project_id)[0]
    assert change.what == "renamed the topic"
    assert change.who
    assert not change.is_undone


def test_an_unknown_project_is_a_sentence(projects: Projects):
    with pytest.raises(NoSuchProject, match="Library"):
        projects.get("nope")


def test_the_last_changed_project_comes_first(projects: Projects, project: Project):
    recipe = project.left
    other = projects.add(Project("", "other", recipe, recipe))
    projects.save(renamed(project, "touched"), "topic")
    assert [p.project_id for p in projects.all()] == [project.project_id, other.project_id]


def test_deleting_a_project_leaves_the_others(projects: Projects, project: Project):
    other = projects.add(Project("", "other", project.left, project.right))
    projects.delete(project.project_id)
    assert projects.all() == [other]


def test_an_existing_file_is_opened_again_without_loss(projects: Projects, project: Project, tmp_path: Path):
    assert Projects(tmp_path / "projects.sqlite").get(project.project_id) == project


def test_a_file_is_still_mentioned_when_undo_may_bring_it_back(projects: Projects, project: Project):
    source = dataclasses.replace(project.left.source, digest="cd")
    projects.save(project.with_recipe("left", dataclasses.replace(project.left, source=source)), "source")
    assert projects.mentions('"ab"')
    assert projects.mentions('"cd"')
    assert not projects.mentions('"ef"')
    projects.delete(project.project_id)
    assert not projects.mentions('"ab"')


def _open(path: str, gate: "multiprocessing.synchronize.Barrier") -> None:
    gate.wait(60)
    Projects(Path(path))


def test_programs_that_start_together_on_a_new_workspace_do_not_disturb_each_other(tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(4)
    path = str(tmp_path / "new.sqlite")
    programs = [context.Process(target=_open, args=(path, gate)) for _ in range(4)]
    for program in programs:
        program.start()
    for program in programs:
        program.join(60)
    assert [program.exitcode for program in programs] == [0] * 4
