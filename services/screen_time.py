"""How long each cluster is on screen (paper §5.3)."""

import numpy as np
from numpy.typing import NDArray

from crvae.records import Clustering
from services.figures_clusters import stretches
from services.records import AlignedPairs


def screen_times(clustering: Clustering, pairs: AlignedPairs) -> NDArray[np.float64]:
    """(k,) seconds: a pair lasts until the next one begins; pairs in no cluster count for none."""
    seconds = np.zeros(clustering.k)
    for run in stretches(clustering.labels, pairs.times_s):
        if run.cluster >= 0:
            seconds[run.cluster] += run.end_s - run.start_s
    return seconds
