"""What pages show of clusters and cells: each thing once, best first, and no claim beyond an order."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crvae.records import Clustering
from services.records import AlignedPairs, Comparison, Tag, Theme, Themes
from services.views import (
    Cell,
    Still,
    TagPair,
    cells,
    findings,
    frame_at,
    of_cluster,
    spread,
    stills,
    told,
)

PAIRS = AlignedPairs(
    np.array([4, 4, 7]), np.array([0, 1, 2]), np.array([8.0, 8.0, 14.0]), ("a", "b", "c"), "uniform", ""
)
CLUSTERS = Clustering(2, np.array([0, 1, 0], np.int32), np.zeros((2, 2), np.float32), seed=0)
NAN = float("nan")


def theme(cluster: int, name: str, *tags: str) -> Theme:
    return Theme(cluster, name, tuple(Tag(tag, "text", 1.0) for tag in tags))


def cell(left: str, right: str, similarity: float) -> Cell:
    return Cell(theme(0, left), theme(0, right), similarity, ())


def comparison(cosines: np.ndarray) -> Comparison:
    """Tag cosines (K_left, K_right, n, n), each cell as alike as its highest one."""
    known = np.nan_to_num(cosines, nan=-9).max(axis=(2, 3))
    similarity = np.where(known < -1, np.nan, known).astype(np.float32)
    return Comparison(similarity, cosines.astype(np.float32), (), (), (), (), "")


# Stills


def test_a_still_is_a_pair_with_its_frame_time_and_text():
    assert stills(PAIRS)[2] == Still(pair=2, frame=7, time_s=14.0, text="c", cluster=None)


def test_stills_know_their_cluster_once_there_is_one():
    assert [still.pair for still in of_cluster(stills(PAIRS, CLUSTERS), 0)] == [0, 2]


@given(st.integers(0, 60), st.integers(1, 12))
def test_a_spread_is_even_over_the_items_and_never_longer_than_asked(n_items: int, n: int):
    shown = spread(range(n_items), n)
    steps = np.diff([-1, *shown, n_items])
    assert len(shown) == min(n, n_items)
    assert (steps > 0).all()
    assert len(shown) == n_items or steps[1:-1].max(initial=0) - steps[1:-1].min(initial=99) <= 1


def test_a_spread_leaves_as_much_before_its_first_item_as_after_its_last():
    assert spread("abcdefghi", 3) == ("b", "e", "h")


def test_the_frame_at_a_moment_is_the_nearest():
    times_s = np.array([0.0, 2.0, 4.0])
    assert [frame_at(times_s, t) for t in (0.0, 0.9, 1.1, 9.0)] == [0, 0, 1, 2]


# Cells


def test_cells_stand_by_likeness_and_those_without_a_value_last():
    cosines = np.full((2, 2, 1, 1), NAN)
    cosines[0, 1], cosines[1, 0] = 0.2, 0.7
    left, right = (
        Themes((theme(0, "A", "a"), theme(1, "B", "b"))),
        Themes((theme(0, "C", "c"), theme(1, "D", "d"))),
    )
    found = cells(comparison(cosines), left, right)
    assert [c.left.name + c.right.name for c in found] == ["BC", "AD", "AC", "BD"]
    assert math.isnan(found[-1].similarity)


def test_a_cell_s_tag_pairs_are_its_best_and_name_no_tag_twice():
    cosines = np.array([[0.9, 0.8, 0.1], [0.7, 0.2, 0.3], [NAN, NAN, NAN]])[None, None]
    left, right = Themes((theme(0, "A", "a1", "a2"),)), Themes((theme(0, "B", "b1", "b2", "b3"),))
    (found,) = cells(comparison(cosines), left, right)
    assert [(p.left.text, p.right.text) for p in found.tag_pairs] == [("a1", "b1"), ("a2", "b3")]


def test_no_more_tag_pairs_are_shown_than_asked_for():
    left, right = Themes((theme(0, "A", "a", "b"),)), Themes((theme(0, "B", "c", "d"),))
    (found,) = cells(comparison(np.array([[0.5, 0.1], [0.2, 0.4]])[None, None]), left, right, n_tag_pairs=1)
    assert [(p.left.text, p.right.text, p.cosine) for p in found.tag_pairs] == [("a", "c", 0.5)]


def test_a_pair_of_tags_is_told_with_the_english_of_those_that_are_not():
    pair = TagPair(Tag("rocket", "text", 1.0), Tag("火箭", "text", 1.0, gloss="rocket"), 0.9)
    assert pair.told == "rocket ↔ 火箭 (rocket)"


# Findings


def test_the_most_alike_pair_comes_first_then_each_side_s_least_shared_theme_with_its_best_match():
    found = (
        cell("Launch", "发射", 0.8),
        cell("Ocean", "发射", 0.5),
        cell("Launch", "专家", 0.3),
        cell("Ocean", "专家", 0.2),
    )
    assert [(f.of, f.cell.left.name, f.cell.right.name) for f in findings(found)] == [
        ("both", "Launch", "发射"),
        ("left", "Ocean", "发射"),
        ("right", "Launch", "专家"),
    ]


def test_without_a_value_there_is_nothing_to_find():
    assert findings((cell("A", "B", NAN),)) == ()


# Sentences


def test_the_most_alike_and_the_loneliest_cluster_of_each_video_are_told():
    found = (
        cell("Launch", "发射", 0.8),
        cell("Ocean", "发射", 0.5),
        cell("Launch", "专家", 0.3),
        cell("Ocean", "专家", 0.2),
    )
    assert told(found, "English video", "Chinese video") == (
        "Most alike: “Launch” and “发射” (0.80).",
        "Least like anything in the other video: “Ocean” of the English video; its best match reaches 0.50.",
        "Least like anything in the other video: “专家” of the Chinese video; its best match reaches 0.30.",
    )


def test_two_clusters_of_one_name_are_still_two():
    first, second, right = theme(0, "Interview"), theme(1, "Interview"), theme(0, "发射")
    found = (Cell(first, right, 0.8, ()), Cell(second, right, 0.1, ()))
    assert told(found, "English video", "Chinese video")[1].endswith("its best match reaches 0.10.")


def test_of_a_single_cluster_nothing_is_called_lonely():
    assert len(told((cell("A", "B", 0.4),), "left", "right")) == 1


def test_cells_without_a_value_are_told_of_no_one():
    assert told((cell("A", "B", 0.4), cell("C", "B", NAN)), "left", "right") == (
        "Most alike: “A” and “B” (0.40).",
    )


def test_when_nothing_could_be_compared_that_is_said():
    assert told((cell("A", "B", NAN),), "left", "right") == (
        "No two clusters could be compared, because none has tags on both sides.",
    )
