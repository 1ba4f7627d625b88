"""The project store's tables, and its log of changes: which one undo takes back and redo makes again."""

from collections.abc import Sequence
from dataclasses import dataclass

MIGRATIONS = (
    """
    CREATE TABLE projects (
        id TEXT PRIMARY KEY, data TEXT NOT NULL, revision INTEGER NOT NULL,
        created TEXT NOT NULL, changed TEXT NOT NULL
    );
    CREATE TABLE changes (
        id INTEGER PRIMARY KEY, project TEXT NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL,
        what TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL, undone INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE jobs (
        id TEXT PRIMARY KEY, project TEXT NOT NULL, data TEXT NOT NULL, changed TEXT NOT NULL
    );
    CREATE INDEX changes_of ON changes (project, id);
    """,
    # Corrections by row number cannot be told from those by segment id: they are not carried over.
    """
    UPDATE projects SET data = json_replace(data, '$.left.edits', json('[]'), '$.right.edits', json('[]'));
    UPDATE changes SET before = json_replace(before, '$.left.edits', json('[]'), '$.right.edits', json('[]')),
        after = json_replace(after, '$.left.edits', json('[]'), '$.right.edits', json('[]'));
    UPDATE changes SET undone = 2 WHERE undone;
    """,
)


@dataclass(frozen=True, slots=True)
class Change:
    at: str  # ISO 8601, UTC
    who: str
    what: str
    is_undone: bool
    is_past_redo: bool  # another change was made after it was undone


def next_undo(changes: Sequence[Change]) -> Change | None:
    """The change that undo takes back; the changes come with the latest first."""
    return next((change for change in changes if not change.is_undone), None)


def next_redo(changes: Sequence[Change]) -> Change | None:
    """The change that redo makes again."""
    return next(
        (change for change in reversed(changes) if change.is_undone and not change.is_past_redo), None
    )
