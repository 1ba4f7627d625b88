"""How alike the clusters of two videos are, by the cosines of their tags (paper §5.3.3, §5.4)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.context import Context
from services.measures import NAMES, likenesses
from services.recipe import Comparing
from services.records import Comparison, Themes
from services.said import IN_ENGLISH, Tell
from services.tag_texts import compared_texts


def compare(left: Themes, right: Themes, comparing: Comparing, ctx: Context) -> Comparison:
    """The similarity of each left cluster with each right cluster, with the order in which to show them.

    A cell is the likeness of the two clusters' tags by the chosen measure (§5.4: the mean of the 10 highest
    of 10 × 10 cosines). Rows and columns stand in descending order of their mean
    similarity; a cluster without tags has nan and stands last.
    Raises AnalysisError when the phrase vectors cannot be had.
    """
    left_tags, right_tags = (_texts(themes, comparing) for themes in (left, right))
    vectors = _phrase_vectors([*left_tags, *right_tags], comparing.phrases, ctx)
    rows, columns = ([_rows(tags, vectors) for tags in side] for side in (left_tags, right_tags))
    similarity = likenesses(rows, columns, comparing.measure, comparing.n_best).astype(np.float32)
    return Comparison(
        similarity=similarity,
        tag_similarity=_tag_cosines(rows, columns),
        row_order=descending(similarity),
        column_order=descending(similarity.T),
        left_names=tuple(theme.name for theme in left.themes),
        right_names=tuple(theme.name for theme in right.themes),
        measure=measure_told(left, right, comparing),
    )


def descending(similarity: NDArray[np.float32]) -> tuple[int, ...]:
    """Rows of a (K, M) matrix by their mean, highest first; equals in their own order, rows of nan last."""
    means = [float(row[~np.isnan(row)].mean()) if (~np.isnan(row)).any() else -np.inf for row in similarity]
    return tuple(sorted(range(len(means)), key=lambda row: -means[row]))


def _texts(themes: Themes, comparing: Comparing) -> list[list[str]]:
    return [compared_texts(theme, in_english=comparing.in_english)[0] for theme in themes.themes]


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


def _rows(tags: Sequence[str], vectors: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.stack([vectors[text] for text in tags]) if tags else np.zeros((0, 1), np.float32)


def _tag_cosines(
    left: Sequence[NDArray[np.float32]], right: Sequence[NDArray[np.float32]]
) -> NDArray[np.float32]:
    """(K_left, K_right, n, n) cosines, n the most tags that a cluster has; nan where a tag is lacking."""
    n = max((len(tags) for tags in (*left, *right)), default=0)
    cosines = np.full((len(left), len(right), n, n), np.nan, dtype=np.float32)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            if len(a) and len(b):
                cosines[i, j, : len(a), : len(b)] = np.clip(a @ b.T, -1, 1)
    return cosines


def measure_told(left: Themes, right: Themes, comparing: Comparing, tell: Tell = IN_ENGLISH) -> str:
    """What a cell means and which clusters have none, in words for the page and the report."""
    text = tell(NAMES[comparing.measure], n=comparing.n_best)
    text += ", " + tell("phrase vectors: {name}", name=comparing.phrases)
    if comparing.in_english:
        text += "; " + tell("tags in another language by their English")
    counts = [len(theme.tags) for themes in (left, right) for theme in themes.themes]
    bare = [theme.name for themes in (left, right) for theme in themes.themes if not theme.tags]
    if counts and min((c for c in counts if c), default=0) < max(counts):
        text += "; " + tell(
            "some clusters have fewer tags than others, so fewer cosines stand behind their cells"
        )
    if bare:
        text += "; " + tell("no similarity for {names}: no tags", names=", ".join(bare))
    return text
