"""Keyword tags mark their cluster out, stand in its material, and do not repeat each other."""

from functools import cache

import numpy as np
import pytest

from services.material import Material
from services.records import FrameDescription
from services.tag_keywords import keyword_tags

pytestmark = pytest.mark.models

LAUNCH = (
    "The rocket stands on its launch pad before dawn.",
    "Engineers have filled the tanks with liquid oxygen.",
    "Floodlights shine on the launch tower.",
    "The rocket engines are tested on the launch pad.",
)
OCEAN = (
    "The capsule lands in the ocean under three parachutes.",
    "Recovery ships wait near the capsule.",
    "Divers open the hatch of the capsule in the ocean.",
    "The parachutes float beside the recovery ships.",
)
LAUNCH_ZH = ("火箭矗立在发射台上。", "工程师给火箭加注液氧。", "发射塔灯火通明。")
OCEAN_ZH = ("返回舱落在海面上。", "回收船在返回舱附近等待。", "降落伞漂浮在海面。")


def material(cluster: int, segments: tuple[str, ...], frames: tuple[FrameDescription, ...] = ()) -> Material:
    return Material(cluster, segments, (1.0,) * len(segments), frames)


def frames(*on_screen: tuple[str, ...]) -> tuple[FrameDescription, ...]:
    return tuple(FrameDescription(n, "", lines, ()) for n, lines in enumerate(on_screen))


@cache  # a second or so for each set of materials
def tags(*materials: Material, n_tags: int = 5) -> tuple[tuple[str, ...], ...]:
    return keyword_tags(materials, n_tags)


def test_each_cluster_is_tagged_with_what_is_said_in_it_alone():
    launch, ocean = tags(material(0, LAUNCH), material(1, OCEAN))
    assert all(tag.lower() in " ".join(LAUNCH).lower() for tag in launch)
    assert all(tag.lower() in " ".join(OCEAN).lower() for tag in ocean)


def test_the_theme_is_among_the_first_tags():
    launch, ocean = tags(material(0, LAUNCH), material(1, OCEAN))
    assert any("launch" in tag or "rocket" in tag for tag in launch[:3])
    assert any("capsule" in tag or "recovery" in tag for tag in ocean[:3])


def test_chinese_clusters_get_chinese_tags():
    launch, ocean = tags(material(0, LAUNCH_ZH), material(1, OCEAN_ZH))
    assert all(tag in "".join(LAUNCH_ZH) for tag in launch)
    assert any("返回舱" in tag for tag in ocean)


def test_a_phrase_as_common_in_every_cluster_comes_only_where_nothing_else_is_left():
    both = ("Mission control watches the screens.",)
    for found in tags(material(0, LAUNCH + both), material(1, OCEAN + both), n_tags=30):
        is_common = ["control" in tag.lower() or "screens" in tag.lower() for tag in found]
        assert True in is_common
        assert True not in is_common[:8]


def test_tags_that_are_made_of_the_words_of_another_come_after_the_others():
    for found in tags(material(0, LAUNCH), material(1, OCEAN)):
        sets = [set(tag.lower().split()) for tag in found]
        assert not any(a <= b for i, a in enumerate(sets) for j, b in enumerate(sets) if i != j)


def test_the_same_words_in_another_order_are_one_tag():
    (found,) = tags(material(0, ("the moon rocket", "the rocket moon")), n_tags=20)
    assert len({"moon rocket", "rocket moon"} & set(found)) == 1


@pytest.mark.parametrize("n_tags", [1, 5])
def test_no_more_tags_are_given_than_asked_for(n_tags: int):
    assert [len(found) for found in tags(material(0, LAUNCH), material(1, OCEAN), n_tags=n_tags)] == [
        n_tags,
        n_tags,
    ]


def test_fewer_tags_ask_for_the_beginning_of_more():
    few = tags(material(0, LAUNCH), material(1, OCEAN), n_tags=1)
    more = tags(material(0, LAUNCH), material(1, OCEAN))
    assert [found[:1] for found in more] == list(few)


def test_a_line_misread_in_one_frame_is_no_tag_and_one_seen_twice_is():
    seen = frames(("SOLAR PANEL",), ("SOLAR PANEL",), ("WRQX BLORP",))
    (found,) = tags(material(0, LAUNCH[:1], seen), n_tags=20)
    assert "Solar Panel" in found
    assert not any("blorp" in tag.lower() for tag in found)


def test_in_a_cluster_of_two_frames_a_line_of_one_frame_is_enough():
    (found,) = tags(material(0, LAUNCH[:1], frames(("SOLAR PANEL",), ())), n_tags=20)
    assert "Solar Panel" in found


def test_an_english_label_comes_after_the_chinese_phrases():
    seen = tuple(FrameDescription(n, "", (), ("missile",)) for n in range(3))
    launch, _ = tags(material(0, LAUNCH_ZH, seen), material(1, OCEAN_ZH), n_tags=10)
    assert "missile" not in launch[:3]


def test_a_cluster_without_any_phrase_has_no_tags():
    assert tags(material(0, LAUNCH), material(1, ("Yes.",)), material(2, ()))[1:] == ((), ())


def test_the_order_of_segments_changes_no_tag():
    order = np.random.default_rng(0).permutation(len(LAUNCH))
    shuffled = material(0, tuple(LAUNCH[n] for n in order))
    assert tags(shuffled, material(1, OCEAN)) == tags(material(0, LAUNCH), material(1, OCEAN))
