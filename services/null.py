"""Comparisons in which only chance is at work: clusters re-labelled in time, or tags dealt anew."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from services import retag
from services.context import Context
from services.phrases import encode_phrases
from services.records import Themes
from services.stage_table import Tagged

Vectors = list[NDArray[np.float32]]  # of each cluster's tags, (n, d)
Draws = Callable[[int], tuple[Vectors, Vectors]]
BLOCK_PAIRS = 3  # pairs next to each other belong together; longer blocks would be whole scenes
REUSED = 10  # so many partners from the other video does each re-labelling meet
TICK = 10


def block_draws(
    left: Tagged, right: Tagged, phrases: str, n_draws: int, rng: np.random.Generator, ctx: Context
) -> Draws:
    """Both videos re-labelled in blocks of time and tagged anew by keywords.

    A draw keeps the clusters' sizes; a cluster is then a handful of stretches of its video. So what is asked
    of a cell is whether the two themes match more than two random handfuls of stretches do.
    """
    n = -(-n_draws // REUSED)
    sides = [_relabelled(side, phrases, n, rng, ctx, part) for part, side in enumerate((left, right))]
    partners = rng.integers(n, size=n_draws)
    return lambda draw: (sides[0][draw % n], sides[1][int(partners[draw])])


def pool_draws(
    left: Tagged, right: Tagged, phrases: str, n_draws: int, rng: np.random.Generator, ctx: Context
) -> Draws:
    """Each video's tags, all in one pool, dealt anew among its clusters.

    The pools of the two videos stay apart: a language is nearer to itself than to another, so tags that
    changed sides would make chance look too high.
    """
    ctx.progress(0, 1, "vectors of the tags")
    sides = [_tag_vectors(side.themes, phrases) for side in (left, right)]
    return lambda _: (_dealt(sides[0], rng), _dealt(sides[1], rng))


def relabelled(labels: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.int32]:
    """The labels (N,) in another order of time: cut into blocks, the blocks shuffled, the whole shifted.

    Sizes stay; pairs in no cluster (-1) stay where they are.
    """
    inside = np.flatnonzero(labels >= 0)
    own = labels[inside]
    first = int(rng.integers(1, BLOCK_PAIRS + 1))
    blocks = np.split(own, np.arange(first, len(own), BLOCK_PAIRS))
    shuffled = np.concatenate([blocks[i] for i in rng.permutation(len(blocks))]) if len(own) else own
    moved = labels.copy()
    moved[inside] = np.roll(shuffled, int(rng.integers(max(len(own), 1))))
    return moved


def _relabelled(
    side: Tagged, phrases: str, n: int, rng: np.random.Generator, ctx: Context, part: int
) -> list[Vectors]:
    """Vectors of the tags of each cluster in each of n re-labellings."""
    ctx.progress(part * n, 2 * n, "phrases of the video")
    book = retag.wordbook(side.clusters, side.pairs, side.descriptions)
    dropped = _dropped(side)
    tags: list[list[list[int]]] = []
    for i in range(n):
        if i % TICK == 0:
            ctx.progress(part * n + i, 2 * n, f"video {part + 1} of 2, clusters re-labelled")
        again = relabelled(side.clusters.labels, rng)
        tags.append(book.tags(again, side.clusters.k, side.tagging.n_tags))
    used = sorted({i for draw in tags for cluster in draw for i in cluster})
    made = encode_phrases([book.phrases[i].text for i in used], phrases) if used else np.zeros((0, 1))
    vectors = {i: made[row] for row, i in enumerate(used) if book.phrases[i].text not in dropped}
    return [[stacked([vectors[i] for i in cluster if i in vectors]) for cluster in draw] for draw in tags]


def _dropped(side: Tagged) -> set[str]:
    """Tags that the analyst took out; they come up in no draw either."""
    before = {tag.text for theme in side.tags.themes for tag in theme.tags}
    return before - {tag.text for theme in side.themes.themes for tag in theme.tags}


def _tag_vectors(themes: Themes, phrases: str) -> Vectors:
    texts = [[tag.text for tag in theme.tags] for theme in themes.themes]
    flat = [text for cluster in texts for text in cluster]
    made = encode_phrases(flat, phrases) if flat else np.zeros((0, 1), np.float32)
    ends = np.cumsum([len(cluster) for cluster in texts])
    return np.split(made, ends[:-1]) if texts else []


def _dealt(clusters: Sequence[NDArray[np.float32]], rng: np.random.Generator) -> Vectors:
    pool = np.concatenate(list(clusters))
    ends = np.cumsum([len(cluster) for cluster in clusters])
    return np.split(pool[rng.permutation(len(pool))], ends[:-1])


def stacked(vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """(n, d); (0, 1) of none."""
    return np.stack(vectors) if vectors else np.zeros((0, 1), np.float32)
