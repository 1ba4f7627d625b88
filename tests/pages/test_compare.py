"""Compare: findings, heatmap, evidence and files to take away."""

from pages.ui.comparing import file_name
from services.recipe import Project
from services.stages import comparison_key
from services.workspace import Workspace
from tests.pages.conftest import buttons, open_page, record, words


def test_the_findings_come_first_with_the_video_that_they_are_about(ws: Workspace, project: Project):
    told = words(open_page("compare", project))
    assert ">Most alike<" in told
    assert "Least shared in the English video" in told
    assert "Least shared in the Chinese video" in told


def test_the_heatmap_can_be_taken_away_in_three_ways(ws: Workspace, project: Project):
    at = open_page("compare", project)
    assert len(at.get("plotly_chart")) == 1
    assert {download.key for download in at.get("download_button")} == {
        "compare_png",
        "compare_report",
        "compare_csv",
    }


def test_the_numbers_are_called_an_order_and_no_proof(ws: Workspace, project: Project):
    assert "no test against chance yet" in words(open_page("compare", project))


def test_six_pairs_of_themes_are_shown_until_all_are_asked_for(ws: Workspace, project: Project):
    at = open_page("compare", project)
    assert words(at).count("closest tags") == 6
    at.toggle(key="compare_all").set_value(True).run()
    assert not at.exception
    assert words(at).count("closest tags") == 12


def test_a_comparison_in_the_making_can_be_stopped(ws: Workspace, project: Project):
    ws.store.discard(comparison_key(project))
    record(ws, project, "both", "comparison", "running")
    assert buttons(open_page("compare", project))["job_stop_both_comparison"] == "Stop"


def test_a_comparison_that_failed_says_why(ws: Workspace, project: Project):
    ws.store.discard(comparison_key(project))
    record(ws, project, "both", "comparison", "failed", "The phrase vectors are not here.")
    at = open_page("compare", project)
    assert "Comparing the clusters failed. The phrase vectors are not here." in words(at)
    assert buttons(at)["job_start_both_comparison"] == "Resume"


def test_a_topic_in_any_script_becomes_a_file_name():
    assert file_name("Moon: 航天员 / 启程?") == "Moon-航天员-启程"
    assert file_name("///") == "diptych"
