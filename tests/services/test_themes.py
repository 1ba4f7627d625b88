"""The machine's tags with the analyst's edits on top, and names that tell clusters apart."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.recipe import TagEdit
from services.records import Tag, Theme, Themes
from services.themes import apply_edits, default_names, share_unsupported, tags_digest

TAGS = Themes(
    (
        Theme(0, "", (Tag("launch", "text", 0.9), Tag("tower", "image", 0.7), Tag("crew", "both", 0.8))),
        Theme(1, "", (Tag("ocean", "text", 0.9), Tag("crew", "text", 0.6))),
    )
)
DIGEST = tags_digest(TAGS)


def themed(*texts: tuple[str, ...]) -> list[Theme]:
    return [
        Theme(cluster, "", tuple(Tag(text, "text", 1.0) for text in tags))
        for cluster, tags in enumerate(texts)
    ]


def edited(*edits: TagEdit) -> Themes:
    return apply_edits(TAGS, edits)


def texts(themes: Themes, cluster: int = 0) -> list[str]:
    return [tag.text for tag in themes.themes[cluster].tags]


# Names


def test_a_theme_is_named_by_its_first_two_tags_and_without_tags_by_its_number():
    assert default_names(themed(("launch", "tower", "crew"), ("ocean",), ())) == (
        "launch / tower",
        "ocean",
        "Cluster 3",
    )


def test_themes_with_the_same_first_tags_are_told_apart_by_their_number():
    assert default_names(themed(("a", "b"), ("a", "b", "c"))) == ("a / b", "a / b (2)")


@given(st.lists(st.lists(st.sampled_from(["a", "a (2)", "a (3)", "Cluster 2"]), max_size=2), max_size=5))
@example([["a (3)"], ["a"], ["a"]])
def test_no_name_comes_twice(tags: list[list[str]]):
    names = default_names(themed(*map(tuple, tags)))
    assert len(set(names)) == len(names)


# Edits


def test_a_tag_is_reworded_moved_and_dropped():
    themes = edited(
        TagEdit(DIGEST, 0, tag="launch", text="lift-off"),
        TagEdit(DIGEST, 0, tag="tower", medium="both"),
        TagEdit(DIGEST, 0, tag="crew", is_dropped=True),
    )
    assert themes.themes[0].tags == (
        Tag("lift-off", "unsupported", 0.0, source="hand"),
        Tag("tower", "both", 0.7),
    )


def test_an_edit_touches_its_own_cluster_alone():
    assert texts(edited(TagEdit(DIGEST, 0, tag="crew", is_dropped=True)), cluster=1) == ["ocean", "crew"]


def test_a_later_edit_means_the_text_that_the_tag_has_by_then():
    themes = edited(
        TagEdit(DIGEST, 0, tag="launch", text="lift-off"), TagEdit(DIGEST, 0, tag="lift-off", text="start")
    )
    assert texts(themes) == ["start", "tower", "crew"]


def test_an_added_tag_comes_last_with_no_support_of_its_own():
    assert edited(TagEdit(DIGEST, 0, text=" pad ")).themes[0].tags[-1] == Tag(
        "pad", "unsupported", 0.0, source="hand"
    )


def test_a_tag_that_is_there_already_is_not_added_again():
    assert texts(edited(TagEdit(DIGEST, 0, text="Crew"))) == ["launch", "tower", "crew"]


def test_the_name_follows_the_edited_tags_until_the_analyst_gives_one():
    reworded = TagEdit(DIGEST, 0, tag="launch", text="lift-off")
    assert edited(reworded).themes[0].name == "lift-off / tower"
    assert edited(reworded, TagEdit(DIGEST, 0, name=" Start ")).themes[0].name == "Start"


def test_the_last_name_given_wins():
    assert (
        edited(TagEdit(DIGEST, 1, name="Sea"), TagEdit(DIGEST, 1, name="Return")).themes[1].name == "Return"
    )


def test_edits_made_for_other_tags_are_left_aside():
    other = replace(TAGS, themes=TAGS.themes[:1])
    stale = TagEdit(tags_digest(other), 0, tag="launch", is_dropped=True)
    assert texts(edited(stale)) == ["launch", "tower", "crew"]


# Which tags an edit was made for


@pytest.mark.parametrize("change", [{"score": 0.12}, {"medium": "image"}])
def test_the_digest_says_nothing_of_scores_and_media(change: dict[str, object]):
    first = TAGS.themes[0]
    tags = (replace(first.tags[0], **change), *first.tags[1:])
    assert tags_digest(Themes((replace(first, tags=tags), TAGS.themes[1]))) == DIGEST


def test_the_digest_tells_in_which_cluster_a_tag_stands():
    a, b = Tag("a", "text", 1.0), Tag("b", "text", 1.0)
    together = Themes((Theme(0, "", (a, b)), Theme(1, "", ())))
    apart = Themes((Theme(0, "", (a,)), Theme(1, "", (b,))))
    assert tags_digest(together) != tags_digest(apart)


# Tags by hand, kept tags and draws


def test_a_tag_by_hand_is_what_the_material_says_of_it_but_the_analysts_mark_holds():
    def by_hand(cluster: int, text: str) -> Tag:
        return Tag(text, "text", 0.8, source="hand")

    edits = (
        TagEdit(DIGEST, 0, text="pad"),
        TagEdit(DIGEST, 0, text="sky", medium="image"),
        TagEdit(DIGEST, 0, tag="crew", text="sailors"),
    )
    found = apply_edits(TAGS, edits, by_hand).themes[0].tags
    assert [(tag.text, tag.medium, tag.source) for tag in found[2:]] == [
        ("sailors", "text", "hand"),
        ("pad", "text", "hand"),
        ("sky", "image", "hand"),
    ]


def test_a_kept_tag_no_longer_counts_as_found_in_neither():
    made = Themes((Theme(0, "", (Tag("snow", "unsupported", 0.1), Tag("ice", "text", 0.9))),))
    assert share_unsupported(made) == 0.5
    kept = TagEdit(tags_digest(made), 0, tag="snow", is_kept=True)
    assert share_unsupported(apply_edits(made, (kept,))) == 0
    undone = replace(kept, is_kept=False)
    assert share_unsupported(apply_edits(made, (kept, undone))) == 0.5
    assert share_unsupported(Themes(())) == 0


def test_dropped_and_reworded_tags_are_so_in_every_draw():
    theme = replace(TAGS.themes[0], draws=(("launch", "tower", "crew"), ("crew", "sea")))
    made = Themes((theme,))
    digest = tags_digest(made)
    edits = (TagEdit(digest, 0, tag="crew", is_dropped=True), TagEdit(digest, 0, tag="tower", text="mast"))
    assert apply_edits(made, edits).themes[0].draws == (("launch", "mast"), ("sea",))
