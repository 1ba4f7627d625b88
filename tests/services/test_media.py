"""A tag's medium is where it is found: word for word, or by meaning."""

import pytest

from services.errors import AnalysisError
from services.material import Material
from services.media import SUPPORT, place_tags
from services.records import FrameDescription, Tag

pytestmark = pytest.mark.models


def material(segments: tuple[str, ...], *on_screen: str, labels: tuple[str, ...] = ()) -> Material:
    seen = (FrameDescription(0, "", on_screen, labels),) if on_screen or labels else ()
    return Material(0, segments, (1.0,) * len(segments), seen)


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
