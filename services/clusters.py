"""Clusters of a video's points as the analyst chose them (paper §3.4)."""

from crvae.clustering import find_clusters
from crvae.records import Clustering, Latents
from services.errors import AnalysisError
from services.recipe import ClusterChoice


def cluster(points: Latents, choice: ClusterChoice) -> Clustering:
    """The chosen clusters of the points, numbered by first appearance in time.

    Raises AnalysisError while nothing is chosen, and for a choice that the pairs cannot fill.
    """
    n = len(points.mu)
    size = choice.min_pairs if choice.method == "hdbscan" else choice.k
    if size is None:
        raise AnalysisError(
            "No number of clusters is chosen yet. Choose K first: "
            "the Clusters page shows the metrics for each K."
        )
    if choice.method != "hdbscan" and size > n:
        raise AnalysisError(
            f"K is {size}, but this video has only {n} {'pair' if n == 1 else 'pairs'}. "
            f"Choose a K of at most {n}, or sample the frames more often."
        )
    try:
        return find_clusters(points, size, method=choice.method, seed=choice.seed)
    except ValueError as e:  # pairs that do not differ, points that are not finite: its text says what to do
        raise AnalysisError(f"The pairs cannot be clustered: {e}.") from e
