"""The commands on stored projects: build, status, export, prune, and how a project is named."""

import dataclasses
import os
import time
from pathlib import Path

import pytest

from services import stages
from services.cli_prune import RECENT_S
from services.export import not_computed
from services.recipe import Project, Recipe
from services.sources import captions_of, source_of
from services.uploads import keep_upload
from services.workspace import Workspace
from tests.filled import filled_workspace
from tests.services.small_run import draw_pair, started, told
from tests.services.test_export import FILES

DIGEST = "0123456789abcdef" * 2


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Workspace, Project]:
    """A workspace with one finished project, which the command line is told to use."""
    ws, project = filled_workspace(tmp_path)
    monkeypatch.setenv("DIPTYCH_HOME", str(ws.root))
    return ws, project


@pytest.fixture
def drawn_project(workspace: Workspace, tmp_path: Path) -> Project:
    """A project of two drawn videos; nothing is computed."""
    words = draw_pair(tmp_path)
    given = dict(zip(words[::2], words[1::2], strict=True))
    left, right = (
        Recipe(source_of(given[f"--{side}"]), captions_of(given[f"--{side}-captions"], language))
        for side, language in (("left", "en"), ("right", "zh"))
    )
    return workspace.projects.add(Project("", "Harbour", left, right))


def aged(path: Path) -> Path:
    """The path, changed so long ago that nobody can be about to use it."""
    for each in (*path.rglob("*"), path):
        os.utime(each, (0, time.time() - RECENT_S - 1))
    return path


def upload(ws: Workspace, content: bytes) -> Path:
    source = ws.root / "chosen.mp4"
    source.write_bytes(content)
    with source.open("rb") as file:
        return keep_upload("chosen.mp4", file, ws.uploads)


def test_build_computes_a_step_and_what_it_needs(workspace: Workspace, drawn_project: Project):
    built = told("build", "Harbour", "left", "pairs")
    assert (built.code, built.out) == (0, "pairs of 'Harbour' is done.\n")
    assert built.err.splitlines() == ["Video", "Frames", "Transcript", "Segments", "Pairs"]
    assert stages.have(workspace.store, drawn_project.left, "pairs")
    assert not stages.have(workspace.store, drawn_project.right, "video")


def test_build_does_both_sides(workspace: Workspace, drawn_project: Project):
    assert told("build", drawn_project.project_id, "both", "frames").code == 0
    assert all(
        stages.have(workspace.store, drawn_project.recipe(side), "frames") for side in ("left", "right")
    )


def test_build_of_what_is_there_is_done_at_once(filled: tuple[Workspace, Project]):
    built = told("build", filled[1].project_id, "both", "comparison")
    assert (built.code, built.err) == (0, "")


def test_build_without_a_chosen_k_says_where_to_choose(filled: tuple[Workspace, Project]):
    ws, project = filled
    left = dataclasses.replace(project.left, clustering=dataclasses.replace(project.left.clustering, k=None))
    ws.projects.add(dataclasses.replace(project.with_recipe("left", left), topic="open"))
    built = told("build", "open", "left", "clusters")
    assert built.code == 2
    assert len(built.sentences) == 1
    assert "K" in built.sentences[0]


def test_status_tells_every_step_its_seconds_and_backend(filled: tuple[Workspace, Project]):
    status = told("status", filled[1].project_id)
    lines = status.out.splitlines()
    assert (status.code, status.err) == (0, "")
    assert lines[0] == f"{filled[1].topic} ({filled[1].project_id})"
    assert "English video: Building for the Games, K = 3" in lines
    assert "  Training: done (8.0 s)" in lines
    assert "  Tags: done (1.5 s, keywords)" in lines
    assert lines[-2] == "Comparison: done (0.3 s, use)"
    assert lines[-1].startswith("Chance: done (")
    assert len(lines) == 3 + 2 * (1 + len(stages.STAGES))


def test_status_tells_what_is_missing(drawn_project: Project):
    lines = told("status", "Harbour").out.splitlines()
    assert lines[1].endswith("left, K not chosen yet")
    assert lines[-2:] == ["Comparison: not computed", "Chance: not computed"]


def test_a_reader_that_has_seen_enough_is_no_failure(filled: tuple[Workspace, Project]):
    process = started("status", filled[1].project_id)
    assert process.stdout
    process.stdout.close()
    assert process.stderr
    assert (process.stderr.read(), process.wait(60)) == ("", 0)


