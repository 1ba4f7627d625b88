"""The header with the topic, the bar of six steps and the tray of running jobs."""

from html import escape
from pathlib import Path

import streamlit as st

from pages.ui.context import here, theme
from pages.ui.parts import plain
from services import jobs
from services.labels import video_label
from services.recipe import Project
from services.stages import STAGES
from services.steps import Step, steps
from services.workspace import Workspace

ASSETS = Path(__file__).resolve().parents[2] / "assets"
TRAY_POLL_S = 2.0
ICONS = ("counter_1", "counter_2", "counter_3", "counter_4", "counter_5", "counter_6")
TITLES = ("Sources", "Align", "Train", "Clusters", "Tags", "Compare")


VARIABLES = {
    "light": "--card: #ffffff; --accent: #1f6e7e; --button: #1f6e7e",
    "dark": "--card: #191d20; --accent: #5bb3c3; --button: #256f7e",
}


def style() -> None:
    st.html(ASSETS / "style.css")
    st.html(f"<style>:root {{ {VARIABLES[theme()]} }}</style>")


def header(ws: Workspace, project: Project | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="top"):
        st.image(ASSETS / "logo.svg", width=132)
        if project:
            st.html(f'<div class="d-topic">{escape(project.topic)}</div>', width="stretch")
        else:
            st.space("stretch")
        _tray(ws)
        st.page_link("library.py", label="Library", icon=":material/folder_open:", query_params=here(project))
        st.page_link("models.py", label="Models", icon=":material/deployed_code:", query_params=here(project))


def step_bar(ws: Workspace, project: Project | None, current: str) -> None:
    """Six links: done with a tick, locked with what they wait for."""
    found = steps(ws.store, project) if project else _without_project()
    with st.container(horizontal=True, key="steps"):
        for icon, step in zip(ICONS, found, strict=True):
            state = f"{'done' if step.is_done else 'open'}_{'current' if step.page == current else 'other'}"
            with st.container(key=f"step_{step.page}_{state}", width="content"):
                st.page_link(
                    f"{step.page}.py",
                    label=step.title,
                    icon=f":material/{'check_circle' if step.is_done else icon}:",
                    disabled=bool(step.missing),
                    help=f"Needs {step.missing}." if step.missing else None,
                    query_params=here(project),
                )


def _without_project() -> tuple[Step, ...]:
    missing = "a project: open the sample or make one under Sources"
    return tuple(
        Step(title.lower(), title, is_done=False, missing="" if title == "Sources" else missing)
        for title in TITLES
    )


def _tray(ws: Workspace) -> None:
    is_busy = bool(jobs.active(ws))

    @st.fragment(run_every=TRAY_POLL_S if is_busy else None)
    def tray() -> None:
        found = jobs.active(ws)
        if not found:
            return
        projects = {project.project_id: project for project in ws.projects.all()}
        label = f"{len(found)} job" if len(found) == 1 else f"{len(found)} jobs"
        with st.popover(label, icon=":material/progress_activity:"):
            for job in found:
                title = STAGES[job.stage].title if job.stage in STAGES else "Comparison"
                state = job.status.note or job.status.state
                project = projects[job.project_id]
                video = "both videos" if job.target == "both" else video_label(project, job.target)
                st.markdown(f"**{title}** · {video} · {plain(project.topic)}")
                share = job.status.done / job.status.total if job.status.total else 0.0
                st.progress(min(1.0, share), plain(state))

    with st.container(width="content"):
        tray()
