"""A model's download and trial: the buttons that start them, their progress, and how they ended."""

import streamlit as st

from services import model_tasks
from services.backends import Backend
from services.labels import without_markdown
from services.model_tasks import Action, TaskStatus
from services.workspace import Workspace

POLL_S = 1.0
DOING = {"get": "Downloading", "try": "Trying"}


def get_button(ws: Workspace, backend: Backend, number: str) -> None:
    _button(ws, "get", backend, "Download", f"models_get_{number}", ":material/download:")


def try_button(ws: Workspace, backend: Backend, number: str) -> None:
    _button(ws, "try", backend, "Test", f"models_try_{number}", ":material/experiment:")


def _button(ws: Workspace, action: Action, backend: Backend, label: str, key: str, icon: str) -> None:
    is_running = model_tasks.status(ws, action, backend).state == "running"
    if st.button(label, key=key, icon=icon, disabled=is_running):
        model_tasks.start(ws, action, backend)
        st.rerun()


def shown(ws: Workspace, backend: Backend, number: str) -> None:
    """What is going on with the model; nothing where nothing was started."""
    for action in ("get", "try"):
        status = model_tasks.status(ws, action, backend)
        if status.state == "running":
            _running(ws, action, backend, number)
        else:
            _ended(action, status)


def _running(ws: Workspace, action: Action, backend: Backend, number: str) -> None:
    """Progress in a part of the page that draws itself; the task is a process of its own."""

    @st.fragment(run_every=POLL_S)
    def panel() -> None:
        status = model_tasks.status(ws, action, backend)
        if status.state != "running":
            st.rerun()
        share = min(1.0, status.done / status.total) if status.total > 0 else 0.0
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.progress(share, f"**{DOING[action]}** · {without_markdown(status.note)}")
            if st.button("Stop", key=f"models_stop_{action}_{number}", icon=":material/stop_circle:"):
                model_tasks.stop(ws, action, backend)

    panel()


def _ended(action: Action, status: TaskStatus) -> None:
    if status.state == "failed":
        st.error(without_markdown(status.error), icon=":material/error:")
    elif status.state == "stopped" and action == "get":
        st.info("Stopped. Files that have arrived whole are kept.", icon=":material/pause_circle:")
    elif status.state == "done" and action == "try":
        st.code(status.answer, language=None, wrap_lines=True)
