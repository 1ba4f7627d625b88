"""Themes as the analyst left them: the machine's tags with names and corrections (paper §3.4.2)."""

from collections.abc import Sequence
from dataclasses import replace

from services.recipe import TagEdit, digest
from services.records import Tag, Theme, Themes


def tags_digest(tags: Themes) -> str:
    """32 hex digits naming the machine's tags; an edit made for other tags has another digest.

    Scores and media stay out: they may differ in the last digit between machines, the words do not.
    """
    return digest([(theme.cluster, [tag.text for tag in theme.tags]) for theme in tags.themes])


def default_names(themes: Sequence[Theme]) -> tuple[str, ...]:
    """A name for each theme: its first two tags, or "Cluster 3" where it has none; no name comes twice."""
    names: list[str] = []
    for theme in themes:
        name = " / ".join(tag.text for tag in theme.tags[:2]) or f"Cluster {theme.cluster + 1}"
        while name in names:
            name += f" ({theme.cluster + 1})"
        names.append(name)
    return tuple(names)


def apply_edits(tags: Themes, edits: tuple[TagEdit, ...]) -> Themes:
    """The themes with the edits that were made for exactly these tags, in the order in which they were made.

    edits: with tag None, `name` renames the cluster and `text` adds a tag; with `tag`, the text that the tag
           has by then, it is reworded, moved to another medium or dropped. Others are left aside.
    """
    valid = [edit for edit in edits if edit.tags_digest == tags_digest(tags)]
    edited = tuple(_edited(theme, [e for e in valid if e.cluster == theme.cluster]) for theme in tags.themes)
    chosen = {e.cluster: e.name.strip() for e in valid if e.name is not None}
    return Themes(
        tuple(
            replace(theme, name=chosen.get(theme.cluster) or name)
            for theme, name in zip(edited, default_names(edited), strict=True)
        )
    )


def _edited(theme: Theme, edits: Sequence[TagEdit]) -> Theme:
    tags = list(theme.tags)
    for edit in edits:
        if edit.tag is None:
            tags += _added(edit, tags)
        else:
            tags = [
                changed
                for tag in tags
                for changed in (_changed(tag, edit) if tag.text == edit.tag else [tag])
            ]
    return replace(theme, tags=tuple(tags))


def _added(edit: TagEdit, tags: Sequence[Tag]) -> list[Tag]:
    text = (edit.text or "").strip()
    is_new = text.casefold() not in {tag.text.casefold() for tag in tags}
    return [Tag(text, edit.medium or "unsupported", 0.0)] if text and is_new else []


def _changed(tag: Tag, edit: TagEdit) -> list[Tag]:
    if edit.is_dropped:
        return []
    text = (edit.text or "").strip() or tag.text
    return [replace(tag, text=text, medium=edit.medium or tag.medium)]
