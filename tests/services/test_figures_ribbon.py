"""Two bands on one axis, in time or in percent, with what a click tells back."""

import numpy as np
import pytest

from crvae.records import Clustering
from services.figures import Strip, ribbon
from services.palette import cluster_colour, ink

LABELS = np.array([0, 0, 1, -1, 0], np.int32)
TIMES_S = np.arange(5) * 2.0


def strip(**fields) -> Strip:
    clustering = Clustering(2, LABELS, np.zeros((2, 1), np.float32), 0)
    return Strip(
        **{"title": "English", "clustering": clustering, "times_s": TIMES_S, "names": ("A", "B")} | fields
    )


def spans(figure) -> list[tuple[float, float]]:
    return sorted(
        (base, base + x) for trace in figure.data for base, x in zip(trace.base, trace.x, strict=True)
    )


def test_each_stretch_tells_side_and_pairs_when_it_is_clicked():
    figure = ribbon(strip(), strip(side="right"))
    told = [tuple(data) for trace in figure.data for data in trace.customdata]
    left = [("left", 0, 1), ("left", 2, 2), ("left", 3, 3), ("left", 4, 4)]
    assert sorted(told) == sorted([*left, *(("right", *rest) for _, *rest in left)])


def test_on_the_axis_of_time_a_stretch_lies_at_its_seconds():
    assert spans(ribbon(strip())) == [(0, 4), (4, 6), (6, 8), (8, 10)]


def test_in_percent_videos_of_different_length_fill_the_same_axis():
    figure = ribbon(strip(length_s=20.0), strip(times_s=TIMES_S * 10), axis="share")
    assert spans(figure)[-1] == (80, 100)
    assert (0.0, 20.0) in spans(figure)  # four of twenty seconds
    assert "%" in figure.layout.xaxis.title.text


def test_pairs_in_no_cluster_are_grey_and_say_so():
    figure = ribbon(strip())
    grey = next(trace for trace in figure.data if trace.marker.color == cluster_colour(-1))
    assert grey.x == (2.0,)
    assert "In no cluster" in grey.hovertext[0]


def test_names_of_people_are_no_markup():
    figure = ribbon(strip(names=("<b>A</b>", "B")))
    shown = [*figure.data[1].hovertext, *figure.data[1].text, figure.data[1].name]
    assert not any("<b>A" in text for text in shown)


def test_a_stretch_too_short_for_its_name_stays_without():
    long = np.zeros(100, np.int32)
    long[50] = 1
    clustering = Clustering(2, long, np.zeros((2, 1), np.float32), 0)
    figure = ribbon(strip(clustering=clustering, times_s=np.arange(100.0), names=("Venues", "航天员")))
    texts = {trace.name: trace.text for trace in figure.data}
    assert texts["航天员"] == ("",)
    assert texts["Venues"] == ("Venues", "Venues")


def test_a_cluster_without_a_name_of_its_own_is_told_by_its_number_where_there_is_little_room():
    labels = np.repeat([0, 1, 0], [47, 4, 49]).astype(np.int32)
    clustering = Clustering(2, labels, np.zeros((2, 1), np.float32), 0)
    figure = ribbon(strip(clustering=clustering, times_s=np.arange(100.0), names=()))
    assert [trace.text for trace in figure.data] == [("Cluster 1", "Cluster 1"), ("2",)]


@pytest.mark.parametrize(
    ("colour", "letters"), [("#000000", "#ffffff"), ("#ffffff", "#1b1f24"), ("#9e3604", "#ffffff")]
)
def test_letters_are_readable_on_their_colour(colour: str, letters: str):
    assert ink(colour) == letters


def test_no_video_is_an_empty_figure():
    assert not ribbon().data
