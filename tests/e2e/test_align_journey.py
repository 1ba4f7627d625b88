"""An analyst corrects the sample: edits, splits, re-pairs, undoes, comes back, takes the texts along."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services import stages
from services.recipe import Project
from services.sample import sample_project
from services.segment_edits import apply
from tests.e2e.acts import START_X_PX, click_pair, press, write_text_of_pair
from tests.e2e.running_app import RunningApp, key, settled

pytestmark = pytest.mark.e2e
NEW = "The rocket waits for its crew."
SAVED_MS = 15_000


@pytest.fixture
def project(app: RunningApp) -> Project:
    """The sample with frames, texts and pairs."""
    project = app.workspace.projects.add(sample_project())
    for recipe in (project.left, project.right):
        stages.build(app.workspace.store, recipe, "pairs")
    return project


def texts(app: RunningApp, project: Project) -> list[str]:
    """The texts of the left video as they are stored."""
    recipe = app.workspace.projects.get(project.project_id).left
    got = stages.load(app.workspace.store, recipe, "transcript").segments
    return [segment.text for segment in apply(got, recipe.text_edits)]


def changed(app: RunningApp, page: Page, project: Project, n_changes: int) -> None:
    """Wait until the log has so many changes and the page shows them."""
    for _ in range(SAVED_MS // 100):
        if len(app.workspace.projects.changes(project.project_id)) >= n_changes:
            break
        page.wait_for_timeout(100)
    expect(key(page, "align_changes")).to_contain_text(f"What changed · {n_changes}")
    settled(page)


def open_align(app: RunningApp, page: Page, project: Project) -> None:
    page.goto(f"{app.url}/align?project={project.project_id}")
    key(page, "align_box").locator("canvas").first.wait_for()
    settled(page)
    page.wait_for_timeout(1000)  # the columns get their widths after the first drawing


def test_texts_are_corrected_and_still_so_after_a_reload(
    app: RunningApp, page: Page, project: Project, tmp_path: Path
):
    before = texts(app, project)
    open_align(app, page, project)
    write_text_of_pair(page, 1, NEW)
    changed(app, page, project, 1)
    assert texts(app, project) == [before[0], NEW, *before[2:]]

    click_pair(page, 3)
    field = key(page, "align_field").locator("textarea").first
    expect(field).to_have_value(before[3])
    press(page, "align_split")
    changed(app, page, project, 2)
    assert len(texts(app, project)) == len(before) + 1
    assert "".join(texts(app, project)[3:5]).replace(" ", "") == before[3].replace(" ", "")

    press(page, "align_near_6")
    changed(app, page, project, 3)
    press(page, "align_undo")
    expect(key(page, "align_redo").get_by_role("button")).to_be_enabled()
    settled(page)
    press(page, "align_undo")
    settled(page)
    expect(field).to_have_value(before[3])
    press(page, "align_redo")
    expect(field).not_to_have_value(before[3])
    corrected = texts(app, project)
    assert len(corrected) == len(before) + 1

    open_align(app, page, project)
    expect(key(page, "align_changes")).to_contain_text("What changed · 3")
    assert texts(app, project) == corrected
    press(page, "align_export")
    with page.expect_download() as download:
        key(page, "align_export_srt").get_by_role("button").click()
    download.value.save_as(tmp_path / "corrected.srt")
    written = (tmp_path / "corrected.srt").read_text("utf-8")
    assert NEW in written
    assert written.count("-->") == len(corrected)


def test_a_time_that_cannot_be_is_told_and_the_cell_shows_the_old_one_again(
    app: RunningApp, page: Page, project: Project
):
    open_align(app, page, project)
    write_text_of_pair(page, 0, "1:20", x_px=START_X_PX)
    expect(page.get_by_text("It has to end after it starts")).to_be_visible()
    write_text_of_pair(page, 0, NEW)
    changed(app, page, project, 1)
    expect(page.get_by_text("It has to end after it starts")).to_have_count(0)
    assert texts(app, project)[0] == NEW
