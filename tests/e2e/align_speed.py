"""How fast the Align page is with many segments:  python -m tests.e2e.align_speed [ROWS]

Prints milliseconds from the address to the first rows, and from an edit's last key to the saved page.
"""

import dataclasses
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from services import stages
from services.recipe import Project
from services.records import Frames, Segment, Transcript
from services.segment_ids import numbered
from services.workspace import Workspace
from tests.e2e.acts import type_into_pair
from tests.e2e.running_app import RunningApp, browser, key, running_app, settled, window
from tests.filled import INTERVAL_S, draw_frame, filled_workspace, put

N_TIMES = 5


def main() -> None:
    n_rows = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    path = os.environ.get("DIPTYCH_TEST_BROWSER", "/usr/bin/chromium")
    with tempfile.TemporaryDirectory() as folder:
        ws, project = filled_workspace(Path(folder))
        project = lengthened(ws, project, n_rows)
        with running_app(ws.root) as app, browser(path) as opened:
            page = window(opened).new_page()
            report("first rows", first_rows(app, page, project))
            report("text edited in its cell", edits(ws, page, project))
            report("segment dropped or taken in", presses(ws, page, project, "align_drop"))
            report("segment split or merged", presses(ws, page, project, "align_split", "align_merge"))


def lengthened(ws: Workspace, project: Project, n_rows: int) -> Project:
    """The project with so many frames and segments on the left side."""
    source = dataclasses.replace(project.left.source, digest="ef" * 16)
    project = ws.projects.save(
        project.with_recipe("left", dataclasses.replace(project.left, source=source)), ""
    )
    folder = ws.store.scratch(stages.key(project.left, "frames")) / "frames"
    folder.mkdir()
    frames = Frames(np.arange(n_rows) * INTERVAL_S, folder, 320, 180)
    for row in range(n_rows):
        draw_frame(row // 20, row % 30).save(frames.path(row), quality=85)
    old = stages.load(ws.store, project.right, "video")
    put(ws.store, project.left, "video", dataclasses.replace(old, duration_s=n_rows * INTERVAL_S))
    put(ws.store, project.left, "frames", frames)
    starts_s = (row * INTERVAL_S + 0.3 * (row % 3) for row in range(n_rows))
    segments = numbered(
        Segment(start_s, start_s + 1.9, f"sentence number {row}: thousands of workers are busy")
        for row, start_s in enumerate(starts_s)
    )
    put(ws.store, project.left, "transcript", Transcript(segments, "en", source="long.srt"))
    stages.build(ws.store, project.left, "pairs")
    return project


def first_rows(app: RunningApp, page: Page, project: Project) -> list[float]:
    def load() -> None:
        page.goto(f"{app.url}/align?project={project.project_id}")
        page.locator('[data-testid="stDataFrame"] canvas').first.wait_for()

    load()  # the first visit of all imports what a page needs
    settled(page)
    return [timed(load) for _ in range(N_TIMES)]


def edits(ws: Workspace, page: Page, project: Project) -> list[float]:
    settled(page)
    page.wait_for_timeout(1000)  # the columns get their widths after the first drawing
    took_ms: list[float] = []
    for row in range(1, 1 + N_TIMES):
        type_into_pair(page, row, f"corrected {row} by hand")
        took_ms.append(timed(saved(ws, page, project, lambda: page.keyboard.press("Enter"))))
    return took_ms


def presses(ws: Workspace, page: Page, project: Project, *buttons: str) -> list[float]:
    return [
        timed(saved(ws, page, project, key(page, button).get_by_role("button").first.click))
        for button in buttons * (N_TIMES // len(buttons) + 1)
    ]


def saved(ws: Workspace, page: Page, project: Project, act: Callable[[], object]) -> Callable[[], None]:
    """The act, then waiting until it is stored and the page has settled."""

    def run() -> None:
        before = ws.projects.get(project.project_id).revision
        act()
        while ws.projects.get(project.project_id).revision == before:
            page.wait_for_timeout(10)
        settled(page)

    return run


def timed(act: Callable[[], None]) -> float:
    began = time.monotonic()
    act()
    return 1000 * (time.monotonic() - began)


def report(what: str, took_ms: list[float]) -> None:
    print(f"{what}: median {statistics.median(took_ms):.0f} ms, most {max(took_ms):.0f} ms")


if __name__ == "__main__":
    main()
