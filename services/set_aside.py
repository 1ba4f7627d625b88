"""Clusters that are one repeated shot, taken out of a clustering and marked as set aside."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crvae.records import Clustering
from services.errors import AnalysisError
from services.repeated_shots import repeated_shot, shots_of


def without_repeated_shots(clustering: Clustering, images: NDArray[np.uint8]) -> Clustering:
    """The clustering with the pairs of such clusters in none (-1), and the rest numbered anew.

    images: (N, 3, H, W) of the pairs, in order of time
    Raises AnalysisError where nothing would be left.
    """
    shots = shots_of(images)
    kept = [c for c in range(clustering.k) if repeated_shot(shots, clustering.labels, c) is None]
    if not kept:
        raise AnalysisError(
            "Every cluster is a repeated shot, so nothing would be left. Choose a larger K, or keep the "
            "repeated shots."
        )
    # The order of first appearance stays, so numbers need only close their gaps.
    number = np.full(clustering.k + 1, -1, np.int32)  # the last one is for the label -1
    number[kept] = np.arange(len(kept), dtype=np.int32)
    labels = number[clustering.labels]
    return replace(
        clustering,
        k=len(kept),
        labels=labels,
        centroids=clustering.centroids[kept],
        set_aside=(labels < 0) & (clustering.labels >= 0),
    )
