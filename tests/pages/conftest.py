"""Pages run without a browser, on a copy of the filled workspace; nothing is trained and no engine starts."""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services import engine, job_records
from services.job_records import JobRecord, JobState, Target
from services.projects import Projects
from services.recipe import Project
from services.stages import key
from services.store import Store
from services.workspace import Workspace, open_workspace
from tests.filled import filled_workspace

HOME = Path(__file__).resolve().parents[2] / "pages" / "home.py"
TIMEOUT_S = 60.0  # a busy machine imports plotly and pandas slowly
Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def same_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page's test puts its script in place of the main module, which later processes would run again."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(autouse=True)
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that starts a job where none is expected fails its test instead of starting processes."""
    monkeypatch.setattr(engine, "_launch", lambda ws: pytest.fail("the page started the jobs engine"))


@pytest.fixture(scope="session")
def filled_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled_workspace(tmp_path_factory.mktemp("filled"))[0].root


@pytest.fixture
def ws(filled_root: Path, diptych_home: Path) -> Workspace:
    shutil.copytree(filled_root, diptych_home)
    root = diptych_home.resolve()
    return Workspace(root, Store(root / "cache"), Projects(root / "projects.sqlite"))


@pytest.fixture
def empty(diptych_home: Path) -> Workspace:
    return open_workspace()


@pytest.fixture
def project(ws: Workspace) -> Project:
    return ws.projects.all()[0]


def open_page(page: str, project: Project | str | None = None) -> AppTest:
    """The page as a visitor sees it who comes by its address; it has drawn without an exception."""
    at = AppTest.from_file(str(HOME), default_timeout=TIMEOUT_S)
    if project is not None:
        at.query_params["project"] = project if isinstance(project, str) else project.project_id
    if page != "sources":
        at.switch_page(f"{page}.py")
    at.run()
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    """All that the page says in sentences, boxes and html."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "success")
    told = [str(element.value) for kind in kinds for element in at.get(kind)]
    told += [str(element.proto.body) for element in at.get("html")]
    return "\n".join(told)


def links(at: AppTest) -> dict[str, bool]:
    """Label of each link to a page -> whether it can be followed."""
    return {link.proto.label: not link.proto.disabled for link in at.get("page_link")}


def buttons(at: AppTest) -> dict[str, str]:
    """Key -> label of every button."""
    return {button.key: button.label for button in at.button}


def forget(ws: Workspace, project: Project, *stages: str) -> None:
    """Delete the results of these stages on both sides, as if they had never been computed."""
    for recipe in (project.left, project.right):
        for stage in stages:
            ws.store.discard(key(recipe, stage))


def record(
    ws: Workspace,
    project: Project,
    target: Target,
    stage: str,
    state: JobState,
    error: str = "",
    **told: bool,
) -> None:
    """A job in this state, as an engine would have left it."""
    keys = job_records.keys_of(project, target, stage)
    now = time.time()
    job = JobRecord(
        project.project_id, target, stage, keys, (), "CPU", 1, state, now, now, error=error, **told
    )
    job_records.write(ws.projects, job)
