"""Projects as a shelf: how much room one takes, a copy of it, and its end."""

import dataclasses

from services import jobs
from services.recipe import Project
from services.stages import all_keys
from services.store import Store
from services.topics import TOPIC_MAX, cut_topic
from services.workspace import Workspace

COPY = " (copy)"


def size_bytes(store: Store, project: Project) -> int:
    """Bytes of the results that the project's present settings name; other projects may share them."""
    return sum(int(store.meta(key).get("bytes", 0)) for key in set(all_keys(project)))


def duplicate(project: Project) -> Project:
    """A copy under another topic, not stored yet; equal settings share their results."""
    return dataclasses.replace(project, topic=cut_topic(project.topic, TOPIC_MAX - len(COPY)) + COPY)


def delete_project(ws: Workspace, project: Project) -> int:
    """Stop the project's jobs, delete it and what no other project names; gives the bytes that were freed."""
    for job in jobs.active(ws):
        if job.project_id == project.project_id:
            jobs.cancel_job(ws, job.job_id)
    ws.projects.delete(project.project_id)
    kept = {key for other in ws.projects.all() for key in all_keys(other)}
    return sum(ws.store.discard(key) for key in set(all_keys(project)) - kept)
