"""What a page shows of a job: start it, follow it while it runs, stop it, resume it."""

from collections.abc import Callable

import streamlit as st

from services import jobs
from services.jobs import JobStatus, Target
from services.recipe import Project
from services.workspace import Workspace

POLL_S = 1.0
Draw = Callable[[JobStatus], None]


def follow(
    ws: Workspace,
    project: Project,
    target: Target,
    stage: str,
    *,
    what: str,
    start: str = "",
    draw: Draw | None = None,
    is_primary: bool = True,
) -> bool:
    """True when the result is there; otherwise the job's state with the one button that leads on.

    what:  names the work, as in "Training on the English video"
    start: label of the button that begins it; "" begins by itself when the page is opened
    draw:  shows a running job's live data
    is_primary: false where another button is the page's main one
    """
    status = jobs.status(ws, project, target, stage)
    if status.state == "done":
        return True
    if status.state == "none" and not start:
        jobs.submit(ws, project, target, stage)
        status = jobs.status(ws, project, target, stage)
    if status.state in ("queued", "running"):
        _live(ws, project, target, stage, what, draw)
    else:
        _standing(ws, project, target, stage, what, start, status, is_primary)
    return False


def _standing(
    ws: Workspace,
    project: Project,
    target: Target,
    stage: str,
    what: str,
    start: str,
    status: JobStatus,
    is_primary: bool,
) -> None:
    """A job that does not run: nothing yet, failed, stopped or interrupted."""
    label = {"none": start or "Start", "failed": "Try again"}.get(status.state, "Resume")
    if status.state == "failed":
        st.error(f"{what} failed. {status.error}", icon=":material/error:")
    elif status.state == "stopped":
        st.info(f"{what}: {status.error}", icon=":material/pause_circle:")
    elif status.state == "interrupted":
        st.warning(f"{what} was interrupted. {status.error}", icon=":material/power_off:")
    icon = {"none": ":material/play_arrow:", "failed": ":material/refresh:"}.get(
        status.state, ":material/resume:"
    )
    st.button(
        label,
        key=f"job_start_{target}_{stage}",
        type="primary" if is_primary else "secondary",
        icon=icon,
        on_click=jobs.submit,
        args=(ws, project, target, stage),
    )


def _live(ws: Workspace, project: Project, target: Target, stage: str, what: str, draw: Draw | None) -> None:
    @st.fragment(run_every=POLL_S)
    def panel() -> None:
        status = jobs.status(ws, project, target, stage)
        if status.state not in ("queued", "running"):
            st.rerun()
        share = min(1.0, status.done / status.total) if status.total else 0.0
        note = status.note or ("waiting for its turn" if status.state == "queued" else "starting")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.progress(share, f"**{what}** · {note}")
            st.button(
                "Stop",
                key=f"job_stop_{target}_{stage}",
                icon=":material/stop_circle:",
                on_click=jobs.cancel,
                args=(ws, project, target, stage),
            )
        if draw:
            draw(status)

    panel()
