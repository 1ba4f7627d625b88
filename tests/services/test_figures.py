"""Figures show the records they are given."""

import numpy as np
import pytest

from crvae.records import Clustering, KRecommendation, KSweep, Projection
from services import figures
from services.palette import cluster_colour
from services.stages import load, load_comparison, load_significance
from tests.filled import filled_workspace

NAMES = ("Launch", "航天员")


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    return filled_workspace(tmp_path_factory.mktemp("filled"))


def small() -> tuple[Projection, Clustering, np.ndarray, tuple[str, ...]]:
    xy = np.arange(8, dtype=np.float32).reshape(4, 2)
    labels = np.array([0, 1, 1, 0], np.int32)
    clustering = Clustering(2, labels, np.zeros((2, 3), np.float32), seed=0)
    return (
        Projection(xy, 8.0),
        clustering,
        np.array([0.0, 2.0, 4.0, 6.0]),
        ("one", "two", "<b>three</b>", "four"),
    )


def test_every_measure_has_its_own_graph_over_the_same_k(filled):
    ws, project = filled
    sweep = load(ws.store, project.left, "sweep")
    for panels in (figures.MAIN, figures.MORE):
        figure = figures.k_metrics(sweep, 3, panels=panels)
        lines = [trace for trace in figure.data if trace.mode == "lines+markers"]
        assert [trace.name for trace in lines] == [panel.title for panel in panels]
        for panel, trace in zip(panels, lines, strict=True):
            assert list(trace.x) == [score.k for score in sweep.scores]
            assert list(trace.y) == [getattr(score, panel.field) for score in sweep.scores]


def test_the_band_of_stability_is_the_range_of_its_draws(filled):
    ws, project = filled
    sweep = load(ws.store, project.left, "sweep")
    (band,) = [trace for trace in figures.k_metrics(sweep).data if trace.fill == "toself"]
    lows = [s.stability_low for s in sweep.scores[1:]]
    assert list(band.y) == lows + [s.stability_high for s in reversed(sweep.scores[1:])]


def test_the_chosen_k_is_marked_and_the_recommended_one_shaded_in_each_graph(filled):
    ws, project = filled
    sweep = load(ws.store, project.left, "sweep")
    shapes = figures.k_metrics(sweep, 4, KRecommendation(3, "")).layout.shapes
    assert [(s.x0, s.x1) for s in shapes if s.type == "rect"] == [(2.5, 3.5)] * len(figures.MAIN)
    assert [s.x0 for s in shapes if s.type == "line" and s.line.dash == "dot"] == [4] * len(figures.MAIN)
    unsupported = KRecommendation(3, "", is_supported=False)
    shapes = figures.k_metrics(sweep, None, unsupported).layout.shapes
    assert {shape.line.dash for shape in shapes} == {"dash"}  # the limits alone


def test_the_flow_carries_every_pair_from_each_k_to_the_next(filled):
    ws, project = filled
    sweep = load(ws.store, project.left, "sweep")
    (sankey,) = figures.k_flow(sweep).data
    assert len(sankey.node.color) == sum(score.k for score in sweep.scores)
    assert sum(sankey.link.value) == sweep.labels.shape[1] * (len(sweep.scores) - 1)
    assert "too few pairs" in figures.k_flow(KSweep(())).layout.annotations[0].text


def test_k_metrics_say_why_there_is_nothing_to_draw():
    assert "too few pairs" in figures.k_metrics(KSweep(()), None).layout.annotations[0].text
    assert "too few pairs" in figures.sizes_per_k(KSweep(())).layout.annotations[0].text


def test_size_bars_add_up_to_all_pairs_at_every_k(filled):
    ws, project = filled
    sweep = load(ws.store, project.left, "sweep")
    figure = figures.sizes_per_k(sweep)
    heights = {score.k: 0 for score in sweep.scores}
    for trace in figure.data:
        for k, height in zip(trace.x, trace.y, strict=True):
            heights[k] += height
    assert set(heights.values()) == {24}
    assert figure.layout.barmode == "stack"


