"""A K that was not chosen or cannot be filled is told in a sentence."""

import numpy as np
import pytest

from crvae.records import Latents
from services.clusters import cluster
from services.errors import AnalysisError
from services.recipe import ClusterChoice

MU = np.repeat(np.eye(3, dtype=np.float32) * 9, [4, 4, 2], axis=0)  # ten pairs, three different ones
NAN = np.full((5, 3), np.nan, np.float32)


def test_the_chosen_k_is_made_with_the_chosen_seed():
    made = cluster(Latents(MU), ClusterChoice(k=3, seed=4))
    assert (made.k, made.seed) == (3, 4)
    assert made.labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("mu", "k", "words"),
    [
        (MU, None, r"No number of clusters is chosen yet\. Choose K first"),
        (MU, 11, r"K is 11, but this video has only 10 pairs\. Choose a K of at most 10"),
        (MU[:1], 2, r"only 1 pair\. Choose a K of at most 1"),
        (
            MU,
            4,
            r"cannot be clustered: k is 4, but only 3 pairs differ: choose k from 1 to 3\.",
        ),
        (NAN, 2, r"cannot be clustered: .* not finite: train the model again\."),
    ],
)
def test_a_k_that_cannot_be_is_told(mu: np.ndarray, k: int | None, words: str):
    with pytest.raises(AnalysisError, match=words):
        cluster(Latents(mu), ClusterChoice(k=k))
