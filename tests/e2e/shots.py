"""Pictures of every page in every state, to look at:  python -m tests.e2e.shots DIR [--home WORKSPACE]

WORKSPACE is one in which `python -m services run --sample --k-left 5 --k-right 5` has been run; without it
the sample is computed first (some minutes). It is copied, so that the original stays as it is.
"""

import argparse
import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from services import choose, jobs, paper_tables, stages
from services.recipe import SIDES, ClusterChoice, Project, Sampling
from services.variants import with_training
from tests.e2e.acts import choose as pick
from tests.e2e.acts import select_on_map
from tests.e2e.running_app import (
    HEIGHT_PX,
    ROOT,
    WIDTH_PX,
    RunningApp,
    Watch,
    browser,
    key,
    running_app,
    settled,
    window,
)

STEPS = ("align", "train", "clusters", "tags", "compare")
NARROW_PX, PHONE_PX = 800, 390
NOWHERE = Path("/nowhere/video.mp4")


@dataclass(frozen=True)
class Camera:
    """Takes pictures of one app into a folder; their names say page, state and theme."""

    app: RunningApp
    page: Page
    out: Path
    theme: str

    def open(self, address: str, project: Project | str = "") -> None:
        wanted = project if isinstance(project, str) else project.project_id
        self.page.set_viewport_size({"width": self._width_px, "height": HEIGHT_PX})
        self.page.goto(f"{self.app.url}/{address}{f'?project={wanted}' if wanted else ''}")
        settled(self.page)

    def take(self, name: str) -> None:
        """The whole page: Streamlit scrolls within the window, so the window is made as high as the page."""
        settled(self.page)
        self.page.wait_for_timeout(1200)  # plotly and pictures arrive after the script has ended
        height_px = self.page.evaluate(
            "document.querySelector('[data-testid=\"stMainBlockContainer\"]').scrollHeight"
        )
        self.page.set_viewport_size({"width": self._width_px, "height": max(HEIGHT_PX, height_px)})
        self.page.wait_for_timeout(800)
        self.page.screenshot(path=self.out / f"{name}-{self.theme}.png")
        print(f"{name}-{self.theme}.png", flush=True)

    @property
    def _width_px(self) -> int:
        return (self.page.viewport_size or {"width": WIDTH_PX})["width"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.e2e.shots", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--home", type=Path, help="workspace with the sample, computed to the comparison")
    parser.add_argument("--browser", default=os.environ.get("DIPTYCH_TEST_BROWSER", "/usr/bin/chromium"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        _workspace(args.home, home, Path(folder) / "run")
        with running_app(home) as app, browser(args.browser) as opened:
            sample = app.workspace.projects.all()[0]
            for is_dark in (False, True):
                with camera(app, opened, args.out, is_dark=is_dark) as taken:
                    of_results(taken, sample)
                    of_other_pages(taken, sample)
                    of_unfinished(taken, sample)
            with camera(app, opened, args.out, width_px=NARROW_PX) as taken:
                for page in ("", *STEPS, "library", "models"):
                    taken.open(page, sample)
                    taken.take(f"{page or 'sources'}-narrow")
            with camera(app, opened, args.out) as taken:
                of_jobs(taken, sample)
                of_runs(taken, sample)
        with running_app(Path(folder) / "empty") as app, browser(args.browser) as opened:
            for is_dark in (False, True):
                with camera(app, opened, args.out, is_dark=is_dark) as taken:
                    of_nothing(taken)


def _workspace(given: Path | None, home: Path, out: Path) -> None:
    if given:
        shutil.copytree(given, home, ignore=shutil.ignore_patterns("engine"))
        return
    options = ["--sample", "--k-left", "5", "--k-right", "5", "--out", str(out)]
    environment = {**os.environ, "DIPTYCH_HOME": str(home)}
    subprocess.run([sys.executable, "-m", "services", "run", *options], cwd=ROOT, env=environment, check=True)


@contextmanager
def camera(
    app: RunningApp, opened: Browser, out: Path, *, is_dark: bool = False, width_px: int = WIDTH_PX
) -> Iterator[Camera]:
    context = window(opened, is_dark=is_dark, width_px=width_px)
    watch = Watch(context)
    yield Camera(app, context.new_page(), out, "dark" if is_dark else "light")
    for trouble in (*watch.outside, *watch.errors):
        print("TROUBLE", trouble, file=sys.stderr)
    context.close()


def of_results(taken: Camera, project: Project) -> None:
    taken.open("", project)
    taken.take("sources-ready")
    for step in STEPS:
        taken.open(step, project)
        taken.take(f"{step}-ready")
    for step in ("align", "clusters", "tags"):
        taken.open(step, project)
        pick(taken.page, f"{step}_side", "Chinese video")
        taken.take(f"{step}-chinese")
    taken.open("clusters", project)
    select_on_map(taken.page)
    taken.take("clusters-selected")
    taken.open("tags", project)
    taken.page.get_by_role("button", name="Edit").first.click()
    taken.page.get_by_role("dialog").wait_for()
    taken.take("tags-editor")
    taken.open("tags", project)
    key(taken.page, "tags_models").locator("summary").click()
    key(taken.page, "tags_descriptions").locator("summary").click()
    taken.take("tags-descriptions")


def of_other_pages(taken: Camera, project: Project) -> None:
    for name in ("library", "models"):
        taken.open(name, project)
        taken.take(name)
    taken.page.get_by_role("textbox", name="Its name").fill("Salesforce/blip-image-captioning-large@main")
    taken.page.get_by_role("textbox", name="Its name").press("Enter")
    taken.page.get_by_text("Your own choice").wait_for()
    taken.take("models-own")
    taken.open("library", project)
    taken.page.get_by_role("button", name="More").first.click()
    taken.page.get_by_role("button", name="Delete …").click()
    taken.page.get_by_role("dialog").wait_for()
    taken.take("library-delete")
    taken.open("align", "0123456789ab")
    taken.take("align-unknown")


def of_unfinished(taken: Camera, sample: Project) -> None:
    """Projects that are not computed to the end: what is locked, what waits, what failed."""
    projects = taken.app.workspace.projects
    untrained = projects.add(choose.with_preset(sample, "standard"))
    taken.open("train", untrained)
    taken.take("train-untouched")
    taken.open("clusters", untrained)
    taken.take("clusters-locked")
    projects.delete(untrained.project_id)
    paper = projects.add(choose.with_preset(sample, "paper"))
    taken.open("train", paper)
    taken.take("train-paper")
    projects.delete(paper.project_id)
    untagged = projects.add(choose.with_k(choose.with_k(sample, "left", 3), "right", 3))
    for side in SIDES:
        stages.build(taken.app.workspace.store, untagged.recipe(side), "clusters")
    taken.open("tags", untagged)
    taken.take("tags-untouched")
    projects.delete(untagged.project_id)
    no_k = dataclasses.replace(sample.left, clustering=ClusterChoice())
    unchosen = projects.add(sample.with_recipe("left", no_k))
    taken.open("clusters", unchosen)
    taken.take("clusters-unchosen")
    projects.delete(unchosen.project_id)
    lost = dataclasses.replace(sample.left.source, digest="0" * 32, location=str(NOWHERE), title="Lost")
    broken = projects.add(sample.with_recipe("left", dataclasses.replace(sample.left, source=lost)))
    jobs.submit(taken.app.workspace, broken, "left", "pairs")
    taken.open("", broken)
    taken.page.get_by_role("button", name="Resume").wait_for()
    taken.take("sources-failed")
    taken.open("align", broken)
    taken.take("align-locked")
    projects.delete(broken.project_id)


def of_jobs(taken: Camera, sample: Project) -> None:
    """A reading and a training at work, and the training when it was stopped."""
    ws = taken.app.workspace
    anew = sample
    for side in SIDES:
        recipe = anew.recipe(side)
        training = dataclasses.replace(recipe.training, seed=99)
        anew = anew.with_recipe(side, dataclasses.replace(recipe, training=training))
    project = ws.projects.add(anew)
    taken.open("train", project)
    key(taken.page, "train_both").get_by_role("button").click()
    taken.page.get_by_text("s an epoch").first.wait_for(timeout=120_000)
    taken.page.wait_for_timeout(12_000)
    taken.take("train-running")
    key(taken.page, "top").get_by_role("button", name="job").click()
    taken.page.wait_for_timeout(1500)
    taken.take("jobs-tray")
    for side in SIDES:
        jobs.cancel(ws, project, side, "model")
    taken.open("train", project)
    taken.page.get_by_role("button", name="Resume").first.wait_for(timeout=60_000)
    taken.take("train-stopped")
    reading = ws.projects.add(choose.with_sampling(sample, Sampling(0.4)))
    for side in SIDES:
        jobs.submit(ws, reading, side, "pairs")
    taken.open("", reading)
    taken.take("sources-running")


def of_runs(taken: Camera, sample: Project) -> None:
    """Every model of the paper's tables, shortly trained, beside one another."""
    ws = taken.app.workspace
    project = ws.projects.add(with_training(sample, epochs=4, seed=98))
    variants = (*paper_tables.TABLE_1, *paper_tables.TABLE_2)
    paper_tables.train_missing(ws, paper_tables.cells(ws, project, variants))
    taken.open("train", project)
    key(taken.page, "train_table_1").locator("summary").click()
    taken.page.get_by_role("button", name="Stop all").wait_for()
    taken.take("train-table-running")
    while any(cell.is_busy for cell in paper_tables.cells(ws, project, variants)):
        taken.page.wait_for_timeout(2000)
    for width_px in (WIDTH_PX, PHONE_PX):
        taken.page.set_viewport_size({"width": width_px, "height": HEIGHT_PX})
        taken.open("train", project)
        for name in ("train_model", "train_table_1", "train_table_2"):
            key(taken.page, name).locator("summary").click()
            settled(taken.page)
        taken.take(f"train-runs-{width_px}")


def of_nothing(taken: Camera) -> None:
    taken.open("")
    taken.take("welcome")
    key(taken.page, "sources_way_upload").get_by_role("button").click()
    taken.page.get_by_text("Its captions").first.wait_for()
    taken.take("welcome-upload")
    key(taken.page, "sources_way_links").get_by_role("button").click()
    taken.page.get_by_text("Captions (optional)").first.wait_for()
    taken.take("welcome-links")
    taken.open("library")
    taken.take("library-empty")
    taken.open("train")
    taken.take("train-empty")


if __name__ == "__main__":
    main()