def test_map_points_carry_their_pair_number_in_each_trace():
    figure = figures.pair_map(*small(), names=NAMES)
    assert [list(trace.customdata) for trace in figure.data] == [[0, 3], [1, 2]]


def test_map_hover_tells_time_text_and_cluster_and_no_markup_of_captions():
    figure = figures.pair_map(*small(), names=NAMES)
    hover = figure.data[1].hovertext[1]
    assert "0:04" in hover
    assert "航天员" in hover
    assert "&lt;b&gt;three" in hover


def test_map_pictures_stand_in_the_order_of_the_points():
    figure = figures.pair_map(*small(), names=NAMES, thumbs=["p0", "p1", "p2", "p3"])
    assert figure.data[0].meta["thumbs"] == ["p0", "p3"]


def test_a_cluster_has_the_same_colour_in_every_figure(filled):
    ws, project = filled
    clustering = load(ws.store, project.right, "clusters")
    pairs = load(ws.store, project.right, "pairs")
    plane = figures.pair_map(
        load(ws.store, project.right, "projection"), clustering, pairs.times_s, pairs.texts
    )
    band = figures.ribbon(figures.Strip("Chinese video", clustering, pairs.times_s, ()))
    bars = figures.sizes_per_k(load(ws.store, project.right, "sweep"))
    for cluster in range(clustering.k):
        colours = {figure.data[cluster].marker.color for figure in (plane, band, bars)}
        assert colours == {cluster_colour(cluster)}


def test_ribbon_shows_two_videos_on_one_axis_of_minutes(filled):
    ws, project = filled
    strips = [
        figures.Strip(side, load(ws.store, r, "clusters"), load(ws.store, r, "pairs").times_s, NAMES)
        for side, r in (("English", project.left), ("Chinese", project.right))
    ]
    figure = figures.ribbon(*strips)
    assert {row for trace in figure.data for row in trace.y} == {0, 1}
    assert list(figure.layout.yaxis.ticktext) == ["English", "Chinese"]
    assert figure.layout.xaxis.ticktext[1] == "0:10"


def test_heatmap_is_sorted_as_the_comparison_says_and_shows_its_values(filled):
    ws, project = filled
    comparison = load_comparison(ws.store, project)
    figure = figures.similarity_heatmap(comparison, left_title="English", right_title="Chinese")
    expected = comparison.similarity[np.ix_(comparison.row_order, comparison.column_order)]
    assert np.allclose(np.array(figure.data[0].z, float), expected)
    assert figure.data[0].text[0][0] == f"{expected[0, 0]:.2f}"
    assert "English" in figure.layout.yaxis.title.text
    assert figure.layout.yaxis.autorange == "reversed"  # the first row on top


def test_every_cell_has_a_marker_that_can_be_clicked_and_tells_its_chance(filled):
    ws, project = filled
    comparison, found = load_comparison(ws.store, project), load_significance(ws.store, project)
    markers = figures.similarity_heatmap(comparison, significance=found).data[1]
    cells = [(r, c) for r in comparison.row_order for c in comparison.column_order]
    assert [tuple(pair) for pair in markers.customdata] == cells
    assert (markers.x[1], markers.y[1]) == (1, 0)
    first = markers.hovertext[cells.index((0, 0))]
    assert "interval" in first
    assert "p = 0.0010" in first
    assert first.endswith("<br>above chance")
    assert markers.hovertext[cells.index((2, 3))].endswith("<br>not above chance")


