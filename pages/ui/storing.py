"""What a widget says, stored at once in the project as it is now: the one way from a choice to the log."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from services.recipe import Project
from services.workspace import Workspace

Change = Callable[[Project, Any], Project]


def store(ws: Workspace, project: Project, name: str, change: Change, what: Callable[[Project], str]) -> None:
    """An on_change callback: no click is lost to another tab, and the page is drawn once, after it.

    name:   key of the widget; it must tell the value that is stored, so that a widget whose value was
            changed elsewhere is drawn anew
    change: the project with the value that was picked
    what:   the line in the log of changes
    """
    now, picked = ws.projects.get(project.project_id), st.session_state[name]
    changed = now if picked is None else change(now, picked)
    if changed != now:
        ws.projects.save(changed, what(changed))
