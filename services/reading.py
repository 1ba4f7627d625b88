"""Videos are read again when a project's sources, texts or sampling change."""

from services import job_records, jobs
from services.recipe import SIDES, Project, Side
from services.workspace import Workspace

STAGE = "pairs"  # the last one of the reading


def read_anew(ws: Workspace, before: Project, after: Project, what: str) -> Project:
    """Save `after` and read what has changed; a reading that nobody waits for any more is stopped.

    before: the project as the page has it
    what:   the line in the log of changes
    Raises EngineFailed, EngineUnreachable, ProjectChanged.
    """
    saved = ws.projects.save(after, what)
    others = [project for project in ws.projects.all() if project.project_id != saved.project_id]
    waited_for = {_keys(project, side) for project in (saved, *others) for side in SIDES}
    for side in SIDES:
        if _keys(before, side) not in waited_for:
            jobs.cancel(ws, before, side, STAGE)
    for side in SIDES:
        if _keys(before, side) != _keys(saved, side):
            jobs.submit(ws, saved, side, STAGE)
    return saved


def _keys(project: Project, side: Side) -> tuple[str, ...]:
    return job_records.keys_of(project, side, STAGE)
