"""Compare: findings, heatmap, evidence and files to take away."""

import dataclasses

from pages.ui.comparing import file_name
from pages.ui.heat import chosen_cell
from services.choose import with_k, with_tags_in_english
from services.recipe import Project
from services.stages import comparison_key, load, load_comparison, significance_key
from services.views import cells
from services.workspace import Workspace
from tests.filled import LEFT_STORY, fill_comparison, fill_side
from tests.pages.conftest import buttons, open_page, record, words


def test_the_findings_come_first_with_the_video_that_they_are_about(ws: Workspace, project: Project):
    told = words(open_page("compare", project))
    assert ">Most alike<" in told
    assert "Least shared in the English video" in told
    assert "Least shared in the Chinese video" in told


def test_the_findings_say_whether_they_are_above_chance(ws: Workspace, project: Project):
    told = words(open_page("compare", project))
    assert "(above chance)" in told
    assert "(not above chance)" in told


def test_heatmap_report_and_tables_can_be_taken_away(ws: Workspace, project: Project):
    at = open_page("compare", project)
    assert len(at.get("plotly_chart")) == 1
    assert {download.key for download in at.get("download_button")} == {
        "compare_png",
        "compare_svg",
        "compare_report",
        "compare_report_zh",
        "compare_csv",
        "compare_json",
    }


def test_a_sentence_says_what_the_numbers_allow(ws: Workspace, project: Project):
    told = words(open_page("compare", project))
    assert "2 of 12 cells are above chance" in told
    assert "nothing can be said" in told


def test_shared_themes_have_their_evidence_and_the_others_are_of_one_video_alone(
    ws: Workspace, project: Project
):
    told = words(open_page("compare", project))
    assert told.count("closest tags") == 2
    assert "Only in the English video" in told
    assert "Only in the Chinese video" in told
    assert told.count("on screen") == 3
    assert "0:12 on screen, 6 segments" in told


def test_a_clicked_cell_is_found_however_its_clusters_are_told(ws: Workspace, project: Project):
    found = cells(
        load_comparison(ws.store, project),
        *(load(ws.store, r, "themes") for r in (project.left, project.right)),
    )
    for data in ([1, 2], {"0": 1, "1": 2}):
        shown = chosen_cell({"selection": {"points": [{"customdata": data}]}}, found)
        assert shown is not None
        assert (shown.left.cluster, shown.right.cluster) == (1, 2)
    assert chosen_cell({"selection": {"points": []}}, found) is None
    assert chosen_cell(None, found) is None
    assert chosen_cell({"selection": {"points": [{"customdata": [9, 9]}]}}, found) is None


def test_the_measure_is_explained_and_can_be_changed(ws: Workspace, project: Project):
    pairs = dataclasses.replace(project, comparing=dataclasses.replace(project.comparing, measure="pairs"))
    fill_comparison(ws.store, pairs)
    at = open_page("compare", project)
    assert "as in the paper" in words(at)
    at.segmented_control(key="compare_measure_best").set_value("pairs").run()
    assert not at.exception
    assert ws.projects.get(project.project_id).comparing.measure == "pairs"
    assert "no tag is used twice" in words(at)


def test_tags_that_are_not_english_can_be_compared_by_their_english(ws: Workspace, project: Project):
    english = with_tags_in_english(project, in_english=True)
    fill_comparison(ws.store, english)
    at = open_page("compare", ws.projects.save(english, "Tags compared in English"))
    at.segmented_control(key="compare_english_True").set_value(False).run()
    assert not at.exception
    assert not ws.projects.get(project.project_id).comparing.in_english


def test_six_pairs_of_themes_are_shown_until_all_are_asked_for(ws: Workspace, project: Project):
    at = open_page("compare", project)
    at.session_state["compare_pairs_box"] = True
    at.run()
    assert words(at).count("closest tags") == 2 + 6
    at.toggle(key="compare_all").set_value(True).run()
    assert not at.exception
    assert words(at).count("closest tags") == 2 + 12


def test_without_another_project_more_videos_lead_to_a_new_one(ws: Workspace, project: Project):
    at = open_page("compare", project)
    at.session_state["compare_more_box"] = True
    at.run()
    assert not at.exception
    assert "No other project of the Library" in words(at)


def test_another_project_s_videos_can_be_laid_beside(ws: Workspace, project: Project):
    source = dataclasses.replace(project.left.source, digest="ef" * 16)
    left = dataclasses.replace(project.left, source=source)
    fill_side(ws.store, left, LEFT_STORY, seed=5)
    other = ws.projects.add(dataclasses.replace(project, topic="Other", left=left))
    at = open_page("compare", project)
    at.session_state["compare_more_box"] = True
    at.run()
    at.multiselect(key="compare_more").set_value([other.project_id]).run()
    assert not at.exception
    told = words(at)
    assert "2 of 3 pairs of videos are not compared yet" in told
    assert "nothing can be said of cultures" in told
    assert len(at.get("plotly_chart")) == 2
    assert buttons(at)["compare_more_start"] == "Compare the pairs that are left"


def test_other_settings_are_listed_with_what_is_known_of_them(ws: Workspace, project: Project):
    pairs = dataclasses.replace(project, comparing=dataclasses.replace(project.comparing, measure="pairs"))
    fill_comparison(ws.store, pairs)
    record(ws, with_k(with_k(project, "left", 4), "right", 5), "both", "comparison", "running")
    at = open_page("compare", project)
    at.session_state["compare_holding_box"] = True
    at.run()
    assert not at.exception
    assert words(at).count("τ = **1.00**") == 1
    assert buttons(at)["compare_stop_k+1"] == "Stop"
    assert buttons(at)["compare_try_training_seed"] == "Try"


def test_chance_that_is_being_asked_shows_its_progress_above_the_heatmap(ws: Workspace, project: Project):
    ws.store.discard(significance_key(project))
    record(ws, project, "both", "significance", "running")
    at = open_page("compare", project)
    assert buttons(at)["job_stop_both_significance"] == "Stop"
    assert len(at.get("plotly_chart")) == 1
    assert "were not held against chance" in words(at)
    assert "Only in the" not in words(at)


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
