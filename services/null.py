"""One video's clusters as chance would have them: re-labelled in time, or their tags dealt anew."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services import retag
from services.context import Context
from services.phrases import encode_phrases
from services.recipe import Comparing
from services.tag_texts import compared_texts, translated
from services.tagged import Tagged

Vectors = list[NDArray[np.float32]]  # of each cluster's tags, (n, d)
BLOCK_PAIRS = 2  # neighbours stay together; blocks of whole scenes would be themes again
TICK = 10


def by_blocks(
    side: Tagged, comparing: Comparing, n: int, rng: np.random.Generator, ctx: Context, note: str
) -> list[Vectors]:
    """Vectors of the keyword tags of each cluster in each of n re-labellings of the video.

    A re-labelling keeps the clusters' sizes, but each is a handful of moments from all over the video.
    Tags that the analyst took out come up in no draw. Raises AnalysisError without the phrase vectors.
    """
    ctx.progress(0, n, note)
    book = retag.wordbook(side.clusters, side.pairs, side.descriptions)
    tags: list[list[list[int]]] = []
    for i in range(n):
        if i % TICK == 0:
            ctx.progress(i, n, note)
        again = relabelled(side.clusters.labels, rng)
        tags.append(book.tags(again, side.clusters.k, side.tagging.n_tags))
    used = sorted({i for draw in tags for cluster in draw for i in cluster})
    texts = translated([book.phrases[i].text for i in used], in_english=comparing.in_english)
    made = encode_phrases(texts, comparing.phrases)
    dropped = _dropped(side)
    vectors = {i: made[row] for row, i in enumerate(used) if book.phrases[i].text not in dropped}
    return [[stacked([vectors[i] for i in cluster if i in vectors]) for cluster in draw] for draw in tags]


def by_pool(
    side: Tagged, comparing: Comparing, n: int, rng: np.random.Generator, ctx: Context, note: str
) -> list[Vectors]:
    """Vectors of the video's tags, all in one pool, dealt anew n times among its clusters.

    The pools of the two videos stay apart: a language is nearer to itself than to another, so tags that
    changed sides would make chance look too high.
    """
    ctx.progress(0, n, note)
    texts = [compared_texts(theme, in_english=comparing.in_english)[0] for theme in side.themes.themes]
    pool = encode_phrases([text for cluster in texts for text in cluster], comparing.phrases)
    ends = np.cumsum([len(cluster) for cluster in texts])[:-1]
    return [np.split(pool[rng.permutation(len(pool))], ends) for _ in range(n)]


def relabelled(labels: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.int32]:
    """The labels (N,) in another order of time: cut into blocks, the blocks shuffled, the whole shifted.

    Sizes stay; pairs in no cluster (-1) stay where they are.
    """
    inside = np.flatnonzero(labels >= 0)
    if len(inside) == 0:
        return labels.copy()
    own = labels[inside]
    first = int(rng.integers(1, BLOCK_PAIRS + 1))
    blocks = np.split(own, np.arange(first, len(own), BLOCK_PAIRS))
    shuffled = np.concatenate([blocks[i] for i in rng.permutation(len(blocks))])
    moved = labels.copy()
    moved[inside] = np.roll(shuffled, int(rng.integers(len(own))))
    return moved


def stacked(vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """(n, d); (0, 1) of none."""
    return np.stack(vectors) if vectors else np.zeros((0, 1), np.float32)


def _dropped(side: Tagged) -> set[str]:
    return {tag.text for tag in side.tags.all_tags} - {tag.text for tag in side.themes.all_tags}
