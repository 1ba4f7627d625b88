"""The project store: nothing is lost, every change can be undone, two tabs cannot overwrite each other."""

import dataclasses
import json
import multiprocessing
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.project_log import next_redo, next_undo
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


# Redo


def test_redo_makes_what_was_undone_again_one_change_at_a_time(projects: Projects, project: Project):
    two = projects.save(renamed(projects.save(renamed(project, "one"), "first"), "two"), "second")
    back = projects.undo(projects.undo(two) or two)
    assert back is not None
    again = projects.redo(back)
    assert again is not None
    assert again.topic == "one"
    assert (projects.redo(again) or again).topic == "two"


def test_a_change_after_an_undo_ends_what_can_be_redone(projects: Projects, project: Project):
    back = projects.undo(projects.save(renamed(project, "one"), "first"))
    assert back is not None
    other = projects.save(renamed(back, "other"), "other")
    assert projects.redo(other) is None
    assert projects.redo(projects.undo(other) or other) is not None


def test_redo_of_a_stale_tab_is_refused(projects: Projects, project: Project):
    projects.undo(projects.save(renamed(project, "one"), "first"))
    with pytest.raises(ProjectChanged):
        projects.redo(project)


def test_the_log_says_which_change_comes_next(projects: Projects, project: Project):
    assert (next_undo([]), next_redo([])) == (None, None)
    two = projects.save(renamed(projects.save(renamed(project, "one"), "first"), "two"), "second")
    projects.undo(projects.undo(two) or two)
    changes = projects.changes(project.project_id)
    assert next_undo(changes) is None
    assert (next_redo(changes) or changes[0]).what == "first"


@settings(max_examples=40)  # each writes files
@given(st.lists(st.sampled_from(["save", "undo", "redo"]), max_size=12))
def test_undo_and_redo_walk_as_an_editor_does(acts: list[str]):
    recipe = Recipe(Source("file", "ab"), TranscriptChoice())
    with tempfile.TemporaryDirectory() as folder:
        projects = Projects(Path(folder) / "projects.sqlite")
        project = projects.add(Project("", "0", recipe, recipe))
        states, at = ["0"], 0
        for number, act in enumerate(acts, start=1):
            if act == "save":
                project = projects.save(renamed(project, str(number)), "topic")
                states, at = [*states[: at + 1], str(number)], at + 1
            elif act == "undo":
                project, at = projects.undo(project) or project, max(0, at - 1)
            else:
                project, at = projects.redo(project) or project, min(len(states) - 1, at + 1)
            assert project.topic == projects.get(project.project_id).topic == states[at]


def test_a_workspace_from_before_segment_ids_opens_without_its_corrections_by_row(
    project: Project, projects: Projects, tmp_path: Path
):
    projects.save(renamed(project, "later"), "topic")
    old = {"segment": 3, "text": "new", "frame": None, "is_dropped": False}
    with closing(sqlite3.connect(tmp_path / "projects.sqlite")) as db, db:
        for table, column in (("projects", "data"), ("changes", "before"), ("changes", "after")):
            db.execute(
                f"UPDATE {table} SET {column} = json_set({column}, '$.left.edits', json(?))",
                [json.dumps([old])],
            )
        db.execute("PRAGMA user_version = 1")
    opened = Projects(tmp_path / "projects.sqlite")
    again = opened.get(project.project_id)
    assert (again.topic, again.left.edits) == ("later", ())
    assert (opened.undo(again) or again).topic == "Moon 月球"
