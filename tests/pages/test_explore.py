"""Clusters, second half: ribbons, cards, map; what is clicked and selected narrows them."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from crvae.records import Clustering, Projection
from pages.ui.cluster_map import selected
from pages.ui.explore import Focus, clicked
from services import choose
from services.profile_records import Outside, Profile
from services.recipe import Project, Projecting
from services.stages import key, load
from services.workspace import Workspace
from tests.filled import N_PAIRS, put
from tests.pages.conftest import buttons, forget, open_page, record, words


def event(*points: dict[str, Any]) -> dict[str, Any]:
    """As a browser reports what is selected in a chart."""
    return {"selection": {"points": list(points)}}


@pytest.fixture
def at(ws: Workspace, project: Project) -> AppTest:
    return open_page("clusters", project)


def click(at: AppTest, *data: object) -> AppTest:
    """Click the stretch with these data in the ribbons."""
    at.session_state["clusters_ribbon_0"] = event({"customdata": list(data)})
    at.run()
    assert not at.exception
    return at


def test_each_card_tells_size_words_stability_and_what_holds_it_together(at: AppTest):
    told = words(at)
    assert "10 pairs, 42% of the time" in told
    assert "phrase 1 · 冰雪" in told
    assert "held together by the picture · picture 92%, words 31%" in told
    assert "held together by the words · picture 20%, words 70%" in told
    assert "held together by both, each alone · picture 80%, words 90%" in told
    assert "dissolves" in told
    assert "one repeated shot, 2 times" in told


def test_before_a_click_the_video_is_shown_in_short(at: AppTest):
    assert "The English video in short" in words(at)
    assert "clusters_clear" not in buttons(at)


def test_a_clicked_stretch_narrows_the_page_to_its_frames_and_its_cluster(at: AppTest):
    told = words(click(at, "left", 8, 15))
    assert "Its cluster" in told
    assert "0:16 – 0:32, 8 pairs" in told
    assert "phrase 2" in told
    assert "phrase 1" not in told


def test_one_click_shows_all_again(at: AppTest):
    click(at, "left", 8, 15)
    at.button(key="clusters_clear").click().run()
    assert not at.exception
    assert "The English video in short" in words(at)
    assert "phrase 1" in words(at)


def test_a_stretch_that_is_none_any_more_narrows_nothing(at: AppTest):
    assert "The English video in short" in words(click(at, "left", 3, 5))


@pytest.mark.parametrize(
    "data", [[], ["left"], ["nowhere", 1, 2], ["left", 1, 2, 3], "left", None, 7, {"a": "up", "b": 1, "c": 2}]
)
def test_a_click_that_is_no_stretch_is_none(data: object):
    assert clicked(event({"customdata": data})) is None
    assert clicked(event({})) is None


def test_plotly_s_ways_to_report_a_stretch_mean_the_same():
    assert clicked(event({"customdata": {"0": "right", "1": 2, "2": 5}})) == Focus("right", 2, 5)
    assert clicked(event({"customdata": ["right", 2, 5]})) == Focus("right", 2, 5)


def test_plotly_s_ways_to_report_pairs_mean_the_same_and_strangers_are_left_out():
    found = selected(event({"customdata": 3}, {"customdata": [4]}, {"customdata": {"0": 5}}), 6)
    assert found == {3, 4, 5}
    assert selected(event({"customdata": 6}, {"customdata": -1}, {}, {"customdata": ["x"]}), 6) == set()


def test_selected_marks_show_their_frames_and_can_be_exported(at: AppTest, project: Project):
    shapes = [key(project.left, stage)[:8] for stage in ("projection", "clusters")]
    at.session_state[f"clusters_map_{'_'.join(shapes)}"] = event({"customdata": 0}, {"customdata": 1})
    at.run()
    assert "**2 pairs selected**" in words(at)
    assert [button.proto.label for button in at.get("download_button")] == ["Export"]


def test_another_kind_of_map_is_saved_for_both_videos(ws: Workspace, project: Project):
    pca = choose.with_map(project, Projecting(method="pca"))
    for recipe in (pca.left, pca.right):
        put(ws.store, recipe, "projection", Projection(np.zeros((N_PAIRS, 2), np.float32), 0.0, "pca"))
    at = open_page("clusters", project)
    at.button_group(key="clusters_map_method_tsne").set_value("pca").run()
    assert not at.exception
    saved = ws.projects.get(project.project_id)
    assert (saved.left.projection.method, saved.right.projection.method) == ("pca", "pca")
    assert "plain shadow" in words(at)
    assert not at.select_slider  # the perplexity is of t-SNE alone


def test_the_perplexity_is_saved(ws: Workspace, project: Project):
    wide = choose.with_map(project, Projecting(30.0))
    for recipe in (wide.left, wide.right):
        put(ws.store, recipe, "projection", Projection(np.zeros((N_PAIRS, 2), np.float32), 7.0))
    at = open_page("clusters", project)
    at.select_slider(key="clusters_map_perplexity_8").set_value(30.0).run()
    assert not at.exception
    assert ws.projects.get(project.project_id).left.projection.perplexity == 30.0


def test_repeated_shots_are_set_aside_by_one_switch_and_told(ws: Workspace, project: Project):
    aside = choose.with_repeated_shots(project, "left", sets_aside=True).left
    labels = load(ws.store, project.left, "clusters").labels
    left = np.where(labels == 0, -1, labels - 1).astype(np.int32)
    put(ws.store, aside, "clusters", Clustering(2, left, np.zeros((2, 3), np.float32), 0, set_aside=left < 0))
    profile: Profile = load(ws.store, project.left, "profile")
    rest = tuple(entry for entry in profile.clusters if entry.cluster < 2)
    put(ws.store, aside, "profile", Profile(rest, (Outside(True, 10, 20.0, 0.42, (0, 1)),), "both"))
    at = open_page("clusters", project)
    at.toggle(key="clusters_aside_left_False").set_value(True).run()
    assert not at.exception
    assert ws.projects.get(project.project_id).left.clustering.sets_aside
    assert "Set aside: repeated shots" in words(at)
    assert "10 pairs, 42% of the time" in words(at)


def test_clusters_of_pictures_alone_are_said_to_be_so(ws: Workspace, project: Project):
    profile: Profile = load(ws.store, project.left, "profile")
    ws.store.discard(key(project.left, "profile"))
    put(ws.store, project.left, "profile", Profile(profile.clusters, (), "picture"))
    assert "made of pictures alone" in words(open_page("clusters", project))


def test_cards_that_could_not_be_made_say_why_and_the_ribbon_is_there(ws: Workspace, project: Project):
    forget(ws, project, "profile")
    record(ws, project, "left", "profile", "failed", "The model is gone.")
    at = open_page("clusters", project)
    assert "Describing the clusters of the English video failed. The model is gone." in words(at)
    assert buttons(at)["job_start_left_profile"] == "Resume"
    assert "Along the video" in words(at)
