"""Clusters of a video's latent vectors for the K that the analyst chose (paper §3.4)."""

from crvae.clustering import kmeans
from crvae.records import Clustering, Latents
from services.errors import AnalysisError
from services.recipe import ClusterChoice


def cluster(latents: Latents, choice: ClusterChoice) -> Clustering:
    """The K-means clusters of the latent means, numbered by first appearance in time.

    Raises AnalysisError while no K is chosen, and for a K that the pairs cannot fill.
    """
    n, k = len(latents.mu), choice.k
    if k is None:
        raise AnalysisError(
            "No number of clusters is chosen yet. Choose K first: "
            "the Clusters page shows the metrics for each K."
        )
    if k < 1:
        raise AnalysisError(f"K is {k}, but there must be at least one cluster. Choose a K from 2 upwards.")
    if k > n:
        raise AnalysisError(
            f"K is {k}, but this video has only {n} {'pair' if n == 1 else 'pairs'}. "
            f"Choose a K of at most {n}, or sample the frames more often."
        )
    try:
        return kmeans(latents, k, choice.seed)
    except ValueError as e:  # pairs that do not differ, latents that are not finite: its text says what to do
        raise AnalysisError(f"The pairs cannot be clustered: {e}.") from e
