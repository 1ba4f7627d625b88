"""What chance alone would give each cell of a comparison, and how sure its value is (docs/comparison.md)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.context import Context
from services.measures import likenesses
from services.null import Draws, Vectors, block_draws, pool_draws, stacked
from services.recipe import Comparing, Testing
from services.records import Comparison, Significance, Themes
from services.stage_table import Tagged

CENTRAL = (2.5, 97.5)  # percentiles of the interval
TICK = 50  # draws between two words of progress


def significance(
    comparison: Comparison, left: Tagged, right: Tagged, comparing: Comparing, testing: Testing, ctx: Context
) -> Significance:
    """Each cell against `testing.n_draws` comparisons of the same two videos in which only chance is at work.

    Keyword tags: both videos' clusters are re-labelled in blocks of time and tagged anew. Tags of a model:
    dealt anew among the clusters of their video. Raises AnalysisError when the phrase vectors cannot be had.
    """
    seen = comparison.similarity.astype(np.float64)
    rng = np.random.default_rng(testing.seed)
    is_counted = left.tagging.backend == right.tagging.backend == "keywords"
    make = block_draws if is_counted else pool_draws
    chance = _cells(make(left, right, comparing.phrases, testing.n_draws, rng, ctx), comparing, testing, ctx)
    n_reached = (chance >= seen - 1e-6).sum(axis=0)  # rounding of float32
    p = np.where(np.isnan(seen), np.nan, (1 + n_reached) / (1 + len(chance)))
    mean, sd = chance.mean(axis=0), chance.std(axis=0)
    low, high = _interval(seen, left.themes, right.themes, comparing, testing, ctx)
    return Significance(
        null_mean=np.where(np.isnan(seen), np.nan, mean),
        null_sd=np.where(np.isnan(seen), np.nan, sd),
        z=np.divide(seen - mean, sd, out=np.full_like(seen, np.nan), where=sd > 1e-9),
        p=p,
        q=benjamini_hochberg(p),
        low=low,
        high=high,
        null="blocks" if is_counted else "pool",
        n_draws=len(chance),
    )


def benjamini_hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """q values of the same shape: of all cells with a q up to 5 %, at most about 5 % are false alarms."""
    q = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p.ravel()))
    order = known[np.argsort(p.ravel()[known], kind="stable")]
    scaled = p.ravel()[order] * len(order) / np.arange(1, len(order) + 1)
    q.ravel()[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return q


def _cells(draws: Draws, comparing: Comparing, testing: Testing, ctx: Context) -> NDArray[np.float64]:
    """(n_draws, K_left, K_right) similarities under chance; a cluster that drew no tag is like nothing."""
    found: list[NDArray[np.float64]] = []
    for n in range(testing.n_draws):
        if n % TICK == 0:
            ctx.progress(n, testing.n_draws, f"draw {n + 1} of {testing.n_draws}")
        found.append(likenesses(*draws(n), comparing.measure, comparing.n_best))
    return np.nan_to_num(np.stack(found), nan=-1.0)


def _interval(
    seen: NDArray[np.float64],
    left: Themes,
    right: Themes,
    comparing: Comparing,
    testing: Testing,
    ctx: Context,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Low and high end of each cell's 95 % interval: tags drawn with replacement, from a draw of the model.

    A tag that is drawn twice makes its cosines count twice, which lifts the highest ones; so the spread is
    taken from the bootstrap and laid around the value itself.
    """
    ctx.progress(0, 1, "intervals")
    rng = np.random.default_rng(testing.seed + 1)
    sides = [_alternatives(themes, comparing.phrases) for themes in (left, right)]
    found = np.stack(
        [
            likenesses(
                _resampled(sides[0], rng), _resampled(sides[1], rng), comparing.measure, comparing.n_best
            )
            for _ in range(testing.n_bootstrap)
        ]
    )
    low, high = np.percentile(found - found.mean(axis=0), CENTRAL, axis=0)
    return np.clip(seen + low, -1, 1), np.clip(seen + high, -1, 1)


def _alternatives(themes: Themes, phrases: str) -> list[Vectors]:
    """For each cluster its tags' vectors, and those of each further draw of the model."""
    from services.phrases import encode_phrases

    lists = [[[tag.text for tag in t.tags], *map(list, t.draws[1:])] for t in themes.themes]
    texts = sorted({text for cluster in lists for tags in cluster for text in tags})
    vectors = dict(zip(texts, encode_phrases(texts, phrases), strict=True)) if texts else {}
    return [[stacked([vectors[text] for text in tags]) for tags in cluster] for cluster in lists]


def _resampled(clusters: Sequence[Vectors], rng: np.random.Generator) -> Vectors:
    picked = [cluster[int(rng.integers(len(cluster)))] for cluster in clusters]
    return [tags[rng.integers(len(tags), size=len(tags))] if len(tags) else tags for tags in picked]
