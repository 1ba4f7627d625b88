"""Clusters: advice, the choice of K, and what it shows."""

import dataclasses

import numpy as np

from crvae.clustering import find_clusters
from crvae.k_sweep import Effort, sweep_k
from crvae.records import Clustering, KSweep, Latents
from services import choose
from services.cluster_choice import with_method, with_size
from services.recipe import ClusterChoice, Project
from services.stages import load
from services.workspace import Workspace
from tests.filled import put
from tests.filled_profile import drawn_profile
from tests.pages.conftest import buttons, forget, links, open_page, record, words


def without_k(ws: Workspace, project: Project) -> Project:
    recipe = dataclasses.replace(project.left, clustering=ClusterChoice())
    return ws.projects.save(project.with_recipe("left", recipe), "K forgotten")


def test_a_finished_clustering_shows_metrics_time_line_map_and_every_cluster(ws: Workspace, project: Project):
    at = open_page("clusters", project)
    assert len(at.get("plotly_chart")) == 3
    told = words(at)
    for name in ("Venues under construction", "Steel frameworks", "Voices from the site"):
        assert name in told
    assert "Recommended to begin with.** K = 3: best silhouette" in told
    assert links(at)["**Next: name the themes**"]


def test_before_k_is_chosen_only_the_metrics_are_shown(ws: Workspace, project: Project):
    at = open_page("clusters", without_k(ws, project))
    assert "Choose K above" in words(at)
    assert len(at.get("plotly_chart")) == 1


def test_more_measures_are_drawn_when_they_are_asked_for(ws: Workspace, project: Project):
    at = open_page("clusters", without_k(ws, project))
    at.session_state["clusters_more"] = True
    at.run()
    assert len(at.get("plotly_chart")) == 4


def test_a_chosen_k_is_saved_for_its_video(ws: Workspace, project: Project):
    before = without_k(ws, project)
    two = Clustering(2, np.repeat([0, 1], 12).astype(np.int32), np.zeros((2, 128), np.float32), 0)
    chosen = choose.with_k(before, "left", 2).left
    put(ws.store, chosen, "clusters", two)
    put(ws.store, chosen, "profile", drawn_profile(two.labels, 2.0))
    at = open_page("clusters", before)
    at.button_group(key="clusters_k_left_kmeans_None").set_value(2).run()
    assert not at.exception
    saved = ws.projects.get(project.project_id)
    assert (saved.left.clustering.k, saved.right.clustering.k) == (2, 4)
    assert "Cluster 2" in words(at)


def test_a_k_is_clustered_while_one_waits_and_no_engine_is_needed(ws: Workspace, project: Project):
    before = without_k(ws, project)
    chosen = choose.with_k(before, "left", 4).left
    record(ws, ws.projects.save(before.with_recipe("left", chosen), "K = 4"), "left", "profile", "running")
    at = open_page("clusters", project)
    assert not at.exception
    assert load(ws.store, chosen, "clusters").k == 4
    assert len(at.get("plotly_chart")) == 3


def test_the_video_that_lacks_its_k_is_named(ws: Workspace, project: Project):
    before = without_k(ws, project)
    at = open_page("clusters", before)
    at.button_group(key="clusters_side").set_value("right").run()
    assert not at.exception
    assert "Now choose K for the English video" in words(at)


def test_where_no_k_can_be_compared_the_reason_is_told_and_one_cluster_can_be_taken(
    ws: Workspace, project: Project
):
    before = without_k(ws, project)
    alike = sweep_k(Latents(np.zeros((24, 3), np.float32)), effort=Effort(n_bootstrap=2, n_references=2))
    put(ws.store, before.left, "sweep", alike)
    at = open_page("clusters", before)
    assert "Fewer than 3 of the 24 pairs differ" in words(at)
    assert at.button_group(key="clusters_k_left_kmeans_None").options == ["1"]
    assert not at.get("plotly_chart")


def test_where_hdbscan_finds_nothing_nothing_is_asked_for(ws: Workspace, project: Project):
    asked = ws.projects.save(with_method(project, "left", "hdbscan"), "HDBSCAN")
    put(ws.store, asked.left, "sweep", KSweep((), "hdbscan"))
    at = open_page("clusters", asked)
    assert "no place where the pairs crowd" in words(at)
    assert "Choose K above" not in words(at)


