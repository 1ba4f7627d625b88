"""What a sweep says of the chosen clustering, put together as the page shows it (paper §3.4.1)."""

from crvae.k_limits import LITTLE_STRUCTURE, STABLE, STRUCTURE
from crvae.records import KScore, KSweep
from services.cluster_choice import agreement_with_paper, size_of
from services.labels import cluster_label
from services.profile_records import Profile
from services.recipe import Recipe
from services.store import Store


def nothing_scored(recipe: Recipe, n_pairs: int) -> str:
    """Why no K could be scored, and what to do."""
    from crvae.k_sweep import MIN_PAIRS

    if recipe.clustering.method == "hdbscan" and n_pairs >= 2 * MIN_PAIRS[0]:
        return (
            "HDBSCAN finds no place where the pairs crowd: whatever the smallest cluster is, all pairs are "
            "in none. Choose another way above."
        )
    if n_pairs < 3:
        return (
            f"There are too few pairs ({n_pairs}) to compare several K. Sample the frames more often or "
            "align more of the text; or go on with one cluster."
        )
    return (
        f"Fewer than 3 of the {n_pairs} pairs differ in what is clustered, so several K cannot be compared. "
        "Cluster something else, or go on with one cluster."
    )


def choice_told(score: KScore) -> str:
    """What the measures say of the choice itself, beside the recommendation."""
    from crvae.recommend import mark

    if score.silhouette is None or score.stability is None:
        return ""
    apart = "clear" if score.silhouette >= STRUCTURE else "fair"
    if score.silhouette < LITTLE_STRUCTURE:
        apart = "weak"
    back = "come back" if score.stability >= STABLE else "come back only in part"
    lost = sum(mark(jaccard) == "dissolves" for jaccard in score.jaccards)
    text = (
        f"Your choice, K = {score.k}: silhouette {score.silhouette:.2f} ({apart}); its clusters {back} when "
        f"parts of the video are left out (ARI {score.stability:.2f})"
    )
    return f"{text}; {lost} of {score.k} dissolve." if lost else f"{text}."


def cluster_rows(profile: Profile, names: tuple[str, ...] = ()) -> list[dict[str, str | int | float]]:
    """A row for each cluster with its silhouette and its Jaccard index; [] where neither was measured."""
    from crvae.recommend import mark

    return [
        {
            "Cluster": cluster_label(each.cluster, names),
            "Pairs": each.n_pairs,
            "Silhouette": round(each.silhouette, 2),
            "Comes back (Jaccard)": round(each.jaccard, 2),
            "Mark": mark(each.jaccard),
        }
        for each in profile.clusters
        if each.silhouette is not None and each.jaccard is not None
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
    unit = "pairs" if recipe.clustering.method == "hdbscan" else "clusters"
    told = ", ".join(f"{value:.2f} at {key} {unit}" for key, value in found.items())
    return f"Agreement with the paper's way (adjusted Rand index): {told or 'no K in common'}."
