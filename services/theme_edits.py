"""The analyst's changes to one theme: from the table on the page to tag edits (paper §3.4.2)."""

from collections.abc import Mapping, Sequence
from typing import Any, cast, get_args

from services.errors import AnalysisError
from services.labels import one_line
from services.recipe import TagEdit
from services.records import Medium, Tag, Theme

MAX_NAME_CHARS = 80


def theme_edits(
    theme: Theme, digest: str, name: str, rows: Sequence[Mapping[str, Any]]
) -> tuple[TagEdit, ...]:
    """The edits that turn the theme into what the table says, in the order in which they are to be applied.

    theme:  as it stands now
    digest: of the machine's tags, see services.themes.tags_digest
    rows:   the theme's tags in order, then new ones; each with "text", "medium", "keep" and "drop"; a new tag
            without a medium is held against the material
    Raises AnalysisError for an empty name or tag, for a tag that stands there twice, and for one that is to
    be kept and dropped.
    """
    name = one_line(name)
    if not name:
        raise AnalysisError(f"Cluster {theme.cluster + 1} has no name. Write a short one before you save.")
    if len(name) > MAX_NAME_CHARS and name != theme.name:
        raise AnalysisError(
            f"The name has {len(name)} characters, too many for the heatmap. Shorten it to {MAX_NAME_CHARS}."
        )
    wanted = [_Row(row) for row in rows]
    old, new = wanted[: len(theme.tags)], wanted[len(theme.tags) :]
    _check(wanted)
    edits = [TagEdit(digest, theme.cluster, name=name)] if name != theme.name else []
    changed = [(tag, row) for tag, row in zip(theme.tags, old, strict=True) if row.changes(tag)]
    edits += [_edit(digest, theme.cluster, tag, row) for tag, row in _in_safe_order(changed)]
    edits += [
        TagEdit(digest, theme.cluster, text=row.text, medium=row.medium, is_kept=row.is_kept or None)
        for row in new
        if not row.is_dropped
    ]
    return tuple(edits)


def told(edits: Sequence[TagEdit]) -> str:
    """What the edits do, for the log: "dropped “x”, added “y”"."""
    return ", ".join(_told(edit) for edit in edits)


def _told(edit: TagEdit) -> str:
    if edit.name is not None:
        return f"named “{edit.name}”"
    if edit.tag is None:
        return f"added “{edit.text}”"
    if edit.is_dropped:
        return f"dropped “{edit.tag}”"
    does: list[str] = []
    if edit.text is not None:
        does.append(f"reworded to “{edit.text}”")
    if edit.medium is not None:
        does.append(f"marked {edit.medium}")
    if edit.is_kept is not None:
        does.append("kept" if edit.is_kept else "no longer kept")
    return f"“{edit.tag}” {' and '.join(does)}"


class _Row:
    def __init__(self, row: Mapping[str, Any]):
        text, medium = row.get("text"), row.get("medium")
        self.text = text.strip() if isinstance(text, str) else ""
        self.medium: Medium | None = cast(Medium, medium) if medium in get_args(Medium) else None
        self.is_dropped = row.get("drop") is True
        self.is_kept = row.get("keep") is True

    def changes(self, tag: Tag) -> bool:
        return self.is_dropped or (self.text, self.is_kept) != (tag.text, tag.is_kept) or self.moves(tag)

    def moves(self, tag: Tag) -> bool:
        return self.medium is not None and self.medium != tag.medium


def _check(wanted: Sequence[_Row]) -> None:
    both = next((row.text for row in wanted if row.is_dropped and row.is_kept), None)
    if both is not None:
        raise AnalysisError(f"The tag “{both}” is ticked both to keep and to drop. Untick one of the two.")
    texts = [row.text for row in wanted if not row.is_dropped]
    if not all(texts):
        raise AnalysisError("A tag is empty. Write its text, or tick 'drop' to leave it out.")
    folded = [text.casefold() for text in texts]
    twice = next((text for text in texts if folded.count(text.casefold()) > 1), None)
    if twice is not None:
        raise AnalysisError(f"The tag “{twice}” stands there twice. Drop one of the two.")


def _edit(digest: str, cluster: int, tag: Tag, row: _Row) -> TagEdit:
    if row.is_dropped:
        return TagEdit(digest, cluster, tag=tag.text, is_dropped=True)
    return TagEdit(
        digest,
        cluster,
        tag=tag.text,
        text=row.text if row.text != tag.text else None,
        medium=row.medium if row.moves(tag) else None,
        is_kept=row.is_kept if row.is_kept != tag.is_kept else None,
    )


def _in_safe_order(changed: list[tuple[Tag, _Row]]) -> list[tuple[Tag, _Row]]:
    """Drops first, then each rewording after the tag whose text it takes has let go of it."""
    waiting = sorted(changed, key=lambda pair: not pair[1].is_dropped)
    ordered: list[tuple[Tag, _Row]] = []
    while waiting:
        held = {tag.text for tag, _ in waiting}
        free = [pair for pair in waiting if pair[1].is_dropped or pair[1].text not in held - {pair[0].text}]
        if not free:
            tag, row = waiting[0]
            raise AnalysisError(
                f"“{tag.text}” and “{row.text}” cannot swap their texts in one go. Change one of them, save, "
                "then change the other."
            )
        ordered.append(free[0])
        waiting.remove(free[0])
    return ordered
