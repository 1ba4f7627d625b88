"""What is clustered and how, as the analyst chooses it for a video; nothing is trained again (paper §3.4)."""

import dataclasses

from crvae.records import ClusterMethod, KSweep
from services.choose import with_k
from services.labels import choice_label
from services.recipe import Encoder, Project, Recipe, Side
from services.stages import have, load
from services.store import Store

METHOD_TITLES: dict[ClusterMethod, str] = {
    "kmeans": "K-means (the paper's)",
    "ward": "Ward's tree",
    "gmm": "Gaussian mixture",
    "hdbscan": "HDBSCAN",
}
# What each is for, in one line.
METHOD_USES: dict[ClusterMethod, str] = {
    "kmeans": "Each pair goes to the nearest centre: good for round clusters of like size. The paper's way.",
    "ward": "Joins the two nearest groups again and again. Good for small clusters beside large ones.",
    "gmm": "Clusters may be wide in one direction and narrow in another. Needs more pairs.",
    "hdbscan": "Finds crowded places and their number by itself, and leaves odd pairs out. You say how many "
    "pairs make a cluster.",
}
ENCODER_TITLES: dict[Encoder, str] = {
    "model": "The trained model",
    "pixels": "Bare pixels",
    "features": "Ready-made features",
    "texts": "Words alone",
}
ENCODER_USES: dict[Encoder, str] = {
    "model": "What your model learnt of pictures and words together: the paper's way.",
    "pixels": "What the frames look like, without any learning. Shows what the model adds.",
    "features": "A network taught on a million photos, beside sentence vectors: the strongest comparison.",
    "texts": "What is said, without the pictures.",
}


def with_method(project: Project, side: Side, method: ClusterMethod) -> Project:
    """The video clustered by this method, in its metrics too; the choice of K made for another one stays."""
    recipe = project.recipe(side)
    changed = dataclasses.replace(
        recipe,
        clustering=dataclasses.replace(recipe.clustering, method=method),
        sweep=dataclasses.replace(recipe.sweep, method=method),
    )
    return project.with_recipe(side, changed)


def with_encoder(project: Project, side: Side, encoder: Encoder) -> Project:
    """What is clustered of the video: the model's latents or something in their place."""
    return project.with_recipe(side, dataclasses.replace(project.recipe(side), encoder=encoder))


def with_size(project: Project, side: Side, size: int) -> Project:
    """K, or for HDBSCAN its smallest cluster."""
    recipe = project.recipe(side)
    if recipe.clustering.method != "hdbscan":
        return with_k(project, side, size)
    choice = dataclasses.replace(recipe.clustering, min_pairs=size)
    return project.with_recipe(side, dataclasses.replace(recipe, clustering=choice))


def size_of(recipe: Recipe) -> int | None:
    """The chosen K, or HDBSCAN's smallest cluster; None while it is not chosen."""
    return recipe.clustering.min_pairs if recipe.clustering.method == "hdbscan" else recipe.clustering.k


def told(recipe: Recipe) -> str:
    """What is chosen, for the log: 'K = 3', with what is clustered where it is not the trained model."""
    of = "" if recipe.encoder == "model" else f" of {ENCODER_TITLES[recipe.encoder].lower()}"
    method = "" if recipe.clustering.is_chosen else f" ({METHOD_TITLES[recipe.clustering.method]})"
    return f"{choice_label(recipe.clustering)}{of}{method}"


def is_papers_way(recipe: Recipe) -> bool:
    return recipe.encoder == "model" and recipe.sweep.method == "kmeans"


def agreement_with_paper(store: Store, recipe: Recipe) -> dict[int, float] | None:
    """K -> adjusted Rand index with k-means on the model's latents at the same K; None if not tried."""
    from crvae.k_scores import agreement

    sweep = dataclasses.replace(recipe.sweep, method="kmeans")
    papers = dataclasses.replace(recipe, encoder="model", sweep=sweep)
    if not have(store, papers, "sweep"):
        return None
    theirs: KSweep = load(store, papers, "sweep")
    ours: KSweep = load(store, recipe, "sweep")
    at = {score.k: row for row, score in enumerate(theirs.scores)}
    return {
        score.min_pairs or score.k: agreement(ours.labels[row], theirs.labels[at[score.k]])
        for row, score in enumerate(ours.scores)
        if score.k in at and score.k > 1
    }
