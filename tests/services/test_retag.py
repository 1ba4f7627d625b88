"""Counting a video once gives the tags that the tagger gives, for any clusters."""

import numpy as np
import pytest

from crvae.records import Clustering
from services.captions import read_captions
from services.material import materials
from services.records import AlignedPairs, Descriptions, FrameDescription
from services.retag import wordbook
from services.sample import FOLDER
from services.tag_keywords import keyword_tags

pytestmark = pytest.mark.models


def video(language: str) -> tuple[Clustering, AlignedPairs, Descriptions]:
    """The sample's captions with a label and a line on screen now and then; two segments have two frames."""
    texts = [segment.text for segment in read_captions(FOLDER / f"{language}.srt", language).segments][:24]
    segment = np.array([0, 0, 1, 1, *range(2, 22)])
    frames = tuple(
        FrameDescription(i, "", ("LUNAR NEWS",) if i % 3 else (), ("rocket",) if i < 9 else ("concert hall",))
        for i in range(24)
    )
    told = tuple(texts[s] for s in segment)
    pairs = AlignedPairs(np.arange(24), segment, np.arange(24) * 2.0, told, "nearest_start", "")
    return clusters(np.repeat([0, 1, 2], 8)), pairs, Descriptions(frames, "labels")


def clusters(labels: np.ndarray) -> Clustering:
    return Clustering(3, labels.astype(np.int32), np.zeros((3, 2), np.float32), 0)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_same_clusters_have_the_same_tags(language):
    own, pairs, described = video(language)
    book = wordbook(own, pairs, described)
    found = [tuple(book.phrases[i].text for i in tags) for tags in book.tags(own.labels, 3, 10)]
    assert tuple(found) == keyword_tags(materials(own, pairs, described), 10)


def test_pairs_in_no_cluster_give_no_tags():
    own, pairs, described = video("en")
    labels = own.labels.copy()
    labels[:8] = -1
    assert wordbook(own, pairs, described).tags(labels, 3, 10)[0] == []