def test_export_writes_the_folder(filled: tuple[Workspace, Project], tmp_path: Path):
    out = tmp_path / "out"
    exported = told("export", filled[1].topic, "--out", out)
    assert exported.code == 0
    assert exported.out == f"Results of '{filled[1].topic}': {out} (open report.html)\n"
    assert exported.err.startswith("Writing: left/segments.srt\n")
    assert {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()} == FILES


def test_export_of_an_unfinished_project_says_what_is_missing(drawn_project: Project, tmp_path: Path):
    exported = told("export", "Harbour", "--out", tmp_path / "out")
    assert exported.code == 2
    assert exported.err.startswith("'Harbour' is not finished; it lacks: Video (")
    assert f"python -m services build {drawn_project.project_id} both comparison" in exported.err
    assert not (tmp_path / "out").exists()


def test_an_unknown_project_is_told_with_the_workspace(workspace: Workspace):
    status = told("status", "Mars")
    assert status.code == 2
    assert status.err.startswith(f"There is no project 'Mars' in the workspace {workspace.root}. ")


def test_a_topic_of_two_projects_asks_for_the_id(filled: tuple[Workspace, Project]):
    ws, project = filled
    other = ws.projects.add(project)
    status = told("status", project.topic)
    assert status.code == 2
    assert project.project_id in status.err
    assert other.project_id in status.err


def test_prune_keeps_all_that_a_project_uses(filled: tuple[Workspace, Project]):
    ws, project = filled
    keys = ws.store.keys()
    assert told("prune").out == "Nothing to delete: every stored result and upload belongs to a project.\n"
    assert ws.store.keys() == keys
    assert not_computed(ws.store, project) == []


def test_prune_deletes_results_unfinished_work_and_thumbnails_of_nobody(filled: tuple[Workspace, Project]):
    ws, project = filled
    frames = stages.key(project.left, "frames")
    places = [ws.store.root / "thumbs" / key[:2] / key / "240" for key in (DIGEST, frames)]
    for place in places:
        place.mkdir(parents=True)
        (place / "00000.jpg").write_bytes(b"small")
    (ws.store.scratch(DIGEST) / "half").write_bytes(b"begun")
    other = dataclasses.replace(project, left=dataclasses.replace(project.left, phrases="other"))
    ws.projects.save(other, "other phrases")
    pruned = told("prune")
    assert pruned.code == 0
    assert pruned.out.startswith(
        "Deleted 5 stored results that no project uses ("
    )  # tags, themes, comparison, chance, DIGEST
    assert [place.exists() for place in places] == [False, True]
    assert stages.have(ws.store, other.left, "clusters")
    assert not (ws.store.root / "scratch" / DIGEST).exists()


def test_prune_leaves_what_is_computed_at_this_moment(filled: tuple[Workspace, Project]):
    ws, _ = filled
    with ws.store.lock(DIGEST):
        begun = ws.store.scratch(DIGEST)
        told("prune")
        assert begun.exists()


def test_prune_deletes_uploads_that_no_project_has_ever_named(filled: tuple[Workspace, Project]):
    ws, project = filled
    kept, undone, unused, recent = (
        upload(ws, content) for content in (b"kept", b"undone", b"unused", b"now")
    )
    part = ws.uploads / "part-abc"
    part.write_bytes(b"broke off")
    for path in (kept.parent, undone.parent, unused.parent, part):
        aged(path)
    one = ws.projects.save(_with_video(project, undone), "one video")
    ws.projects.save(_with_video(one, kept), "another video")
    pruned = told("prune")
    assert "2 uploads that no project uses" in pruned.out
    assert (unused.exists(), part.exists()) == (False, False)
    assert all(path.exists() for path in (kept, undone, recent))


def test_prune_leaves_strangers_among_the_uploads_alone(workspace: Workspace):
    own = workspace.uploads / "my films"
    own.mkdir()
    (own / "film.mp4").write_bytes(b"mine")
    aged(own)
    told("prune")
    assert (own / "film.mp4").exists()


def _with_video(project: Project, path: Path) -> Project:
    source = dataclasses.replace(project.left.source, digest=path.parent.name, location=str(path))
    return project.with_recipe("left", dataclasses.replace(project.left, source=source))
