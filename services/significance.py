"""What chance alone would give each cell of a comparison, and how sure its value is (docs/comparison.md)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.context import Context
from services.measures import likenesses
from services.null import Vectors, by_blocks, by_pool, stacked
from services.phrases import encode_phrases
from services.recipe import Comparing, Testing
from services.records import Comparison, Significance, Themes
from services.tag_texts import compared_texts
from services.tagged import Tagged

REUSED = 10  # so many partners from the other video does each re-labelling meet
CENTRAL = (2.5, 97.5)  # percentiles of the interval
ROUNDING = 1e-6  # of float32
TICK = 100

Cells = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Chance:
    """Similarities under chance, each (n, K_left, K_right).

    both:  two re-labelled videos
    left:  the left video's themes as they are, against re-labelled clusters of the right one
    right: the other way round
    """

    both: Cells
    left: Cells
    right: Cells


def significance(
    comparison: Comparison, left: Tagged, right: Tagged, comparing: Comparing, testing: Testing, ctx: Context
) -> Significance:
    """Each cell against comparisons of the same two videos in which only chance is at work.

    Keyword tags: the clusters are re-labelled in blocks of time and tagged anew. Tags of a model: they are
    dealt anew among the clusters of their video. Raises AnalysisError without the phrase vectors.
    """
    seen = comparison.similarity.astype(np.float64)
    sides = [_themes(side, comparing) for side in (left, right)]
    is_counted = left.tagging.backend == right.tagging.backend == "keywords"
    draw = by_blocks if is_counted else by_pool
    n = -(-testing.n_draws // REUSED)
    rng = np.random.default_rng(testing.seed)
    drawn = [
        draw(side, comparing, n, rng, ctx, f"what chance gives, video {part} of 2")
        for part, side in enumerate((left, right), start=1)
    ]
    chance = _chance(sides, drawn, comparing, testing, rng, ctx)
    mean, sd = chance.both.mean(axis=0), chance.both.std(axis=0)
    p = _share(chance.both, seen)
    low, high = _interval(seen, left.themes, right.themes, comparing, testing, ctx)
    return Significance(
        null_mean=_where_known(mean, seen),
        null_sd=_where_known(sd, seen),
        z=np.divide(seen - mean, sd, out=np.full_like(seen, np.nan), where=sd > ROUNDING),
        p=p,
        q=benjamini_hochberg(p),
        p_left=_share(_any_cluster(chance.left, axis=2), seen),
        p_right=_share(_any_cluster(chance.right, axis=1), seen),
        low=low,
        high=high,
        null="blocks" if is_counted else "pool",
        n_draws=len(chance.both),
    )


def benjamini_hochberg(p: Cells) -> Cells:
    """q values of the same shape: of all cells with a q up to 5 %, at most about 5 % are false alarms."""
    q = np.full(p.size, np.nan)
    flat = p.ravel()
    known = np.flatnonzero(~np.isnan(flat))
    order = known[np.argsort(flat[known], kind="stable")]
    scaled = flat[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return q.reshape(p.shape)


def _chance(
    sides: Sequence[Vectors],
    drawn: Sequence[list[Vectors]],
    comparing: Comparing,
    testing: Testing,
    rng: np.random.Generator,
    ctx: Context,
) -> _Chance:
    """Every similarity under chance. A cluster that drew no tag is like nothing."""

    def cells(left: Vectors, right: Vectors) -> Cells:
        return np.nan_to_num(likenesses(left, right, comparing.measure, comparing.n_best), nan=-1.0)

    both: list[Cells] = []
    partners = rng.integers(len(drawn[1]), size=testing.n_draws)
    for i, partner in enumerate(partners):
        if i % TICK == 0:
            ctx.progress(i, testing.n_draws, f"draw {i + 1} of {testing.n_draws}")
        both.append(cells(drawn[0][i % len(drawn[0])], drawn[1][int(partner)]))
    return _Chance(
        np.stack(both),
        np.stack([cells(sides[0], draw) for draw in drawn[1]]),
        np.stack([cells(draw, sides[1]) for draw in drawn[0]]),
    )


def _any_cluster(chance: Cells, axis: int) -> Cells:
    """(n K, K_left or 1, K_right or 1): every re-labelled cluster stands for every other.

    axis: of `chance` on which the re-labelled clusters are
    """
    moved = np.moveaxis(chance, axis, 1)  # (n, K of the re-labelled, K of the themes)
    flat = moved.reshape(-1, moved.shape[2])
    return flat[:, :, None] if axis == 2 else flat[:, None, :]


def _share(chance: Cells, seen: Cells) -> Cells:
    """(K_left, K_right) p: the share of draws that reach a cell, itself counted as one of them."""
    reached = np.zeros(seen.shape)
    for draw in chance:
        reached += draw >= seen - ROUNDING
    return _where_known((1 + reached) / (1 + len(chance)), seen)


def _where_known(values: Cells, seen: Cells) -> Cells:
    return np.where(np.isnan(seen), np.nan, values)


def _themes(side: Tagged, comparing: Comparing) -> Vectors:
    return [lists[0] for lists in _alternatives(side.themes, comparing)]


def _interval(
    seen: Cells, left: Themes, right: Themes, comparing: Comparing, testing: Testing, ctx: Context
) -> tuple[Cells, Cells]:
    """Low and high end of each cell's 95 % interval: tags drawn with replacement, from a draw of the model.

    A tag that is drawn twice makes its cosines count twice, which lifts the highest ones; so the spread is
    taken from the bootstrap and laid around the value itself.
    """
    ctx.progress(0, 1, "intervals")
    rng = np.random.default_rng(testing.seed + 1)
    a, b = (_alternatives(themes, comparing) for themes in (left, right))
    found = np.stack(
        [
            likenesses(_resampled(a, rng), _resampled(b, rng), comparing.measure, comparing.n_best)
            for _ in range(testing.n_bootstrap)
        ]
    )
    low, high = np.percentile(found - found.mean(axis=0), CENTRAL, axis=0)
    return np.clip(seen + low, -1, 1), np.clip(seen + high, -1, 1)


def _alternatives(themes: Themes, comparing: Comparing) -> list[list[NDArray[np.float32]]]:
    """For each cluster the vectors of its tags, and those of each further draw of the model."""
    lists = [compared_texts(theme, in_english=comparing.in_english) for theme in themes.themes]
    texts = sorted({text for cluster in lists for tags in cluster for text in tags})
    vectors = dict(zip(texts, encode_phrases(texts, comparing.phrases), strict=True)) if texts else {}
    return [[stacked([vectors[text] for text in tags]) for tags in cluster] for cluster in lists]


def _resampled(clusters: Sequence[Sequence[NDArray[np.float32]]], rng: np.random.Generator) -> Vectors:
    picked = [cluster[int(rng.integers(len(cluster)))] for cluster in clusters]
    return [tags[rng.integers(len(tags), size=len(tags))] if len(tags) else tags for tags in picked]
