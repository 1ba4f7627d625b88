"""The whole way of an analyst through the app, and what happens when processes die under it."""

import io
import os
import re
import signal

import psutil
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from services import choose, engine, stages
from services.recipe import Project, Side
from services.sample import sample_project
from services.variants import with_training
from tests.e2e.acts import choose as pick
from tests.e2e.acts import go_on, press, select_on_map, write_text_of_pair
from tests.e2e.running_app import RunningApp, key, settled

pytestmark = pytest.mark.e2e
LONG_MS = 240_000  # for what computes, on a busy machine
DPI, EPOCHS = 300, 15


def test_an_analyst_goes_from_the_sample_to_the_comparison(app: RunningApp, page: Page):
    page.goto(f"{app.url}/sources")
    press(page, "sources_sample")
    for side in ("left", "right"):
        expect(key(page, f"card_source_{side}")).to_contain_text("Text segments", timeout=LONG_MS)
    go_on(page)

    key(page, "align_box").locator("canvas").first.wait_for()
    page.wait_for_timeout(1000)  # the columns get their widths after the first drawing
    write_text_of_pair(page, 0, "The rocket waits for its crew.")
    expect(key(page, "align_changes")).to_contain_text("What changed · 1")
    expect(page.get_by_test_id("stMetric").first).to_contain_text("41", timeout=LONG_MS)
    (project,) = app.workspace.projects.all()
    app.workspace.projects.save(with_training(project, epochs=EPOCHS, seed=0), "fewer epochs")
    go_on(page)

    # The first visit of the page imports torch.
    expect(page.get_by_text("Quick: a small model")).to_be_visible(timeout=LONG_MS)
    press(page, "train_both")
    for side in ("left", "right"):
        expect(key(page, f"card_train_{side}")).to_contain_text("Picture left unexplained", timeout=LONG_MS)
    go_on(page)

    choose_five_clusters(page, "English video")
    select_on_map(page)
    pick(page, "clusters_side", "Chinese video")
    choose_five_clusters(page, "Chinese video")
    expect(key(page, "next")).to_be_visible(timeout=LONG_MS)
    go_on(page)

    press(page, "tags_both")
    expect(key(page, "card_theme_4")).to_be_visible(timeout=LONG_MS)
    expect(key(page, "card_theme_0").get_by_test_id("stButtonGroup")).to_be_visible()  # its tags
    expect(key(page, "next")).to_be_visible(timeout=LONG_MS)
    go_on(page)

    expect(key(page, "card_finding_both")).to_be_visible(timeout=LONG_MS)
    with page.expect_download(timeout=LONG_MS) as download:
        press(page, "compare_png")
    picture = Image.open(io.BytesIO(download.value.path().read_bytes()))
    assert picture.format == "PNG"
    assert picture.width > 6 * DPI  # five columns and the names, in inches of print
    assert picture.height > 4 * DPI


def choose_five_clusters(page: Page, video: str) -> None:
    picker = page.get_by_test_id("stButtonGroup").filter(has_text=re.compile(f"K of the {video}"))
    expect(picker).to_be_visible(timeout=LONG_MS)
    picker.get_by_role("radio", name="5").click()
    expect(key(page, "card_cluster_4")).to_be_visible(timeout=LONG_MS)


def test_trainings_survive_the_death_of_the_web_server_and_of_their_worker(app: RunningApp, page: Page):
    project = prepared(app, epochs={"left": 20, "right": 1000})
    address = f"{app.url}/train?project={project.project_id}"
    page.goto(address)
    press(page, "train_both")
    left, right = (key(page, f"card_train_{side}") for side in ("left", "right"))
    expect(left).to_contain_text(re.compile(r"epoch [1-9]"), timeout=LONG_MS)

    app.kill()
    app.start()
    page.goto(address)
    expect(left).to_contain_text(re.compile("epoch|Picture left unexplained"), timeout=LONG_MS)
    expect(left).to_contain_text("Picture left unexplained", timeout=LONG_MS)

    expect(right).to_contain_text(re.compile(r"epoch [1-9]"), timeout=LONG_MS)
    tab = page.context.new_page()
    tab.goto(address)
    expect(key(tab, "card_train_right")).to_contain_text(re.compile(r"epoch [1-9]"), timeout=LONG_MS)
    tab.close()

    wait_for_checkpoint(app, project, page)
    kill_busiest_worker(app)
    expect(right).to_contain_text("The training process stopped unexpectedly at epoch", timeout=LONG_MS)
    before = epoch_in(right)
    right.get_by_role("button", name="Resume").click()
    expect(right).to_contain_text(re.compile(r"· epoch|epoch \d+ of 1000"), timeout=LONG_MS)
    page.reload()
    settled(page)
    right.get_by_role("button", name="Stop").click()
    expect(right).to_contain_text(re.compile(r"Stopped at epoch \d+"), timeout=LONG_MS)
    assert epoch_in(right) >= max(2, before - 50)  # it went on, not back to the beginning


def prepared(app: RunningApp, epochs: dict[Side, int]) -> Project:
    """The sample, paired, with so many epochs on each side."""
    project = sample_project()
    for side, n_epochs in epochs.items():
        project = project.with_recipe(side, choose.with_preset(project, "quick", n_epochs).recipe(side))
    project = app.workspace.projects.add(project)
    for side in epochs:
        stages.build(app.workspace.store, project.recipe(side), "dataset")
    return project


def wait_for_checkpoint(app: RunningApp, project: Project, page: Page) -> None:
    scratch = app.workspace.store.scratch(stages.key(project.right, "model"))
    for _ in range(LONG_MS // 500):
        if (scratch / "work" / "checkpoint" / "checkpoint.json").exists():
            return
        page.wait_for_timeout(500)
    pytest.fail("the training wrote no checkpoint")


def kill_busiest_worker(app: RunningApp) -> None:
    running = engine.find(app.workspace)
    assert running is not None
    workers = psutil.Process(running.pid).children(recursive=True)
    os.kill(max(workers, key=lambda worker: sum(worker.cpu_times()[:2])).pid, signal.SIGKILL)


def epoch_in(card: Locator) -> int:
    found = re.search(r"epoch (\d+)", card.inner_text())
    assert found, card.inner_text()
    return int(found[1])
