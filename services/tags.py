"""Tags of each cluster, from what is said and what is seen in it (paper §3.4.2, second step)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from crvae.records import Clustering
from services import backends
from services.context import Context
from services.gloss import gloss
from services.languages import primary
from services.material import Material, materials
from services.progress import stretch
from services.provenance import TimeOf, place_tags, placer
from services.recipe import TagEdit, Tagging
from services.records import AlignedPairs, Descriptions, Frames, Place, Tag, Theme, Themes, Transcript
from services.tag_asking import ClusterTags, asked_tags
from services.tag_keywords import keyword_tags
from services.taggers import tag_model
from services.themes import apply_edits, default_names

NAMED = 0.7  # share of the step after which the tags are known and are placed
# Their tags have English from the dictionary, or are English; others' from the chat model that made them.
NO_CHAT_GLOSS = ("en", "zh", "yue", "cmn")


@dataclass(frozen=True, slots=True)
class Video:
    """What tags are made from and held against."""

    clusters: Clustering
    pairs: AlignedPairs
    descriptions: Descriptions
    segments: Transcript
    frames: Frames

    def materials(self) -> tuple[Material, ...]:
        return materials(self.clusters, self.pairs, self.descriptions)

    @property
    def time_of(self) -> TimeOf:
        def seconds(place: Place, index: int) -> float:
            if place == "speech":
                return self.segments.segments[index].start_s
            return float(self.frames.times_s[index])

        return seconds


def tag_clusters(video: Video, tagging: Tagging, phrases: str, ctx: Context) -> Themes:
    """A theme for each cluster: n_tags tags, best first, each with its medium and evidence, and a name.

    Fewer tags only where a cluster's texts have no more phrases.
    phrases: backend for the vectors that tell near-synonyms and place a tag in pictures or words
    Raises AnalysisError when a backend is unknown, or is not there.
    """
    parts = video.materials()
    naming = replace(ctx, progress=stretch(ctx.progress, 0.0, NAMED))
    found = _cluster_tags(parts, tagging, phrases, naming, video.segments)
    texts = [one.draws[0] for one in found]
    placing = stretch(ctx.progress, NAMED, 1.0)
    placed = place_tags(texts, parts, phrases, video.time_of, placing)
    bare = [_theme(part, one, tags) for part, one, tags in zip(parts, found, placed, strict=True)]
    return Themes(
        tuple(replace(theme, name=name) for theme, name in zip(bare, default_names(bare), strict=True))
    )


def edit_themes(tags: Themes, video: Video, edits: tuple[TagEdit, ...], phrases: str, ctx: Context) -> Themes:
    """The themes with the analyst's edits; a tag by hand is held against the material like any other.

    Raises AnalysisError when the phrase vectors cannot be had and a tag by hand needs them.
    """
    return apply_edits(tags, edits, _by_hand(video, phrases, ctx))


def _by_hand(video: Video, phrases: str, ctx: Context) -> Callable[[int, str], Tag]:
    """What is known of a tag that the analyst writes; the material is read when the first one comes."""
    made = None

    def place(cluster: int, text: str) -> Tag:
        nonlocal made
        if made is None:
            made = placer(video.materials(), phrases, video.time_of, ctx.progress)
        return replace(made.place(cluster, [text])[0], gloss=gloss(text), source="hand")

    return place


def _cluster_tags(
    parts: Sequence[Material], tagging: Tagging, phrases: str, ctx: Context, segments: Transcript
) -> tuple[ClusterTags, ...]:
    backend = backends.find("tags", tagging.backend)
    if backend.name == "keywords":
        found = keyword_tags(parts, tagging.n_tags, ctx.progress)
        return tuple(ClusterTags((tags,), ("keywords",) * len(tags)) for tags in found)
    has_glosses = primary(segments.detected or segments.language) not in NO_CHAT_GLOSS
    return asked_tags(parts, tag_model(backend), tagging, phrases, ctx, has_glosses=has_glosses)


def _theme(part: Material, found: ClusterTags, placed: Sequence[Tag]) -> Theme:
    glosses = found.glosses or tuple(gloss(tag.text) for tag in placed)
    tags = tuple(
        replace(tag, source=source, gloss=english if english.casefold() != tag.text.casefold() else "")
        for tag, source, english in zip(placed, found.sources, glosses, strict=True)
    )
    return Theme(part.cluster, "", tags, draws=found.draws, share_read=found.share_read)
