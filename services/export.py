"""The output folder of a finished project, file by file (docs/files.md)."""

import contextlib
import dataclasses
import errno
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from services import export_tables as tables
from services.errors import AnalysisError
from services.labels import video_label
from services.measures import NAMES
from services.project_file import backend_facts, project_file
from services.recipe import SIDES, Project, Recipe
from services.records import Progress, Significance, quiet
from services.said import IN_ENGLISH, Language, Tell
from services.screen_time import screen_times
from services.stages import (
    STAGES,
    have,
    have_comparison,
    have_significance,
    load,
    load_comparison,
    load_significance,
)
from services.store import DISK_IS, Store
from services.workspace import Workspace

Make = Callable[[], bytes]


class NotFinished(AnalysisError):
    def __init__(self, project: Project, lacking: list[str]):
        super().__init__(
            f"'{project.topic}' is not finished; it lacks: {', '.join(lacking)}. Compute them in the app, or "
            f"with: python -m services build {project.project_id} both comparison"
        )
        self.lacking = lacking


def export(ws: Workspace, project: Project, out: Path, progress: Progress = quiet) -> None:
    """Write every file of the output folder; each is whole or not there, and equal ones are not touched.

    Raises NotFinished if results are missing, AnalysisError if `out` cannot be written or its disk is full.
    """
    lacking = not_computed(ws.store, project)
    if lacking:
        raise NotFinished(project, lacking)
    files = _files(ws, project)
    for done, (name, make) in enumerate(files.items()):
        progress(done, len(files), f"Writing: {name}")
        data = make()
        with _told_in_words(out):
            write_whole(out / name, data)
    progress(len(files), len(files), "Writing: done")


def require_writable(out: Path) -> None:
    """Make the output folder and try to write into it. Raises AnalysisError if that cannot be done."""
    with _told_in_words(out):
        trial = out / f".{os.getpid()}.part"
        write_whole(trial, b"x")
        trial.unlink()


def not_computed(store: Store, project: Project) -> list[str]:
    """What the output folder still lacks, in words; [] for a finished project."""
    lacking = [
        f"{STAGES[stage].title} ({video_label(project, side)})"
        for side in SIDES
        for stage in STAGES
        if not have(store, project.recipe(side), stage)
    ]
    return lacking if have_comparison(store, project) else [*lacking, "Comparison"]


def _files(ws: Workspace, project: Project) -> dict[str, Make]:
    """File name -> what makes its bytes, project.json last: where it stands, the others are there, too."""
    comparison = load_comparison(ws.store, project)
    files: dict[str, Make] = {}
    for side in SIDES:
        files |= {f"{side}/{name}": make for name, make in _side(ws.store, project.recipe(side)).items()}
    return files | {
        "similarity.csv": lambda: tables.similarity_csv(comparison),
        "cells.csv": lambda: cells_table(ws, project),
        "comparison.json": lambda: comparison_file(ws, project),
        "heatmap.png": lambda: heatmap(ws, project),
        "heatmap.svg": lambda: heatmap(ws, project, "svg"),
        "report.html": lambda: _report(ws, project, "en"),
        "report.zh.html": lambda: _report(ws, project, "zh"),
        "project.json": lambda: tables.json_bytes(project_file(ws.store, project)),
    }


def readable_files(ws: Workspace, project: Project) -> dict[str, Make]:
    """The output folder's files that hold no picture of the videos. Raises NotFinished."""
    lacking = not_computed(ws.store, project)
    if lacking:
        raise NotFinished(project, lacking)
    return {name: make for name, make in _files(ws, project).items() if not name.startswith("report.")}


def _side(store: Store, recipe: Recipe) -> dict[str, Make]:
    pairs = load(store, recipe, "pairs")
    return {
        "segments.srt": lambda: tables.segments_srt(load(store, recipe, "segments"), pairs),
        "pairs.csv": lambda: tables.pairs_csv(pairs),
        "training.csv": lambda: tables.training_csv(load(store, recipe, "model").history),
        "latents.npy": lambda: tables.latents_npy(load(store, recipe, "latents")),
        "k_sweep.csv": lambda: tables.k_sweep_csv(load(store, recipe, "sweep")),
        "clusters.csv": lambda: tables.clusters_csv(load(store, recipe, "clusters"), pairs),
        "projection.csv": lambda: tables.projection_csv(load(store, recipe, "projection"), pairs),
        "descriptions.csv": lambda: tables.descriptions_csv(
            load(store, recipe, "descriptions"), load(store, recipe, "frames")
        ),
        "tags.json": lambda: tables.tags_json(load(store, recipe, "themes")),
    }


def heatmap(
    ws: Workspace,
    project: Project,
    kind: Literal["png", "svg"] = "png",
    dpi: int = 300,
    tell: Tell = IN_ENGLISH,
) -> bytes:
    """The heatmap of the project's comparison for print, with screen times, and chance where it is known."""
    from services.heatmap_png import ScreenTimes, heatmap_png, heatmap_svg

    seconds = ScreenTimes(*(_seconds(ws.store, project.recipe(side)) for side in SIDES))
    draw = heatmap_svg if kind == "svg" else partial(heatmap_png, dpi=dpi)
    comparing = project.comparing
    measure = tell(NAMES[comparing.measure], n=comparing.n_best)
    return draw(
        dataclasses.replace(load_comparison(ws.store, project), measure=measure),
        title=project.topic,
        left_title=tell(video_label(project, "left")),
        right_title=tell(video_label(project, "right")),
        significance=known_significance(ws.store, project),
        seconds=seconds,
        tell=tell,
    )


def known_significance(store: Store, project: Project) -> Significance | None:
    """None where the comparison was not held against chance."""
    return load_significance(store, project) if have_significance(store, project) else None


def cells_table(ws: Workspace, project: Project) -> bytes:
    """The table of all cells, as in the output folder."""
    return tables.cells_csv(load_comparison(ws.store, project), known_significance(ws.store, project))


def comparison_file(ws: Workspace, project: Project) -> bytes:
    """comparison.json, as in the output folder."""
    phrases = backend_facts("phrases", project.comparing.phrases)
    comparison = load_comparison(ws.store, project)
    return tables.comparison_json(comparison, phrases, known_significance(ws.store, project))


def _seconds(store: Store, recipe: Recipe) -> NDArray[np.float64]:
    return screen_times(load(store, recipe, "clusters"), load(store, recipe, "pairs"))


def _report(ws: Workspace, project: Project, language: Language) -> bytes:
    from services.report import report_html

    return report_html(ws, project, language).encode()


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` at `path` at one stroke, unless it is there already."""
    if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


@contextlib.contextmanager
def _told_in_words(out: Path) -> Iterator[None]:
    """Turn what keeps `out` from being written into a sentence. Raises AnalysisError; other errors rise."""
    try:
        yield
    except OSError as e:
        if e.errno in DISK_IS:
            raise AnalysisError(
                f"The output folder {out} could not be filled: its disk {DISK_IS[e.errno]}. Free some space "
                "and export again; nothing has to be computed anew."
            ) from e
        if e.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise AnalysisError(
                f"The output folder {out} cannot be written. Give yourself the right to write there, or "
                "choose another folder."
            ) from e
        if e.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP):
            raise AnalysisError(
                f"The output folder {out} cannot be made ({e.strerror}). Choose another folder."
            ) from e
        raise