def test_a_click_that_another_tab_was_faster_than_is_not_lost(ws: Workspace, project: Project):
    record(ws, choose.with_k(project, "left", 2), "left", "profile", "running")
    at = open_page("clusters", project)
    pick = at.button_group(key="clusters_k_left_kmeans_3")
    ws.projects.save(choose.with_k(project, "left", 4), "K = 4, in another tab")
    pick.set_value(2).run()
    assert not at.exception
    assert ws.projects.get(project.project_id).left.clustering.k == 2


def test_shots_that_leave_no_cluster_can_be_taken_back_in(ws: Workspace, project: Project):
    aside = ws.projects.save(choose.with_repeated_shots(project, "left", sets_aside=True), "set aside")
    record(ws, aside, "left", "clusters", "failed")
    at = open_page("clusters", aside)
    at.toggle(key="clusters_aside_left_True").set_value(False).run()
    assert not at.exception
    assert not ws.projects.get(project.project_id).left.clustering.sets_aside


def test_metrics_that_are_being_computed_can_be_stopped(ws: Workspace, project: Project):
    forget(ws, project, "sweep")
    record(ws, project, "left", "sweep", "running")
    assert buttons(open_page("clusters", project))["job_stop_left_sweep"] == "Stop"


def test_metrics_that_failed_say_why(ws: Workspace, project: Project):
    forget(ws, project, "sweep")
    record(ws, project, "left", "sweep", "failed", "The latents hold no numbers.")
    at = open_page("clusters", project)
    assert "Trying several K on the English video failed. The latents hold no numbers." in words(at)
    assert buttons(at)["job_start_left_sweep"] == "Resume"


def test_noise_is_called_unsupported_and_a_k_can_still_be_chosen(ws: Workspace, project: Project):
    noise = np.random.default_rng(0).normal(size=(24, 16)).astype(np.float32)
    put(
        ws.store,
        project.left,
        "sweep",
        sweep_k(Latents(noise), range(2, 5), Effort(n_bootstrap=6, n_references=6)),
    )
    at = open_page("clusters", project)
    assert "No K is supported" in words(at)
    assert "Recommended to begin with" not in words(at)
    assert at.button_group(key="clusters_k_left_kmeans_3").options == ["1", "2", "3", "4"]


def test_another_method_is_saved_for_one_video_and_set_beside_the_papers_way(ws: Workspace, project: Project):
    ward = with_method(project, "left", "ward").left
    points = load(ws.store, project.left, "points")
    put(ws.store, ward, "sweep", sweep_k(points, range(2, 5), Effort("ward", 4, 4)))
    found = find_clusters(points, 3, method="ward")
    put(ws.store, ward, "clusters", found)
    put(ws.store, ward, "profile", drawn_profile(found.labels, 2.0))
    at = open_page("clusters", project)
    at.selectbox(key="clusters_method_left_kmeans").set_value("ward").run()
    assert not at.exception
    saved = ws.projects.get(project.project_id)
    assert (saved.left.clustering.method, saved.left.sweep.method) == ("ward", "ward")
    assert (saved.left.clustering.k, saved.right.clustering.method) == (3, "kmeans")
    assert "adjusted Rand index 1.00" in words(at)


def test_hdbscan_is_chosen_by_its_smallest_cluster(ws: Workspace, project: Project):
    asked = ws.projects.save(with_method(project, "left", "hdbscan"), "HDBSCAN")
    points = load(ws.store, project.left, "points")
    put(ws.store, asked.left, "sweep", sweep_k(points, effort=Effort("hdbscan", n_bootstrap=4)))
    four = with_size(asked, "left", 4).left
    found = find_clusters(points, 4, method="hdbscan")
    put(ws.store, four, "clusters", found)
    put(ws.store, four, "profile", drawn_profile(found.labels, 2.0))
    at = open_page("clusters", asked)
    at_pick = at.button_group(key="clusters_k_left_hdbscan_None")
    assert at_pick.label == "Smallest cluster of the English video"
    at.button_group(key="clusters_k_left_hdbscan_None").set_value(4).run()
    assert not at.exception
    assert ws.projects.get(project.project_id).left.clustering.min_pairs == 4
    assert "Agreement with the paper's way" in words(at)


def test_without_the_trained_model_nothing_is_trained_unasked(ws: Workspace, project: Project):
    for stage in ("model", "profile"):
        forget(ws, project, stage)
    at = open_page("clusters", project)
    assert not at.exception
    assert "needs the trained model, which is not on this computer" in words(at)
    assert links(at)["Go to Train"]
