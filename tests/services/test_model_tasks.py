"""Downloads and trials in processes of their own: started, told, stopped, found dead."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import model_task, model_tasks
from services.backends import find
from services.model_tasks import TaskStatus
from services.workspace import Workspace

BACKEND = find("tags", "keywords")


def told(ws: Workspace, **fields: object) -> model_tasks.TaskFiles:
    place = model_tasks.files(ws.root, "try", BACKEND.role, BACKEND.name)
    model_tasks.write(place, dict(fields))
    return place


def test_nothing_is_known_of_what_was_never_started(workspace: Workspace):
    assert model_tasks.status(workspace, "try", BACKEND) == TaskStatus()


@pytest.mark.models
def test_a_trial_that_ran_tells_its_answer(workspace: Workspace):
    model_task.run(workspace.root, "try", BACKEND.role, BACKEND.name)
    status = model_tasks.status(workspace, "try", BACKEND)
    assert status.state == "done"
    assert status.answer.splitlines()[1].startswith("Answer: rocket")


def test_a_refusal_is_told_in_its_own_words(workspace: Workspace):
    model_task.run(workspace.root, "try", "word-vectors", "files")
    status = model_tasks.status(workspace, "try", find("word-vectors", "files"))
    assert status == TaskStatus(
        "failed", error="Word-vector files are tried when a project takes them: name them there."
    )


def test_a_task_whose_process_has_died_has_failed(workspace: Workspace):
    told(workspace, state="running", at=time.time() - 1000)
    status = model_tasks.status(workspace, "try", BACKEND)
    assert status.state == "failed"
    assert "interrupted" in status.error


def test_a_task_is_stopped_by_its_next_word_of_progress(workspace: Workspace):
    place = told(workspace, state="running", at=time.time())
    model_tasks.stop(workspace, "try", BACKEND)
    model_task.run(workspace.root, "try", BACKEND.role, BACKEND.name)
    assert json.loads(place.status.read_text()) == {"state": "stopped"}


def test_two_processes_do_not_do_the_same_task_at_once(workspace: Workspace):
    place = told(workspace, state="running", at=time.time())
    with place.lock:
        model_task.run(workspace.root, "try", BACKEND.role, BACKEND.name)
    assert json.loads(place.status.read_text())["state"] == "running"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from(["state", "done", "total", "note", "answer", "error", "at"]), json_values)
    | json_values
)
def test_whatever_stands_in_the_file_gives_a_status(tmp_path_factory, content):
    root = tmp_path_factory.mktemp("ws")
    place = model_tasks.files(root, "get", BACKEND.role, BACKEND.name)
    place.status.write_text(json.dumps(content), "utf-8")
    ws = Workspace(root, None, None)  # pyright: ignore[reportArgumentType]
    status = model_tasks.status(ws, "get", BACKEND)
    assert isinstance(status.done, int)
    assert len(status.answer) <= model_tasks.MAX_CHARS
