"""How alike the clusters of two videos are, by the cosines of their tags (paper §5.3.3, §5.4)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.context import Context
from services.recipe import Comparing
from services.records import Comparison, Themes


def compare(left: Themes, right: Themes, comparing: Comparing, ctx: Context) -> Comparison:
    """The similarity of each left cluster with each right cluster, with the order in which to show them.

    A cell is the mean of the `n_best` highest of the cosines between the two clusters' tags (§5.4: 10 of
    10 × 10), of all of them when there are fewer. Rows and columns stand in descending order of their mean
    similarity; a cluster without tags has nan and stands last.
    Raises AnalysisError when the phrase vectors cannot be had.
    """
    left_tags, right_tags = _texts(left), _texts(right)
    vectors = _phrase_vectors([*left_tags, *right_tags], comparing.phrases, ctx)
    cosines = _tag_cosines(left_tags, right_tags, vectors)
    similarity = np.array(
        [[mean_of_best(cell, comparing.n_best) for cell in row] for row in cosines], dtype=np.float32
    ).reshape(len(left_tags), len(right_tags))
    return Comparison(
        similarity=similarity,
        tag_similarity=cosines,
        row_order=descending(similarity),
        column_order=descending(similarity.T),
        left_names=tuple(theme.name for theme in left.themes),
        right_names=tuple(theme.name for theme in right.themes),
        measure=_measure(left, right, comparing),
    )


def mean_of_best(cosines: NDArray[np.float32], n_best: int) -> float:
    """Mean of the n_best highest values, of all when there are fewer; nan are left out; nan of none."""
    values = np.sort(cosines[~np.isnan(cosines)])[::-1][:n_best]
    return float(values.mean()) if len(values) else float("nan")


def descending(similarity: NDArray[np.float32]) -> tuple[int, ...]:
    """Rows of a (K, M) matrix by their mean, highest first; equals in their own order, rows of nan last."""
    means = [float(row[~np.isnan(row)].mean()) if (~np.isnan(row)).any() else -np.inf for row in similarity]
    return tuple(sorted(range(len(means)), key=lambda row: -means[row]))


def _texts(themes: Themes) -> list[list[str]]:
    return [[tag.text for tag in theme.tags] for theme in themes.themes]


def _phrase_vectors(
    clusters: Sequence[Sequence[str]], backend: str, ctx: Context
) -> dict[str, NDArray[np.float32]]:
    """Each different tag's vector, (d,) of length 1."""
    from services.phrases import encode_phrases

    texts = sorted({text for tags in clusters for text in tags})
    if not texts:
        return {}
    ctx.progress(0, 1, f"vectors of {len(texts)} tags")
    return dict(zip(texts, encode_phrases(texts, backend), strict=True))


def _tag_cosines(
    left: Sequence[Sequence[str]], right: Sequence[Sequence[str]], vectors: dict[str, NDArray[np.float32]]
) -> NDArray[np.float32]:
    """(K_left, K_right, n, n) cosines, n the most tags that a cluster has; nan where a tag is lacking."""
    n = max((len(tags) for tags in [*left, *right]), default=0)
    cosines = np.full((len(left), len(right), n, n), np.nan, dtype=np.float32)
    for i, left_tags in enumerate(left):
        for j, right_tags in enumerate(right):
            if left_tags and right_tags:
                a = np.stack([vectors[text] for text in left_tags])
                b = np.stack([vectors[text] for text in right_tags])
                cosines[i, j, : len(a), : len(b)] = np.clip(a @ b.T, -1, 1)
    return cosines


def _measure(left: Themes, right: Themes, comparing: Comparing) -> str:
    """What a cell means and which clusters have none, in words for the page and the report."""
    text = f"mean of the {comparing.n_best} highest cosines between the tags of two clusters"
    text += f", phrase vectors: {comparing.phrases}"
    counts = [len(theme.tags) for themes in (left, right) for theme in themes.themes]
    bare = [theme.name for themes in (left, right) for theme in themes.themes if not theme.tags]
    if counts and min((c for c in counts if c), default=0) < max(counts):
        text += "; some clusters have fewer tags than others, so fewer cosines stand behind their cells"
    if bare:
        text += f"; no similarity for {', '.join(bare)}: no tags"
    return text
