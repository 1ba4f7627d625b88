"""Tags of each cluster, from what is said and what is seen in it (paper §3.4.2, second step)."""

from collections.abc import Sequence
from dataclasses import replace

from crvae.records import Clustering
from services import backends
from services.context import Context
from services.material import Material, materials
from services.media import place_tags
from services.recipe import Tagging
from services.records import AlignedPairs, Descriptions, Tag, Theme, Themes
from services.tag_keywords import keyword_tags
from services.themes import default_names


def tag_clusters(
    clusters: Clustering,
    pairs: AlignedPairs,
    descriptions: Descriptions,
    tagging: Tagging,
    phrases: str,
    ctx: Context,
) -> Themes:
    """A theme for each cluster: at most n_tags tags, best first, each with its medium, and a name.

    phrases: backend for the vectors that place a tag in pictures or words
    Raises AnalysisError when a backend is unknown, or is not there.
    """
    parts = materials(clusters, pairs, descriptions)
    texts = _tag_texts(parts, tagging, ctx)
    ctx.progress(1, 2, "where each tag comes from")
    return _named(parts, place_tags(texts, parts, phrases))


def _tag_texts(parts: Sequence[Material], tagging: Tagging, ctx: Context) -> tuple[tuple[str, ...], ...]:
    backend = backends.find("tags", tagging.backend)
    if backend.name == "keywords":
        ctx.progress(0, 2, "words that mark each cluster out")
        return keyword_tags(parts, tagging.n_tags)
    from services.tag_chat import chat_tags

    return chat_tags(parts, backend, tagging, ctx)


def _named(parts: Sequence[Material], tags: Sequence[tuple[Tag, ...]]) -> Themes:
    bare = [Theme(part.cluster, "", found) for part, found in zip(parts, tags, strict=True)]
    return Themes(
        tuple(replace(theme, name=name) for theme, name in zip(bare, default_names(bare), strict=True))
    )
