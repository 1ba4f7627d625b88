"""The video on Align: a row is heard, heard again, and a correction leaves the player where it is."""

from typing import Any

import pytest
from playwright.sync_api import Page

from services import stages
from services.recipe import Project
from tests.e2e.acts import START_X_PX, click_pair, write_text_of_pair
from tests.e2e.running_app import RunningApp
from tests.e2e.test_align_journey import NEW, changed, open_align, project

pytestmark = pytest.mark.e2e
__all__ = ["project"]  # the fixture
ROW = 4
VIDEO = "const video = document.querySelector('video');"
PLAYS_FROM = (
    f"([from, to]) => {{ {VIDEO} return video && video.currentTime >= from && video.currentTime < to; }}"
)
STATE = f"""() => {{ {VIDEO} return {{
  time_s: video.currentTime, paused: video.paused, muted: video.muted, volume: video.volume,
  mark: video.mark || '',
  labels: [...video.textTracks].map((track) => track.label),
  modes: [...video.textTracks].map((track) => track.mode),
  texts: [...video.textTracks].map((track) => {{
    const mode = track.mode;
    track.mode = mode === 'disabled' ? 'hidden' : mode;
    return [...track.cues].map((cue) => cue.text);
  }}) }}; }}"""


def start_of(app: RunningApp, project: Project, row: int) -> float:
    recipe = app.workspace.projects.get(project.project_id).left
    return stages.load(app.workspace.store, recipe, "transcript").segments[row].start_s


def state(page: Page) -> dict[str, Any]:
    return page.evaluate(STATE)


def plays_from(page: Page, start_s: float) -> dict[str, Any]:
    """Wait until the video is within two seconds after this moment."""
    page.wait_for_function(PLAYS_FROM, arg=[start_s, start_s + 2])
    return state(page)


def test_a_row_plays_with_sound_from_its_own_start_and_again_at_each_press(
    app: RunningApp, page: Page, project: Project
):
    open_align(app, page, project)
    start_s = start_of(app, project, ROW)
    click_pair(page, ROW)
    first = plays_from(page, start_s)
    assert (first["muted"], first["volume"], first["paused"]) == (False, 1, False)
    page.wait_for_function(PLAYS_FROM, arg=[start_s + 2.5, start_s + 60])
    click_pair(page, ROW)
    again = plays_from(page, start_s)
    assert (again["muted"], again["paused"]) == (False, False)


def test_a_correction_changes_the_subtitles_and_leaves_the_player_where_it_is(
    app: RunningApp, page: Page, project: Project
):
    open_align(app, page, project)
    click_pair(page, ROW)
    plays_from(page, start_of(app, project, ROW))
    page.evaluate(f"() => {{ {VIDEO} video.pause(); video.currentTime = 60; video.mark = 'same'; }}")
    before = state(page)
    assert before["labels"] == ["Corrected", "Original"]
    assert before["texts"][0] == before["texts"][1]
    write_text_of_pair(page, 1, NEW)
    changed(app, page, project, 1)
    after = state(page)
    assert (after["time_s"], after["paused"], after["mark"]) == (60, True, "same")
    assert (after["texts"][0][1], after["texts"][1]) == (NEW, before["texts"][1])
    assert after["modes"][0] == "showing"


def test_the_player_keeps_its_place_while_the_page_around_it_changes(
    app: RunningApp, page: Page, project: Project
):
    open_align(app, page, project)
    click_pair(page, ROW)
    plays_from(page, start_of(app, project, ROW))
    page.evaluate(f"() => {{ {VIDEO} video.pause(); video.currentTime = 60; }}")
    page.wait_for_timeout(300)
    write_text_of_pair(
        page, 0, "1:20", x_px=START_X_PX
    )  # refused: a box comes above the table and the player
    page.get_by_text("It has to end after it starts").wait_for()
    page.wait_for_timeout(1000)
    assert (state(page)["time_s"], state(page)["paused"]) == (60, True)
