"""What a reader of the results must know before believing them, one sentence each."""

from typing import Any

from crvae.k_limits import STABLE
from crvae.records import Clustering, EmbeddedDataset, KRecommendation, KScore, KSweep
from services.detect import is_other_language
from services.labels import choice_label, video_label
from services.languages import language_name
from services.recipe import SIDES, ClusterChoice, Project, Recipe, Side
from services.records import AlignedPairs, Themes, Transcript
from services.said import Said
from services.sources import same_content
from services.stages import have, have_significance, load
from services.store import Store
from services.themes import is_unsupported
from services.tokens import count_cut

UNKNOWN_WORDS = 0.2  # share of the words without a vector from which it is said


def cautions(store: Store, project: Project) -> tuple[str, ...]:
    """Sentences about a project; () if there is nothing to say. What is not computed is left out."""
    found = [SAME_VIDEO] if is_same_video(project) else []
    if not have_significance(store, project):
        found.append(NOT_TESTED)
    for side in SIDES:
        found += _of_side(store, project, side)
    return tuple(found)


NOT_TESTED = Said(
    "The cells were not held against chance: read them as an order, not as proof. Even unrelated tags reach "
    "some similarity."
)


SAME_VIDEO = Said(
    "Both sides are the same video, so the comparison shows what a perfect likeness looks like."
)


def is_same_video(project: Project) -> bool:
    return same_content(project.left.source, project.right.source)


def text_cautions(project: Project, side: Side, transcript: Transcript) -> list[str]:
    """What is to be known of a side's text: it reads as another language, or its times are guessed."""
    name, chosen = video_label(project, side), project.recipe(side).transcript.language
    found: list[str] = []
    if transcript.is_spread:
        found.append(
            Said(
                "{name}: its text has no times, so it is spread over the video by its length, and words and "
                "frames go together only roughly.",
                name=name,
            )
        )
    if is_other_language(chosen, transcript.detected):
        found.append(
            Said(
                "{name}: its text reads as {detected}, but {chosen} is chosen. Choose that language, or "
                "other captions, on the Sources page.",
                name=name,
                detected=Said(language_name(transcript.detected)),
                chosen=Said(language_name(chosen)),
            )
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
    recipe, name, found = project.recipe(side), video_label(project, side), list[str]()
    if (segments := _known(store, recipe, "segments")) is not None:
        found += text_cautions(project, side, segments)
    if (dataset := _known(store, recipe, "dataset")) is not None:
        found += _words(store, recipe, dataset, name)
    if recipe.training.last_epoch < 10:
        found.append(
            Said(
                "{name}: trained for {n} epochs only; its clusters are hardly learnt.",
                name=name,
                n=recipe.training.last_epoch,
            )
        )
    if (sweep := _known(store, recipe, "sweep")) is not None:
        found += _stability(sweep, recipe.clustering, name)
    if (clusters := _known(store, recipe, "clusters")) is not None:
        found += _set_aside(clusters, name)
    if (themes := _known(store, recipe, "themes")) is not None:
        found += tag_cautions(name, themes)
    return found


def _known(store: Store, recipe: Recipe, stage: str) -> Any:
    """The stage's result; None where it is not computed, as in a bundle whose settings were changed."""
    return load(store, recipe, stage) if have(store, recipe, stage) else None


def _words(store: Store, recipe: Recipe, dataset: EmbeddedDataset, name: str) -> list[str]:
    """That many words have no vector, or that texts are too long for the model."""
    found: list[str] = []
    if dataset.unknown >= UNKNOWN_WORDS:
        found.append(
            Said(
                "{name}: {share:.0%} of the words had no word vector, so its text counts for less.",
                name=name,
                share=dataset.unknown,
            )
        )
    n_cut = _count_cut(store, recipe, dataset)
    if n_cut:
        found.append(
            Said(
                "{name}: {n} of {all} texts are longer than {most} words; the model saw their "
                "beginnings only.",
                name=name,
                n=n_cut,
                all=len(dataset.lengths),
                most=recipe.embedding.max_words,
            )
        )
    return found


def _stability(sweep: KSweep, choice: ClusterChoice, name: str) -> list[str]:
    """That the chosen clusters are not stable, or that it is not known, or that no K is supported."""
    score, chosen, found = score_of(sweep, choice), choice_label(choice), list[str]()
    if choice.method != "hdbscan" and choice.k == 1:
        return [
            Said(
                "{name}: with one cluster there is nothing to tell apart; its theme is the whole video.",
                name=name,
            )
        ]
    if score is None or score.stability is None:
        found.append(Said("{name}: the stability of {choice} was not measured.", name=name, choice=chosen))
    if sweep.scores and (advice := support(sweep)) is not None and not advice.is_supported:
        found.append(Said("{name}: {reason}", name=name, reason=advice.reason))
    elif score is not None and score.stability is not None and score.stability < STABLE:
        found.append(
            Said(
                "{name}: with {choice} the clusters are not stable (adjusted Rand index {stability:.2f}); "
                "another cut of the video would give partly different ones.",
                name=name,
                choice=chosen,
                stability=score.stability,
            )
        )
    return found


def _set_aside(clustering: Clustering, name: str) -> list[str]:
    n_aside, n = int(clustering.set_aside.sum()), len(clustering.labels)
    told = Said(
        "{name}: {n} of {all} pairs ({share:.0%}) were set aside as repeated shots; they are in no cluster, "
        "have no tags and were not compared.",
        name=name,
        n=n_aside,
        all=n,
        share=n_aside / max(n, 1),
    )
    return [told] if n_aside else []


def tag_cautions(name: str, themes: Themes) -> list[str]:
    """What is to be known of a video's tags: how many nothing speaks for, and what the model did not see."""
    tags = themes.all_tags
    n_missing = sum(map(is_unsupported, tags))
    found: list[str] = []
    if n_missing:
        found.append(
            Said(
                "{name}: {n} of its {all} tags ({share:.0%}) are found in neither pictures nor words.",
                name=name,
                n=n_missing,
                all=len(tags),
                share=n_missing / len(tags),
            )
        )
    n_cut = sum(theme.share_read < 1 for theme in themes.themes)
    if n_cut:
        least = min(theme.share_read for theme in themes.themes)
        found.append(
            Said(
                "{name}: {n} of its themes had more texts than the tagging model reads at once; it was shown "
                "a part of them, spread evenly over time ({least:.0%} at the least).",
                name=name,
                n=n_cut,
                least=least,
            )
        )
    return found


def _count_cut(store: Store, recipe: Recipe, dataset: EmbeddedDataset) -> int:
    """How many texts were cut; they are read again only where a row is full."""
    if int(dataset.lengths.max(initial=0)) < recipe.embedding.max_words:
        return 0
    pairs: AlignedPairs | None = _known(store, recipe, "pairs")
    return 0 if pairs is None else count_cut(pairs.texts, recipe.embedding.max_words)
