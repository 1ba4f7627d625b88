"""The analyst's six steps for a project: which are done, which can be opened and what the others wait for."""

from dataclasses import dataclass

from services.recipe import Project
from services.stages import have, have_comparison
from services.store import Store


@dataclass(frozen=True, slots=True)
class Step:
    page: str  # file name in pages/, without .py
    title: str
    is_done: bool
    missing: str  # what has to come first, in words; "" when the step can be opened


def steps(store: Store, project: Project) -> tuple[Step, ...]:
    """The six steps in order. A step is done when both videos have its results.

    Each opens when the one before it is done; Clusters also without the trained models, which no bundle
    brings along, when their latent vectors are there with the pairs that it shows.
    """
    recipes = (project.left, project.right)

    def both(stage: str) -> bool:
        return all(have(store, recipe, stage) for recipe in recipes)

    chosen = all(recipe.clustering.is_chosen for recipe in recipes)
    done = (
        ("sources", "Sources", both("frames") and both("transcript"), ""),
        ("align", "Align", both("pairs"), "the frames and texts of both videos (Sources)"),
        ("train", "Train", both("model"), "the pairs of both videos (Sources, Align)"),
        ("clusters", "Clusters", chosen and both("clusters"), "a trained model for each video (Train)"),
        ("tags", "Tags", chosen and both("themes"), "a chosen K for each video (Clusters)"),
        ("compare", "Compare", chosen and have_comparison(store, project), "tags for both videos (Tags)"),
    )
    has_material = both("frames") and both("transcript") and both("pairs")
    found: list[Step] = []
    for page, title, is_done, needs in done:
        has_latents = page == "clusters" and has_material and both("latents")
        is_open = not found or (found[-1].is_done and not found[-1].missing) or has_latents
        found.append(Step(page, title, is_done and is_open, "" if is_open else needs))
    return tuple(found)
