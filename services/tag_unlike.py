"""Tags without those that say the same twice: other case, or another word for it (paper §3.4.2)."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from services.phrases import encode_phrases
from services.tag_parse import merge_tags

# Cosine from which two tags are one. Looked up with USE-multilingual on 41 pairs: most English rewordings
# ("moon landing", "lunar landing") lie at 0.86 to 0.99, contrasts ("North Korea", "South Korea") below 0.83,
# but violin and cello in Chinese at 0.93. Chinese rewordings are lower, so some pass.
SAME = 0.86
MAX_TAGS = 200  # that are looked at


def unlike(lists: Iterable[Sequence[str]], n_tags: int, phrases: str) -> tuple[str, ...]:
    """The first n_tags tags of the lists, one list after the other, none like one before it.

    phrases: backend for phrase vectors. Raises AnalysisError when it cannot be had.
    """
    once = merge_tags(lists, MAX_TAGS)
    if len(once) < 2 or n_tags < 1:
        return once[: max(n_tags, 0)]
    vectors = encode_phrases(once, phrases)  # (n, d)
    kept: list[int] = []
    for i in range(len(once)):
        if len(kept) < n_tags and not _is_like_one(vectors[i], vectors[kept]):
            kept.append(i)
    return tuple(once[i] for i in kept)


def _is_like_one(vector: NDArray[np.float32], others: NDArray[np.float32]) -> bool:
    return bool(len(others)) and float((others @ vector).max()) >= SAME
