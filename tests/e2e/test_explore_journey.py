"""Exploring a finished clustering: a click on the ribbon, a loop on the map, its frames, the zip of them."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services.recipe import Project
from tests.e2e.acts import click_stretch, draw_loop_on_map, press
from tests.e2e.running_app import RunningApp, key, running_app, settled
from tests.filled import filled_workspace

pytestmark = pytest.mark.e2e


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return filled_workspace(tmp_path)[1]


@pytest.fixture
def app(tmp_path: Path, project: Project) -> Iterator[RunningApp]:
    with running_app(tmp_path / "workspace") as running:
        yield running


def test_an_analyst_explores_the_clusters_and_takes_a_selection_away(
    app: RunningApp, page: Page, project: Project
):
    page.goto(f"{app.url}/clusters?project={project.project_id}")
    expect(key(page, "card_cluster_2")).to_be_visible(timeout=60_000)

    click_stretch(page, 2)  # the first cluster comes back, so it has two
    expect(key(page, "clusters_clear")).to_be_visible()
    expect(key(page, "card_cluster_1")).to_be_visible()
    expect(key(page, "card_cluster_0")).to_have_count(0)
    press(page, "clusters_clear")
    expect(key(page, "card_cluster_0")).to_be_visible()

    draw_loop_on_map(page)
    panel = key(page, "wide_map")
    told = panel.get_by_text(re.compile(r"\d+ pairs? selected"))
    expect(told).to_be_visible()
    n_selected = int(re.findall(r"\d+", told.inner_text())[0])
    pictures = panel.locator(".d-grid img")
    expect(pictures).to_have_count(n_selected)
    pictures.first.scroll_into_view_if_needed()
    page.wait_for_function("(image) => image.naturalWidth > 0", arg=pictures.first.element_handle())
    settled(page)

    with page.expect_download() as download:
        press(page, "clusters_map_export")
    with zipfile.ZipFile(download.value.path()) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("selection.csv").decode())))
        assert len(rows) == n_selected
        assert {row["file"] for row in rows} | {"selection.csv"} == set(archive.namelist())
        assert all(archive.read(row["file"]).startswith(b"\xff\xd8") for row in rows)  # JPEG
