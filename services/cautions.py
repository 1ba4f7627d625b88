"""What a reader of the results must know before believing them, one sentence each."""

from crvae.records import Clustering, EmbeddedDataset, KRecommendation, KScore, KSweep
from services.detect import is_other_language
from services.labels import choice_label, video_label
from services.languages import language_name
from services.recipe import SIDES, ClusterChoice, Project, Recipe, Side
from services.records import Themes, Transcript
from services.sources import same_content
from services.stages import have_significance, load
from services.store import Store
from services.themes import is_unsupported
from services.tokens import count_cut

UNKNOWN_WORDS = 0.2  # share of the words without a vector from which it is said
WEAK_STABILITY = 0.6  # adjusted Rand index below which clusters dissolve when the video is cut differently


def cautions(store: Store, project: Project) -> tuple[str, ...]:
    """Sentences about a finished project; () if there is nothing to say.

    Raises StageMissing if the project is not finished.
    """
    found = [SAME_VIDEO] if is_same_video(project) else []
    if not have_significance(store, project):
        found.append(NOT_TESTED)
    for side in SIDES:
        found += _of_side(store, project, side)
    return tuple(found)


NOT_TESTED = (
    "The cells were not held against chance: read them as an order, not as proof. Even unrelated tags reach "
    "some similarity."
)


SAME_VIDEO = "Both sides are the same video, so the comparison shows what a perfect likeness looks like."


def is_same_video(project: Project) -> bool:
    return same_content(project.left.source, project.right.source)


def text_cautions(project: Project, side: Side, transcript: Transcript) -> list[str]:
    """What is to be known of a side's text: it reads as another language, or its times are guessed."""
    name, chosen = video_label(project, side), project.recipe(side).transcript.language
    found: list[str] = []
    if transcript.is_spread:
        found.append(
            f"{name}: its text has no times, so it is spread over the video by its length, and words and "
            "frames go together only roughly."
        )
    if is_other_language(chosen, transcript.detected):
        found.append(
            f"{name}: its text reads as {language_name(transcript.detected)}, but {language_name(chosen)} is "
            "chosen. Choose that language, or other captions, on the Sources page."
        )
    return found


def score_of(sweep: KSweep, choice: ClusterChoice) -> KScore | None:
    """The quality of the chosen clustering; None if it was not tried."""
    if sweep.method != choice.method:
        return None
    if choice.method == "hdbscan":
        return next((score for score in sweep.scores if score.min_pairs == choice.min_pairs), None)
    return next((score for score in sweep.scores if score.k == choice.k), None)


def support(sweep: KSweep) -> KRecommendation | None:
    """What the measures recommend; None where nothing could be measured."""
    from crvae.recommend import recommend

    return recommend(sweep) if any(score.silhouette is not None for score in sweep.scores) else None


def _of_side(store: Store, project: Project, side: Side) -> list[str]:
    recipe, name = project.recipe(side), video_label(project, side)
    dataset: EmbeddedDataset = load(store, recipe, "dataset")
    found = text_cautions(project, side, load(store, recipe, "segments"))
    if dataset.unknown >= UNKNOWN_WORDS:
        found.append(
            f"{name}: {dataset.unknown:.0%} of the words had no word vector, so its text counts for less."
        )
    n_cut = _count_cut(store, recipe, dataset)
    if n_cut:
        found.append(
            f"{name}: {n_cut} of {len(dataset.lengths)} texts are longer than {recipe.embedding.max_words} "
            "words; the model saw their beginnings only."
        )
    if recipe.training.last_epoch < 10:
        found.append(
            f"{name}: trained for {recipe.training.last_epoch} epochs only; its clusters are hardly learnt."
        )
    sweep: KSweep = load(store, recipe, "sweep")
    score, chosen = score_of(sweep, recipe.clustering), choice_label(recipe.clustering)
    if score is None or score.stability is None:
        found.append(f"{name}: the stability of {chosen} was not measured.")
    if sweep.scores and (advice := support(sweep)) is not None and not advice.is_supported:
        found.append(f"{name}: {advice.reason}")
    elif score is not None and score.stability is not None and score.stability < WEAK_STABILITY:
        found.append(
            f"{name}: with {chosen} the clusters are not stable (adjusted Rand index "
            f"{score.stability:.2f}); another cut of the video would give partly different ones."
        )
    found += _set_aside(load(store, recipe, "clusters"), name)
    return [*found, *tag_cautions(name, load(store, recipe, "themes"))]


def _set_aside(clustering: Clustering, name: str) -> list[str]:
    n_aside, n = int(clustering.set_aside.sum()), len(clustering.labels)
    told = (
        f"{name}: {n_aside} of {n} pairs ({n_aside / max(n, 1):.0%}) were set aside as repeated shots; they "
        "are in no cluster, have no tags and were not compared."
    )
    return [told] if n_aside else []


def tag_cautions(name: str, themes: Themes) -> list[str]:
    """What is to be known of a video's tags: how many nothing speaks for, and what the model did not see."""
    tags = [tag for theme in themes.themes for tag in theme.tags]
    n_missing = sum(map(is_unsupported, tags))
    found: list[str] = []
    if n_missing:
        found.append(
            f"{name}: {n_missing} of its {len(tags)} tags ({n_missing / len(tags):.0%}) are found in neither "
            "pictures nor words."
        )
    n_cut = sum(theme.share_read < 1 for theme in themes.themes)
    if n_cut:
        least = min(theme.share_read for theme in themes.themes)
        found.append(
            f"{name}: {n_cut} of its themes had more texts than the tagging model reads at once; it was "
            f"shown a part of them, spread evenly over time ({least:.0%} at the least)."
        )
    return found


def _count_cut(store: Store, recipe: Recipe, dataset: EmbeddedDataset) -> int:
    """How many texts were cut; they are read again only where a row is full."""
    if int(dataset.lengths.max(initial=0)) < recipe.embedding.max_words:
        return 0
    return count_cut(load(store, recipe, "pairs").texts, recipe.embedding.max_words)