def test_cells_that_are_not_above_chance_are_hatched_and_the_chosen_one_is_framed(filled):
    ws, project = filled
    comparison, found = load_comparison(ws.store, project), load_significance(ws.store, project)
    figure = figures.similarity_heatmap(comparison, significance=found, chosen=(1, 2))
    shapes = [shape.type for shape in figure.layout.shapes]
    assert (shapes.count("path"), shapes.count("rect")) == (10, 1)
    frame = figure.layout.shapes[-1]
    assert round(frame.x0 + 0.49) == comparison.column_order.index(2)
    assert round(frame.y0 + 0.48) == comparison.row_order.index(1)
    assert not figures.similarity_heatmap(comparison).layout.shapes


def test_heatmap_values_are_written_in_ink_that_can_be_read(filled):
    ws, project = filled
    figure = figures.similarity_heatmap(load_comparison(ws.store, project))
    shown = {note.text: note.font.color for note in figure.layout.annotations}
    assert len(figure.layout.annotations) == 12
    assert shown[max(shown)] == "#ffffff"
    assert shown[min(shown)] == "#1b1f24"


def test_heatmap_names_bear_their_cluster_s_colour(filled):
    ws, project = filled
    comparison = load_comparison(ws.store, project)
    figure = figures.similarity_heatmap(comparison, theme="dark")
    for cluster, name in zip(comparison.row_order, figure.layout.yaxis.ticktext, strict=True):
        assert cluster_colour(cluster, "dark") in name


def test_the_chosen_k_s_sizes_stand_out(filled):
    ws, project = filled
    figure = figures.sizes_per_k(load(ws.store, project.left, "sweep"), 3)
    opacity = dict(zip(figure.data[0].x, figure.data[0].marker.opacity, strict=True))
    assert [k for k, value in opacity.items() if value == 1] == [3]


def test_heatmap_colour_bar_says_what_is_measured(filled):
    ws, project = filled
    figure = figures.similarity_heatmap(load_comparison(ws.store, project))
    assert "10 best cosines" in figure.data[0].colorbar.title.text.replace("<br>", " ")


def test_training_curves_show_both_losses_on_a_log_scale(filled):
    ws, project = filled
    history = load(ws.store, project.left, "model").history
    figure = figures.training_curves(history)
    assert [trace.name for trace in figure.data] == ["Image", "Text"]
    assert list(figure.data[0].y) == [m.image_fvu for m in history]
    assert figure.layout.yaxis.type == "log"


def test_training_curves_mark_where_the_parts_were_joined(filled):
    ws, project = filled
    history = load(ws.store, project.left, "model").history
    marked = figures.training_curves(history, joined_after=1)
    assert "all parts together" in [note.text for note in marked.layout.annotations]
    assert "all parts together" not in [
        note.text for note in figures.training_curves(history, joined_after=len(history)).layout.annotations
    ]


def test_training_curves_before_the_first_epoch_say_so():
    assert "No epoch" in figures.training_curves(()).layout.annotations[0].text


def test_live_chart_has_one_line_for_each_loss_with_a_legend(filled):
    ws, project = filled
    spec = figures.loss_chart(load(ws.store, project.left, "model").history).to_dict()
    assert spec["encoding"]["y"]["scale"]["type"] == "log"
    assert spec["encoding"]["color"]["scale"]["domain"] == ["Image", "Text"]
    assert len(spec["data"]["values"]) == 40


def test_curves_of_a_model_of_pictures_alone_have_no_line_for_words(filled):
    ws, project = filled
    history = load(ws.store, project.left, "model").history
    assert [trace.name for trace in figures.training_curves(history, has_text=False).data] == ["Image"]
    spec = figures.loss_chart(history, has_text=False).to_dict()
    assert spec["encoding"]["color"]["scale"]["domain"] == ["Image"]
    assert {row["part"] for row in spec["data"]["values"]} == {"Image"}


def test_live_chart_before_the_first_epoch_is_empty_and_valid():
    assert figures.loss_chart(()).to_dict()["data"]["values"] == []


def test_figures_have_no_ground_of_their_own(filled):
    ws, project = filled
    figure = figures.similarity_heatmap(load_comparison(ws.store, project))
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0, 0, 0, 0)"
