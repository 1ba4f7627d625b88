"""What a sweep says of the chosen clustering, put together as the page shows it (paper §3.4.1)."""

from crvae.records import KSweep
from services.cautions import score_of
from services.cluster_choice import agreement_with_paper, size_of
from services.labels import cluster_label
from services.recipe import ClusterChoice, Recipe
from services.store import Store


def cluster_rows(sweep: KSweep, choice: ClusterChoice) -> list[dict[str, str | int | float]]:
    """A row for each cluster of the choice; [] if it was not tried or has one cluster."""
    from crvae.recommend import mark

    score = score_of(sweep, choice)
    if score is None or not score.jaccards or not score.silhouettes:
        return []
    return [
        {
            "Cluster": cluster_label(cluster),
            "Pairs": size,
            "Silhouette": round(silhouette, 2),
            "Comes back (Jaccard)": round(jaccard, 2),
            "Mark": mark(jaccard),
        }
        for cluster, (size, silhouette, jaccard) in enumerate(
            zip(score.sizes, score.silhouettes, score.jaccards, strict=True)
        )
    ]


def knee_of(sweep: KSweep) -> int | None:
    """The K at the bend of the inertia; none for HDBSCAN, whose K does not grow step by step."""
    from crvae.k_scores import knee

    if sweep.method == "hdbscan":
        return None
    return knee({score.k: score.inertia for score in sweep.scores if score.inertia is not None})


def agreement_told(store: Store, recipe: Recipe) -> str:
    """How far the clusters agree with the paper's way, in one sentence."""
    found = agreement_with_paper(store, recipe)
    if found is None:
        return (
            "How far these clusters agree with the paper's way is shown once the metrics of the trained "
            "model with k-means are computed."
        )
    size = size_of(recipe)
    if size in found:
        return (
            f"Agreement with the paper's way (k-means on the trained model) at the same K: adjusted Rand "
            f"index {found[size]:.2f}; 1 is the same clusters, 0 is chance."
        )
    told = ", ".join(f"{value:.2f} at {key}" for key, value in found.items())
    return f"Agreement with the paper's way (adjusted Rand index): {told or 'no K in common'}."
