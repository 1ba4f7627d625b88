"""What the report shows of one video: facts, clusters, and the band along its time (paper §5.2, §5.3)."""

from dataclasses import dataclass

from crvae.records import Clustering
from services.cautions import score_of, support
from services.labels import choice_label, clock, cluster_label, video_label
from services.languages import language_name
from services.palette import cluster_colour
from services.recipe import Project, Recipe, Side
from services.records import AlignedPairs, Themes, TrainedModel, VideoFile
from services.report_clusters import ClusterView, address_of, cluster_view
from services.said import Tell
from services.stages import load
from services.store import Store
from services.stretches import stretches


@dataclass(frozen=True, slots=True)
class SideView:
    key: Side
    title: str
    video: VideoFile
    source: str  # an address to follow, or ""
    digest: str
    duration: str
    text_told: str
    n_frames: int
    n_pairs: int
    aside_told: str
    k_told: str
    k_why: str
    errors_told: str
    training_told: str
    clusters: tuple[ClusterView, ...]
    bands: tuple[tuple[str, float, float, str], ...]  # colour, left and width in percent, what it says
    alone: tuple[ClusterView, ...] = ()  # clusters that only this video tells


def side_view(store: Store, project: Project, side: Side, tell: Tell) -> SideView:
    """Everything of one video in the language of `tell`. Raises StageMissing."""
    recipe = project.recipe(side)
    video: VideoFile = load(store, recipe, "video")
    pairs: AlignedPairs = load(store, recipe, "pairs")
    clustering: Clustering = load(store, recipe, "clusters")
    themes: Themes = load(store, recipe, "themes")
    trained: TrainedModel = load(store, recipe, "model")
    n_aside = int(clustering.set_aside.sum())
    last = trained.history[-1]
    return SideView(
        key=side,
        title=tell(video_label(project, side)),
        video=video,
        source=address_of(video),
        digest=recipe.source.digest,
        duration=clock(video.duration_s),
        text_told=_text_told(store, recipe, tell),
        n_frames=len(load(store, recipe, "frames").times_s),
        n_pairs=len(pairs.times_s),
        aside_told=tell("{n} pairs", n=n_aside) if n_aside else tell("none"),
        k_told=tell("{k} clusters of {n} pairs of frame and text.", k=clustering.k, n=len(pairs.times_s)),
        k_why=_k_why(store, recipe, tell),
        errors_told=tell(
            "image {image:.3f}, text {text:.3f} of the variance", image=last.image_fvu, text=last.text_fvu
        ),
        training_told=tell(
            "{n:,} parameters, {seconds:.0f} s on {device}",
            n=trained.n_parameters,
            seconds=trained.seconds,
            device=trained.device,
        ),
        clusters=tuple(
            cluster_view(store, recipe, side, theme, themes, video, tell) for theme in themes.themes
        ),
        bands=_bands(clustering, pairs, themes),
    )


def _text_told(store: Store, recipe: Recipe, tell: Tell) -> str:
    transcript = load(store, recipe, "segments")
    n_edits = len(recipe.edits) + len(recipe.text_edits)
    told = (
        f"{tell(language_name(transcript.language))}, {transcript.source or tell(recipe.transcript.origin)}"
    )
    return f"{told}, {tell('{n} corrected by hand', n=n_edits)}" if n_edits else told


def _k_why(store: Store, recipe: Recipe, tell: Tell) -> str:
    """How well the chosen clustering stands, and what the measures would have recommended."""
    sweep = load(store, recipe, "sweep")
    score, advice = score_of(sweep, recipe.clustering), support(sweep)
    parts = [tell("Chosen by hand: {choice}.", choice=choice_label(recipe.clustering))]
    if score is not None and score.stability is not None and score.silhouette is not None:
        parts.append(
            tell(
                "Its clusters come back with an adjusted Rand index of {stability:.2f} when blocks of the "
                "video are left out (1 = the same clusters, 0 = chance); silhouette {silhouette:.2f}.",
                stability=score.stability,
                silhouette=score.silhouette,
            )
        )
    if advice is not None and advice.is_supported:
        parts.append(tell("The measures speak for K = {k}.", k=advice.k))
    elif advice is not None:
        parts.append(tell("The measures support no K."))
    return " ".join(parts)


def _bands(
    clustering: Clustering, pairs: AlignedPairs, themes: Themes
) -> tuple[tuple[str, float, float, str], ...]:
    runs = stretches(clustering.labels, pairs.times_s)
    whole_s = max(runs[-1].end_s - runs[0].start_s, 1e-9) if runs else 1.0
    names = tuple(theme.name for theme in themes.themes)
    return tuple(
        (
            cluster_colour(run.cluster),
            round(100 * (run.start_s - runs[0].start_s) / whole_s, 3),
            round(100 * (run.end_s - run.start_s) / whole_s, 3),
            f"{cluster_label(run.cluster, names)}, {clock(run.start_s)} – {clock(run.end_s)}",
        )
        for run in runs
    )
