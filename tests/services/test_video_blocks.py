"""More videos of a topic: each once, every two compared, same culture told from two cultures."""

import dataclasses

import numpy as np
import pytest

from services.stages import key
from services.video_blocks import KindOfPair, block_map, candidates, kinds_of_pairs, pairs_of, told, videos_of
from tests.filled import LEFT_STORY, fill_side, filled_workspace


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Two finished projects; the second has an English video of its own and the same Chinese one."""
    ws, project = filled_workspace(tmp_path_factory.mktemp("filled"))
    source = dataclasses.replace(project.left.source, digest="ef" * 16, title="Another channel")
    left = dataclasses.replace(project.left, source=source)
    fill_side(ws.store, left, LEFT_STORY, seed=5)
    other = ws.projects.add(dataclasses.replace(project, topic="Other", left=left))
    return ws, project, other


def test_other_projects_are_offered_when_their_tags_are_ready(library):
    ws, project, other = library
    assert candidates(ws.store, project, ws.projects.all()) == (other,)
    untagged = dataclasses.replace(
        other, project_id="x", right=dataclasses.replace(other.right, phrases="other")
    )
    assert candidates(ws.store, project, [untagged]) == ()


def test_a_video_of_two_projects_counts_once_and_videos_are_numbered_by_language(library):
    _, project, other = library
    assert [video.label for video in videos_of([project, other])] == ["EN 1", "EN 2", "ZH 1"]


def test_every_two_videos_are_a_pair_and_the_project_s_own_keeps_its_sides(library):
    _, project, other = library
    videos = videos_of([project, other])
    pairs = pairs_of(project, videos)
    assert [pair.is_same_culture(videos) for pair in pairs] == [True, False, False]
    assert any(
        (key(pair.project.left, "themes"), key(pair.project.right, "themes"))
        == (key(project.left, "themes"), key(project.right, "themes"))
        for pair in pairs
    )


def test_the_map_holds_what_is_computed_and_is_symmetric(library):
    ws, project, other = library
    videos = videos_of([project, other])
    pairs = pairs_of(project, videos)
    blocks = block_map(ws.store, videos, pairs)
    assert blocks.starts == (0, 3, 6)
    assert blocks.similarity.shape == (10, 10)
    np.testing.assert_array_equal(blocks.similarity, blocks.similarity.T)
    assert np.isfinite(blocks.similarity[0:3, 6:10]).all()
    assert np.isnan(blocks.similarity[0:6, 0:6]).all()
    assert blocks.is_above.sum() == 4  # two cells, from both sides


def test_kinds_of_pairs_wait_for_a_pair_of_one_culture(library):
    ws, project, other = library
    videos = videos_of([project, other])
    pairs = pairs_of(project, videos)
    assert "nothing can be said of cultures" in told(kinds_of_pairs(ws.store, videos, pairs))


@pytest.mark.parametrize(
    ("across", "says"), [(0.3, "less alike than"), (0.6, "more alike than"), (0.505, "as alike as")]
)
def test_the_sentence_says_how_pairs_across_cultures_stand(across: float, says: str):
    text = told([KindOfPair("a – a", True, 2, 0.5), KindOfPair("a – b", False, 3, across)])
    assert says in text
    assert "5 pairs of videos and is no test" in text


def test_the_block_figure_leaves_a_video_beside_itself_empty(library):
    from services.figures import block_heatmap

    ws, project, other = library
    videos = videos_of([project, other])
    figure = block_heatmap(block_map(ws.store, videos, pairs_of(project, videos)))
    assert figure.layout.xaxis.ticktext[0].startswith("EN 1: ")
    assert np.isnan(np.array(figure.data[0].z, float)[:3, :3]).all()
