"""Themes as the analyst left them: the machine's tags with names and corrections (paper §3.4.2)."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from services.recipe import TagEdit
from services.recipe_key import digest
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


def tag_by_hand(cluster: int, text: str) -> Tag:
    """A tag of which nothing is known but its text."""
    return Tag(text, "unsupported", 0.0, source="hand")


def apply_edits(
    tags: Themes, edits: tuple[TagEdit, ...], by_hand: Callable[[int, str], Tag] = tag_by_hand
) -> Themes:
    """The themes with the edits that were made for exactly these tags, in the order in which they were made.

    edits:   with tag None, `name` renames the cluster and `text` adds a tag; with `tag`, the text that the
             tag has by then, it is reworded, moved to another medium, kept or dropped. Others stay aside.
    by_hand: gives the tag that the analyst wrote, by cluster and text
    """
    valid = [edit for edit in edits if edit.tags_digest == tags_digest(tags)]
    edited = tuple(
        _edited(theme, [e for e in valid if e.cluster == theme.cluster], by_hand) for theme in tags.themes
    )
    chosen = {e.cluster: e.name.strip() for e in valid if e.name is not None}
    return Themes(
        tuple(
            replace(theme, name=chosen.get(theme.cluster) or name)
            for theme, name in zip(edited, default_names(edited), strict=True)
        )
    )


def share_unsupported(themes: Themes) -> float:
    """Share of the tags found in neither pictures nor words, in [0, 1]; those kept by the analyst are found.

    0 where there is no tag.
    """
    found = [is_unsupported(tag) for tag in themes.all_tags]
    return sum(found) / len(found) if found else 0.0


def is_unsupported(tag: Tag) -> bool:
    return tag.medium == "unsupported" and not tag.is_kept


def _edited(theme: Theme, edits: Sequence[TagEdit], by_hand: Callable[[int, str], Tag]) -> Theme:
    for edit in edits:
        if edit.tag is None:
            theme = replace(theme, tags=(*theme.tags, *_added(edit, theme, by_hand)))
            continue
        tags = [
            changed
            for tag in theme.tags
            for changed in (_changed(tag, edit, by_hand) if tag.text == edit.tag else [tag])
        ]
        theme = replace(theme, tags=tuple(tags), draws=tuple(_drawn(draw, edit) for draw in theme.draws))
    return theme


def _added(edit: TagEdit, theme: Theme, by_hand: Callable[[int, str], Tag]) -> list[Tag]:
    text = (edit.text or "").strip()
    if not text or text.casefold() in {tag.text.casefold() for tag in theme.tags}:
        return []
    return [_marked(by_hand(theme.cluster, text), edit)]


def _changed(tag: Tag, edit: TagEdit, by_hand: Callable[[int, str], Tag]) -> list[Tag]:
    if edit.is_dropped:
        return []
    text = (edit.text or "").strip()
    if text and text != tag.text:
        tag = replace(by_hand(edit.cluster, text), is_kept=tag.is_kept)
    return [_marked(tag, edit)]


def _marked(tag: Tag, edit: TagEdit) -> Tag:
    """With the medium that the analyst gave, and looked at if it was."""
    is_kept = tag.is_kept if edit.is_kept is None else edit.is_kept
    return replace(tag, medium=edit.medium or tag.medium, is_kept=is_kept)


def _drawn(draw: tuple[str, ...], edit: TagEdit) -> tuple[str, ...]:
    """A draw without the tag that was dropped, or with its new words."""
    if edit.is_dropped:
        return tuple(tag for tag in draw if tag != edit.tag)
    text = (edit.text or "").strip()
    return tuple(text if text and tag == edit.tag else tag for tag in draw)
