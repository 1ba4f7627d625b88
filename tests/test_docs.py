"""The documentation names every command, option, backend, file and column, and its links lead somewhere."""

import csv
import json
import re
from pathlib import Path

import pytest

from crvae.config import PRESETS
from services.backend_table import table
from services.backends import ROLES
from services.cli_parser import parse
from services.export import export
from services.stages import OF_BOTH, STAGES
from tests.filled import filled_workspace

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
COMMANDS = ("run", "build", "status", "export", "bundle", "import", "prune")
LINK = re.compile(r"\]\(([^)\s]+)\)")
LATER = {DOCS / "images" / "compare.png"}  # a picture of the app, taken when its pages stand


def code(name: str) -> set[str]:
    """What a page of the documentation writes as code, in words: `--out DIR` gives --out and DIR."""
    text = (DOCS / name).read_text("utf-8")
    return {word for span in re.findall(r"`([^`\n]+)`", text) for word in re.split(r"[\s,|]+", span)}


def help_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        parse([*words, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out.replace("python -m services", "")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    export(*filled_workspace(tmp_path_factory.mktemp("filled")), folder)
    return folder


def test_these_are_all_commands(capsys: pytest.CaptureFixture[str]):
    listed = re.findall(r"^    ([a-z]+) ", help_of(capsys), re.MULTILINE)
    assert tuple(listed) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_line_page_names_the_command_and_its_options(
    command: str, capsys: pytest.CaptureFixture[str]
):
    options = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", help_of(capsys, command)))
    assert {"-h", "--help"} <= options
    assert ({command} | options) - code("command-line.md") == set()


def test_the_command_line_page_names_every_step_preset_and_exit_code():
    told = code("command-line.md")
    assert {*STAGES, *OF_BOTH, *PRESETS} - told == set()
    rows = (DOCS / "command-line.md").read_text("utf-8")
    assert [line.split("|")[1].strip() for line in rows.splitlines() if re.match(r"\| \d", line)] == [
        "0",
        "1",
        "2",
        "130",
    ]


def test_the_files_page_names_every_file_of_the_output_folder(out: Path):
    files = {path.name for path in out.rglob("*") if path.is_file()}
    assert {"project.json", "tags.json"} <= files
    assert files - code("files.md") == set()


def test_the_files_page_names_every_column(out: Path):
    tables = [
        path for path in out.rglob("*.csv") if path.name != "similarity.csv"
    ]  # its columns are clusters
    assert tables
    for path in tables:
        with path.open(encoding="utf-8", newline="") as file:
            assert set(next(csv.reader(file))) - code("files.md") == set(), path.name


def test_the_files_page_names_every_field_of_the_json_files(out: Path):
    told = code("files.md")
    for name in ("project.json", "comparison.json"):
        assert set(json.loads((out / name).read_text("utf-8"))) - told == set(), name
    cluster = json.loads((out / "left" / "tags.json").read_text("utf-8"))[0]
    assert {*cluster, *cluster["tags"][0]} - told == set()


def test_the_models_page_names_every_role_and_backend():
    assert {*ROLES, *(backend.name for backend in table())} - code("backends.md") == set()


def test_the_map_leads_to_every_page():
    linked = {(DOCS / target).resolve() for target in LINK.findall((DOCS / "index.md").read_text("utf-8"))}
    assert {*DOCS.rglob("*.md"), ROOT / "README.md"} - linked == {DOCS / "index.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_files_that_exist(page: Path):
    targets = [target.partition("#")[0] for target in LINK.findall(page.read_text("utf-8"))]
    relative = [target for target in targets if target and not re.match(r"[a-z]+:", target)]
    lost = [target for target in relative if not (page.parent / target).exists()]
    assert {(page.parent / target).resolve() for target in lost} <= LATER, lost


def test_pages_that_the_program_points_to_exist():
    pointed = {
        name
        for folder in ("services", "crvae", "pages")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"docs/[\w/-]+\.md", path.read_text("utf-8"))
    }
    assert pointed
    assert [name for name in sorted(pointed) if not (ROOT / name).is_file()] == []
