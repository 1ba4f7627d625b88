"""How long each cluster is on screen (paper §5.3)."""

import numpy as np
from numpy.typing import NDArray

from crvae.records import Clustering
from services.records import AlignedPairs
from services.stretches import seconds_of_pairs


def screen_times(clustering: Clustering, pairs: AlignedPairs) -> NDArray[np.float64]:
    """(k,) seconds: a pair lasts until the next one begins; pairs in no cluster count for none."""
    is_in = clustering.labels >= 0
    seconds = seconds_of_pairs(pairs.times_s)[is_in]
    return np.bincount(clustering.labels[is_in], seconds, minlength=clustering.k).astype(np.float64)
