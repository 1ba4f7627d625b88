"""How fast the Clusters page answers:  python -m tests.e2e.clusters_speed WORKSPACE

WORKSPACE is one in which `python -m services run --sample --k-left 5 --k-right 5` has been run; it is copied.
Prints milliseconds from a click until the page has settled; a job that a click begins is not waited for.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page

from services.recipe import Project
from tests.e2e.align_speed import N_TIMES, report, timed
from tests.e2e.running_app import RunningApp, browser, key, running_app, settled, window

JOBS_MS = 15_000  # for a K that is new: the closer look at its clusters


def main() -> None:
    path = os.environ.get("DIPTYCH_TEST_BROWSER", "/usr/bin/chromium")
    with copied(Path(sys.argv[1])) as home, running_app(home) as app, browser(path) as opened:
        (project, *_) = app.workspace.projects.all()
        page = window(opened).new_page()
        visit(app, page, project)
        report("K that was not chosen before", [picked(page, k, from_k) for from_k, k in ((5, 4),)])
        page.wait_for_timeout(JOBS_MS)
        report("K chosen before", [picked(page, 4 + i % 2, 5 - i % 2) for i in range(1, N_TIMES + 1)])
        page.wait_for_timeout(JOBS_MS)
        mapped(page)  # draws the other map for the first time
        page.wait_for_timeout(JOBS_MS)
        report("map by PCA or t-SNE", [mapped(page) for _ in range(N_TIMES)])
        report("other video", [turned(page, i) for i in range(N_TIMES)])
        report("stretch of a ribbon", [stretched(page, i) for i in range(N_TIMES)])


@contextmanager
def copied(home: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(shutil.copytree(home, Path(folder) / "home", ignore=shutil.ignore_patterns("engine")))


def visit(app: RunningApp, page: Page, project: Project) -> None:
    page.goto(f"{app.url}/clusters?project={project.project_id}")
    key(page, "card_cluster_4").wait_for(timeout=120_000)
    settled(page)
    page.wait_for_timeout(2000)


def picked(page: Page, k: int, from_k: int) -> float:
    return clicked(page, key(page, f"clusters_k_left_kmeans_{from_k}").get_by_role("radio").nth(k - 1))


def mapped(page: Page) -> float:
    is_pca = page.locator(".st-key-clusters_map_method_pca").count() > 0
    box = key(page, f"clusters_map_method_{'pca' if is_pca else 'tsne'}")
    return clicked(page, box.get_by_role("radio", name="t-SNE" if is_pca else "PCA"))


def turned(page: Page, time: int) -> float:
    name = ("Chinese video", "English video")[time % 2]
    return clicked(page, key(page, "clusters_side").get_by_role("radio", name=name))


def stretched(page: Page, time: int) -> float:
    ribbon = page.get_by_test_id("stPlotlyChart").nth(1)
    return clicked(page, ribbon.locator(".bars .point path").nth(time))


def clicked(page: Page, what: Locator) -> float:
    def run() -> None:
        what.click(force=True)
        page.wait_for_timeout(100)  # until the script has begun
        settled(page)

    took_ms = timed(run)
    page.wait_for_timeout(1000)
    return took_ms


if __name__ == "__main__":
    main()
