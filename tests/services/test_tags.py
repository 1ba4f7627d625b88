"""The tags of a video from what is said and seen in it, and the analyst's tags held against the same."""

from pathlib import Path

import numpy as np
import pytest

from crvae.records import Clustering
from services import export_tables, themes
from services.cautions import tag_cautions
from services.context import Context
from services.recipe import TagEdit, Tagging
from services.records import (
    AlignedPairs,
    Descriptions,
    FrameDescription,
    Frames,
    Segment,
    Tag,
    Theme,
    Themes,
    Transcript,
)
from services.tags import Video, edit_themes, tag_clusters
from tests import tiny_models

pytestmark = pytest.mark.models

SAID = (
    *("火箭矗立在发射台上", "燃料和液氧加注完毕", "发射塔架灯火通明"),
    *("交响音乐会在北京奏响", "小提琴和定音鼓奏出旋律", "指挥家说作曲家的新作写了两年"),
)


@pytest.fixture(scope="module")
def video() -> Video:
    n = len(SAID)
    each, labels = np.arange(n), np.repeat([0, 1], 3).astype(np.int32)
    described = tuple(FrameDescription(i, "", (), ("crane",) if i < 3 else ("cello",)) for i in range(n))
    return Video(
        Clustering(2, labels, np.zeros((2, 4), np.float32), seed=0),
        AlignedPairs(each, each, each * 2.0, SAID, "nearest_start", ""),
        Descriptions(described, "labels"),
        Transcript(
            tuple(Segment(i * 2.0 + 0.4, i * 2.0 + 2, text) for i, text in enumerate(SAID)), "zh-Hans"
        ),
        Frames(each * 2.0, Path("frames"), 320, 180),
    )


@pytest.fixture(scope="module")
def made(video: Video) -> Themes:
    return tag_clusters(video, Tagging(), "use", Context(Path(), lambda name, compute: compute()))


def test_each_cluster_has_exactly_ten_keywords_with_english_evidence_and_source(made: Themes):
    for theme in made.themes:
        assert len(theme.tags) == 10
        assert len({tag.text for tag in theme.tags}) == 10
        assert {tag.source for tag in theme.tags} == {"keywords"}
        assert all(tag.evidence and tag.medium != "unsupported" for tag in theme.tags)
        assert theme.draws == (tuple(tag.text for tag in theme.tags),)
    rocket = next(tag for tag in made.themes[0].tags if tag.text == "火箭")
    assert (rocket.gloss, rocket.evidence[0].place, rocket.evidence[0].time_s) == ("rocket", "speech", 0.4)


def test_progress_moves_through_keywords_and_placing(video: Video):
    told: list[float] = []
    ctx = Context(
        Path(), lambda name, compute: compute(), lambda done, total, note: told.append(done / total)
    )
    tag_clusters(video, Tagging(), "use", ctx)
    assert told == sorted(told)
    assert len(set(told)) >= 5
    assert max(told) < 1


def test_a_model_s_tags_keep_every_draw_and_what_nothing_speaks_for_is_marked(video: Video, tmp_path, ctx):
    folder = tiny_models.save_chat(tmp_path, ["1. rocket\n2. stock market"])
    settings = Tagging(f"hub:{folder}", n_tags=3, n_draws=2)
    first = tag_clusters(video, settings, "use", ctx).themes[0]
    assert [(tag.text, tag.source) for tag in first.tags[:2]] == [
        ("rocket", "model"),
        ("stock market", "model"),
    ]
    assert first.tags[2].source == "keywords"
    assert [tag.medium == "unsupported" for tag in first.tags] == [False, True, False]
    assert len(first.draws) == 2


def test_a_tag_by_hand_is_held_against_the_material(made: Themes, video: Video, ctx):
    digest = themes.tags_digest(made)
    edits = (TagEdit(digest, 0, text="rocket launch"), TagEdit(digest, 0, text="stock market"))
    *_, launch, market = edit_themes(made, video, edits, "use", ctx).themes[0].tags
    assert (launch.source, launch.medium, bool(launch.evidence)) == ("hand", "text", True)
    assert (market.source, market.medium) == ("hand", "unsupported")


def test_without_edits_nothing_is_computed(made: Themes, video: Video, ctx):
    assert edit_themes(made, video, (), "hub:nobody/nothing", ctx) == made


def test_the_share_that_nothing_speaks_for_and_what_was_not_read_are_cautions():
    tags = (Tag("snow", "unsupported", 0.1), Tag("ice", "text", 0.9), Tag("sea", "image", 0.9))
    found = tag_cautions("English video", Themes((Theme(0, "", tags, share_read=0.25),)))
    assert found[0] == "English video: 1 of its 3 tags (33%) are found in neither pictures nor words."
    assert "shown a part of them, spread evenly over time (25% at the least)" in found[1]
    assert tag_cautions("English video", Themes((Theme(0, "", tags[1:]),))) == []


def test_tags_json_keeps_its_form_and_tells_more(made: Themes):
    import json

    (first, _) = json.loads(export_tables.tags_json(made))
    assert {"cluster", "name", "tags", "draws", "share_read"} == set(first)
    assert {"text", "medium", "score", "gloss", "source", "distinctness", "is_kept", "evidence"} == set(
        first["tags"][0]
    )
    assert first["tags"][0]["evidence"][0].keys() == {"place", "index", "time_s", "text", "cosine"}
