"""What a page shows of a job: start it, follow it while it runs, stop it, resume it."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from pages.ui.context import here
from services import jobs, stages
from services.errors import AnalysisError
from services.job_records import recipes_of
from services.jobs import JobStatus, Target
from services.labels import without_markdown
from services.recipe import Project
from services.workspace import Workspace

POLL_S = 1.0
Draw = Callable[[JobStatus], None]


@dataclass(frozen=True, slots=True)
class _Job:
    ws: Workspace
    project: Project
    target: Target
    stage: str
    what: str
    start: str
    draw: Draw | None
    is_primary: bool
    hint: str
    beside: Callable[[], None] | None

    @property
    def status(self) -> JobStatus:
        return jobs.status(self.ws, self.project, self.target, self.stage)

    def button(self, label: str, name: str, icon: str, act: Callable[..., None], *, is_primary: bool) -> None:
        st.button(
            label,
            key=f"job_{name}_{self.target}_{self.stage}",
            type="primary" if is_primary else "secondary",
            icon=icon,
            on_click=act,
            args=(self.ws, self.project, self.target, self.stage),
        )


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
    hint: str = "",
    beside: Callable[[], None] | None = None,
) -> bool:
    """True when the result is there; otherwise the job's state with the one button that leads on.

    what:  names the work, as in "Training on the English video"
    start: label of the button that begins it; "" begins by itself when the page is opened
    draw:  shows the job's live data, and what there was of it when the job ended early
    is_primary: false where another button is the page's main one
    hint:  what else helps when the job failed
    beside: draws another way on next to Resume
    """
    job = _Job(ws, project, target, stage, what, start, draw, is_primary, hint, beside)
    status = job.status
    if status.state == "done":
        return True
    if status.state == "none" and not start:
        if _made_at_once(job):
            return True
        if _needs_training(job):
            _lead_to_training(job)
            return False
        jobs.supersede(ws, project, target, stage)
        jobs.submit(ws, project, target, stage)
        status = job.status
    if status.state in ("queued", "running"):
        _live(job)
    else:
        _standing(job, status)
    return False


def _made_at_once(job: _Job) -> bool:
    """Whether the result is there now; what fails here fails in a job again, which keeps the sentence."""
    if job.target == "both" or job.stage not in stages.STAGES:
        return False
    recipe = job.project.recipe(job.target)
    if not stages.is_quick(job.ws.store, recipe, job.stage):
        return False
    with contextlib.suppress(AnalysisError):
        stages.build(job.ws.store, recipe, job.stage)
        return True
    return False


def _needs_training(job: _Job) -> bool:
    last = "themes" if job.stage in stages.OF_BOTH else job.stage
    recipes = recipes_of(job.project, job.target)
    return any(stages.needs_training(job.ws.store, recipe, last) for recipe in recipes)


def _lead_to_training(job: _Job) -> None:
    """What a bundle leaves at home is not made unasked, for it takes long."""
    st.info(
        f"{job.what} needs the trained model, which is not on this computer. Train it again with the same "
        "settings; until then what is here can be looked at.",
        icon=":material/model_training:",
    )
    st.page_link(
        "train.py", label="Go to Train", icon=":material/arrow_forward:", query_params=here(job.project)
    )


def _standing(job: _Job, status: JobStatus) -> None:
    """A job that does not run: nothing yet, failed, stopped or interrupted."""
    if status.state == "none":
        icon = ":material/play_arrow:"
        job.button(job.start or "Start", "start", icon, jobs.submit, is_primary=job.is_primary)
        return
    if status.state == "failed":
        st.error(f"{job.what} failed. {without_markdown(status.error)}", icon=":material/error:")
    elif status.state == "stopped":
        st.info(f"{job.what}: {without_markdown(status.error)}", icon=":material/pause_circle:")
    else:
        st.warning(
            f"{job.what} was interrupted. {without_markdown(status.error)}", icon=":material/power_off:"
        )
    if job.hint and status.state != "stopped" and not status.needs_source:
        st.caption(job.hint)
    with st.container(horizontal=True):
        is_primary = job.is_primary and not status.needs_source
        job.button("Resume", "start", ":material/resume:", jobs.submit, is_primary=is_primary)
        if job.beside:
            job.beside()
    if job.draw and status.history:
        job.draw(status)


def _live(job: _Job) -> None:
    @st.fragment(run_every=POLL_S)
    def panel() -> None:
        status = job.status
        if status.state not in ("queued", "running"):
            st.rerun()
        share = min(1.0, status.done / status.total) if status.total else 0.0
        note = status.note or ("waiting for its turn" if status.state == "queued" else "starting")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.progress(share, f"**{job.what}** · {note}")
            job.button("Stop", "stop", ":material/stop_circle:", jobs.cancel, is_primary=False)
        if job.draw:
            job.draw(status)

    panel()
