"""Project store: the analyst's work in one SQLite file, every change kept so that it can be undone."""

import dataclasses
import getpass
import json
import logging
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from services import codec
from services.errors import AnalysisError
from services.project_log import MIGRATIONS, Change
from services.recipe import Project
from services.store import told_in_words

log = logging.getLogger(__name__)

STATES = ("before", "after")
CHANGE = "project, at, who, what, undone, before, after"  # columns


class NoSuchProject(AnalysisError):
    def __init__(self, project_id: str):
        super().__init__(f"There is no project {project_id!r} in this workspace. Open one from the Library.")


class ProjectChanged(AnalysisError):
    def __init__(self, topic: str):
        super().__init__(
            f"'{topic}' was changed in another tab or program since this page was loaded, so nothing "
            "was saved. Reload the page and make the change again."
        )


class Projects:
    """The projects of a workspace. Each call opens its own connection, so threads may share one instance."""

    def __init__(self, path: Path):
        self._path = path
        with self.alone(), self._connection() as db:
            done = int(db.execute("PRAGMA user_version").fetchone()[0])
            for number, script in enumerate(MIGRATIONS[done:], start=done + 1):
                db.executescript(f"BEGIN; {script} PRAGMA user_version = {number}; COMMIT;")
                log.info("%s is now of version %d", path.name, number)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with (
            told_in_words("The project", self._path.parent),
            closing(sqlite3.connect(self._path, timeout=30)) as db,
            db,
        ):
            db.execute("PRAGMA journal_mode = WAL")
            yield db

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Held while one looks for a project and adds it if there is none, so that two programs add one."""
        lock = FileLock(self._path.with_suffix(".lock"))
        with told_in_words("The project", self._path.parent):
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def add(self, project: Project, log: Sequence[dict[str, Any]] = ()) -> Project:
        """Store a new project; gives it back with its id and dates.

        log: earlier changes to it as `log` gives them, the first one first
        """
        now, new_id = _now(), uuid.uuid4().hex[:12]
        named = dataclasses.replace(project, project_id=new_id, created=now, changed=now, revision=1)
        with self._connection() as db:
            db.execute("INSERT INTO projects VALUES (?, ?, ?, ?, ?)", (new_id, _text(named), 1, now, now))
            for change in log:
                states = [_text(dataclasses.replace(_project(change[s]), project_id=new_id)) for s in STATES]
                row = (new_id, *(change[name] for name in ("at", "who", "what", "undone")), *states)
                db.execute(f"INSERT INTO changes ({CHANGE}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return named

    def log(self, project_id: str) -> list[dict[str, Any]]:
        """Every change with the states before and after it as JSON text, the first one first."""
        with self._connection() as db:
            query = f"SELECT {CHANGE} FROM changes WHERE project = ? ORDER BY id"
            rows = db.execute(query, (project_id,)).fetchall()
        return [dict(zip(CHANGE.split(", ")[1:], row[1:], strict=True)) for row in rows]

    def get(self, project_id: str) -> Project:
        """Raises NoSuchProject."""
        with self._connection() as db:
            row = db.execute("SELECT data FROM projects WHERE id = ?", (project_id,)).fetchone()
        if row is None:
            raise NoSuchProject(project_id)
        return _project(row[0])

    def all(self) -> list[Project]:
        """Every project, the one changed last first."""
        with self._connection() as db:
            rows = db.execute("SELECT data FROM projects ORDER BY changed DESC").fetchall()
        return [_project(row[0]) for row in rows]

    def save(self, project: Project, what: str) -> Project:
        """Store a changed project and log what was changed; gives it back with its new revision.

        Raises ProjectChanged if somebody else saved since `project` was read, NoSuchProject if it is gone.
        """
        new = dataclasses.replace(project, revision=project.revision + 1, changed=_now())
        with self._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            row = db.execute(
                "SELECT data, revision FROM projects WHERE id = ?", (project.project_id,)
            ).fetchone()
            if row is None:
                raise NoSuchProject(project.project_id)
            if row[1] != project.revision:
                raise ProjectChanged(project.topic)
            self._write(db, new)
            db.execute(
                "UPDATE changes SET undone = 2 WHERE project = ? AND undone = 1", (new.project_id,)
            )  # past redo
            db.execute(
                "INSERT INTO changes (project, at, who, what, before, after) VALUES (?, ?, ?, ?, ?, ?)",
                (new.project_id, new.changed, _who(), what, row[0], _text(new)),
            )
        return new

    def undo(self, project: Project) -> Project | None:
        """The project as it was before its last change, stored; None if there is nothing to undo.

        Raises ProjectChanged as save does.
        """
        return self._walk(
            project,
            "SELECT id, before FROM changes WHERE project = ? AND NOT undone ORDER BY id DESC LIMIT 1",
        )

    def redo(self, project: Project) -> Project | None:
        """The project with the change again that was undone last, stored; None if there is none.

        A change that is made after an undo ends what can be redone. Raises ProjectChanged as save does.
        """
        return self._walk(
            project,
            "SELECT id, after FROM changes WHERE project = ? AND undone = 1 ORDER BY id LIMIT 1",
        )

    def _walk(self, project: Project, find: str) -> Project | None:
        """Store the state that `find` gives with the id of its change, and turn that change's mark over."""
        with self._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            row = db.execute(find, (project.project_id,)).fetchone()
            if row is None:
                return None
            current = db.execute(
                "SELECT revision FROM projects WHERE id = ?", (project.project_id,)
            ).fetchone()
            if current is None or current[0] != project.revision:
                raise ProjectChanged(project.topic)
            moved = dataclasses.replace(_project(row[1]), revision=project.revision + 1, changed=_now())
            self._write(db, moved)
            db.execute("UPDATE changes SET undone = 1 - undone WHERE id = ?", (row[0],))
        return moved

    @staticmethod
    def _write(db: sqlite3.Connection, project: Project) -> None:
        db.execute(
            "UPDATE projects SET data = ?, revision = ?, changed = ? WHERE id = ?",
            (_text(project), project.revision, project.changed, project.project_id),
        )

    def changes(self, project_id: str) -> list[Change]:
        """What was changed, the latest first."""
        with self._connection() as db:
            rows = db.execute(
                "SELECT at, who, what, undone FROM changes WHERE project = ? ORDER BY id DESC", (project_id,)
            ).fetchall()
        return [Change(at, who, what, bool(undone), undone == 2) for at, who, what, undone in rows]

    def past(self, project_id: str) -> list[dict[str, Any]]:
        """Every state in which the project was ever stored, as JSON, the present one first."""
        with self._connection() as db:
            now = db.execute("SELECT data FROM projects WHERE id = ?", (project_id,)).fetchall()
            rows = db.execute(
                "SELECT after, before FROM changes WHERE project = ? ORDER BY id DESC", (project_id,)
            ).fetchall()
        texts = dict.fromkeys(text for row in (*now, *rows) for text in row)
        return [json.loads(text) for text in texts]

    def mentions(self, text: str) -> bool:
        """Whether any project, as it is or as undo may bring it back, holds this text."""
        with self._connection() as db:
            found = db.execute(
                "SELECT EXISTS (SELECT 1 FROM projects WHERE instr(data, ?1)) "
                "OR EXISTS (SELECT 1 FROM changes WHERE instr(before, ?1) OR instr(after, ?1))",
                (text,),
            ).fetchone()
        return bool(found[0])

    def delete(self, project_id: str) -> None:
        with self._connection() as db:
            for table, column in (("projects", "id"), ("changes", "project"), ("jobs", "project")):
                db.execute(f"DELETE FROM {table} WHERE {column} = ?", (project_id,))

    def put_job(self, job_id: str, project_id: str, data: dict[str, Any]) -> None:
        """Store a job's record, replacing an earlier one of the same id."""
        with self._connection() as db:
            db.execute(
                "INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?)",
                (job_id, project_id, json.dumps(data, ensure_ascii=False), _now()),
            )

    def job(self, job_id: str) -> dict[str, Any] | None:
        with self._connection() as db:
            row = db.execute("SELECT data FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return None if row is None else json.loads(row[0])

    def jobs(self) -> dict[str, dict[str, Any]]:
        """Job id -> record, the one changed last first."""
        with self._connection() as db:
            rows = db.execute("SELECT id, data FROM jobs ORDER BY changed DESC").fetchall()
        return {job_id: json.loads(data) for job_id, data in rows}


def _text(project: Project) -> str:
    return json.dumps(codec.encode(project), ensure_ascii=False)


def _project(text: str) -> Project:
    return codec.decode(Project, json.loads(text))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no user name on this system
        return "unknown"
