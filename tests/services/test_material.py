"""Each cluster gets its own segments and descriptions, in order of time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crvae.records import Clustering
from services.material import Material, materials
from services.records import AlignedPairs, Descriptions, FrameDescription

labels_of = st.lists(st.integers(0, 3), min_size=4, max_size=20)


def clustering(labels: list[int], k: int = 4) -> Clustering:
    return Clustering(k, np.array(labels, np.int32), np.zeros((k, 2), np.float32), seed=0)


def pairs(frames: list[int], segments: list[int]) -> AlignedPairs:
    frame_index = np.array(frames, np.int64)
    texts = tuple(f"segment {segment}" for segment in segments)
    return AlignedPairs(frame_index, np.array(segments, np.int64), frame_index * 2.0, texts, "uniform", "")


def described(*frames: int) -> Descriptions:
    return Descriptions(tuple(FrameDescription(f, "", (), (f"label {f}",)) for f in frames), "labels")


def of_two(labels: list[int], frames: list[int], segments: list[int]) -> tuple[Material, ...]:
    return materials(clustering(labels, k=2), pairs(frames, segments), described(*range(10)))


def test_segments_and_frames_go_to_the_cluster_of_their_pair_by_time():
    first, second = of_two([1, 0, 1], frames=[5, 6, 2], segments=[0, 1, 2])
    assert first.segments == ("segment 1",)
    assert second.segments == ("segment 0", "segment 2")
    assert [frame.frame for frame in second.frames] == [2, 5]


def test_a_frame_of_two_pairs_is_there_once():
    assert [frame.frame for frame in of_two([0, 0], frames=[3, 3], segments=[0, 1])[0].frames] == [3]


def test_a_segment_shared_by_clusters_tells_how_much_of_it_lies_in_each():
    first, second = of_two([0, 0, 0, 1], frames=[0, 1, 2, 3], segments=[0, 0, 0, 0])
    assert (first.shares, second.shares) == ((0.75,), (0.25,))


def test_a_frame_that_nobody_described_is_left_out():
    (material,) = materials(clustering([0, 0], k=1), pairs([0, 1], [0, 1]), described(1))
    assert [frame.frame for frame in material.frames] == [1]


def test_a_cluster_without_pairs_has_no_material():
    assert of_two([0], frames=[0], segments=[0])[1] == Material(1, (), (), ())


@given(labels_of)
def test_every_segment_is_shared_out_whole(labels: list[int]):
    segments = [n // 2 for n in range(len(labels))]
    found = materials(clustering(labels), pairs(list(range(len(labels))), segments), described())
    total = sum(sum(material.shares) for material in found)
    assert total == pytest.approx(len(set(segments)))


def test_labels_of_other_pairs_are_an_error_of_the_caller():
    with pytest.raises(ValueError, match="3 labels for 2 pairs"):
        of_two([0, 1, 1], frames=[0, 1], segments=[0, 1])
