"""A tag's medium is where it is found: word for word, or by meaning."""

import pytest

from services import provenance
from services.errors import AnalysisError
from services.material import Material
from services.provenance import SUPPORT
from services.records import FrameDescription, Place, Tag

pytestmark = pytest.mark.models


def material(segments: tuple[str, ...], *on_screen: str, labels: tuple[str, ...] = ()) -> Material:
    seen = (FrameDescription(0, "", on_screen, labels),) if on_screen or labels else ()
    return Material(0, segments, (1.0,) * len(segments), seen)


def time_of(place: Place, index: int) -> float:
    return index * 2.0 + (0.5 if place == "speech" else 0.0)


def place_tags(tags, materials, phrases):
    return provenance.place_tags(tags, materials, phrases, time_of)


def placed(tag: str, parts: Material) -> Tag:
    return place_tags([(tag,)], [parts], "use")[0][0]


SPOKEN = ("The rocket stands on its launch pad.", "Engineers fill the tanks.")


@pytest.mark.parametrize(
    ("parts", "medium"),
    [
        (material(SPOKEN, "weather map"), "text"),
        (material(("Good evening.",), "launch pad"), "image"),
        (material(SPOKEN, labels=("launch pad",)), "both"),
        (material(("Good evening.",), "weather map"), "unsupported"),
        (material(()), "unsupported"),
    ],
)
def test_a_tag_comes_from_where_its_words_stand(parts: Material, medium: str):
    assert placed("launch pad", parts).medium == medium


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("Launch Pads", "the launch pad, at last"),
        ("老年人", "不少老年人接种了疫苗"),
        ("火箭的发射", "2024年火箭的发射"),
        ("C919", "国产C919首航"),
        ("火箭", "NASA与火箭"),
    ],
)
def test_a_tag_that_stands_there_word_for_word_scores_one(tag: str, text: str):
    assert placed(tag, material((text,))).score == 1.0


@pytest.mark.parametrize(("tag", "text"), [("art", "the party is over"), ("men", "three women")])
def test_letters_inside_another_word_are_not_the_tag(tag: str, text: str):
    assert placed(tag, material((text,))).score < 1


def test_the_same_meaning_in_the_other_language_is_support():
    tag = placed("elderly people", material(("不少老年人接种了疫苗",)))
    assert (tag.medium, SUPPORT <= tag.score < 1) == ("text", True)


def test_a_short_tag_is_found_by_meaning_inside_a_long_segment():
    long = "昨天下午记者在北京市中心的一家社区医院看到许多老年人正在排队"
    assert placed("old people", material((long,))).medium == "text"


def test_each_cluster_is_asked_for_its_own_tags_alone():
    here, there = material(SPOKEN), material(("Good evening.",))
    (first,), (second,) = place_tags([("launch pad",), ("launch pad",)], [here, there], "use")
    assert (first.medium, second.medium) == ("text", "unsupported")


def test_scores_stay_between_nought_and_one():
    found = place_tags([("rocket", "蔬菜", "x", "!!", "")], [material(SPOKEN, "LIVE")], "use")[0]
    assert all(0 <= tag.score <= 1 for tag in found)


def test_clusters_without_tags_stay_without():
    assert place_tags([(), ()], [material(SPOKEN), material(())], "use") == ((), ())


def test_phrase_vectors_that_are_not_here_are_told():
    with pytest.raises(AnalysisError, match="nobody/nothing"):
        place_tags([("rocket",)], [material(SPOKEN)], "hub:nobody/nothing")


def test_a_tag_in_one_script_is_found_word_for_word_in_the_other():
    assert placed("疫苗接種", material(("专家谈疫苗接种",))).score == 1


def test_the_best_matches_of_each_place_are_kept_with_frame_or_second():
    seen = (FrameDescription(7, "a rocket", ("LAUNCH PAD",), ()), FrameDescription(9, "", (), ("crane",)))
    parts = Material(0, (*SPOKEN, "Good evening."), (1.0,) * 3, seen, indices=(4, 5, 6))
    found = placed("launch pad", parts).evidence
    assert [(e.place, e.index, e.time_s) for e in found[:2]] == [("speech", 4, 8.5), ("screen", 7, 14.0)]
    assert [e.cosine for e in found] == sorted((e.cosine for e in found), reverse=True)
    assert all(sum(e.place == place for e in found) <= 2 for place in ("picture", "screen", "speech"))


def test_a_text_on_many_frames_is_evidence_once():
    seen = tuple(FrameDescription(n, "", ("LAUNCH PAD",), ()) for n in range(5))
    assert len(placed("launch pad", Material(0, (), (), seen)).evidence) == 1


def test_burnt_in_subtitles_are_what_is_said_and_not_what_is_seen():
    line = "航天员将采集月岩样品"
    misread = FrameDescription(0, "", ("航夭员将采集月岩样品",), ())
    assert placed("采集月岩", Material(0, (line,), (1.0,), (misread,))).medium == "text"
    other = FrameDescription(0, "", ("采集月岩的准备工作",), ())
    assert placed("采集月岩", Material(0, (line,), (1.0,), (other,))).medium == "both"


def test_a_tag_is_distinct_by_how_much_better_its_own_cluster_speaks_for_it():
    here, there = material(SPOKEN), material(("The launch pad is empty.",))
    alike, own = place_tags([("launch pad", "engineers"), ()], [here, there], "use")[0]
    assert alike.distinctness == 0
    assert own.distinctness > 0.3
    assert placed("engineers", here).distinctness == 0  # there is no other cluster
    (foreign,) = place_tags([(), ("engineers",)], [here, there], "use")[1]
    assert foreign.distinctness < -0.3


def test_progress_is_told_for_each_batch_of_phrases():
    told: list[int] = []
    parts = material(tuple(f"the {chr(97 + n % 26)}o{chr(97 + n // 26)}er" for n in range(300)))
    provenance.place_tags(
        [("evening",)], [parts], "use", time_of, lambda done, total, note: told.append(done)
    )
    assert len(told) >= 2
