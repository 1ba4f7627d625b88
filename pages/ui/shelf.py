"""One project on the Library's shelf, and the question before it is deleted."""

from datetime import datetime
from html import escape

import streamlit as st

from pages.ui.context import here
from pages.ui.parts import plain
from services import jobs
from services.labels import video_label
from services.library import delete_project, duplicate, size_bytes
from services.media_urls import frame_url
from services.recipe import SIDES, Project
from services.stages import have, key, load
from services.steps import steps
from services.workspace import Workspace


def card(ws: Workspace, project: Project) -> None:
    found = steps(ws.store, project)
    last = next((step for step in reversed(found) if not step.missing), found[0])
    with st.container(border=True, key=f"card_project_{project.project_id}"):
        poster, text, actions = st.columns([1.2, 3, 0.9], vertical_alignment="center", gap="medium")
        poster.html(_poster(ws, project))
        with text:
            st.subheader(plain(project.topic), anchor=False)
            videos = " · ".join(
                f"{video_label(project, side)}: {plain(project.recipe(side).source.title)}" for side in SIDES
            )
            st.caption(videos)
            n_done = sum(step.is_done for step in found)
            st.caption(
                f"{n_done} of {len(found)} steps done · {_size(size_bytes(ws.store, project))} on disk · "
                f"changed {_when(project.changed)} · id `{project.project_id}`",
                help="The id names the project on the command line: "
                f"`python -m services export {project.project_id} --out DIR`",
            )
        with actions, st.container(horizontal_alignment="right"):
            st.page_link(
                f"{last.page}.py",
                label=f"**Open** at {last.title}",
                icon=":material/folder_open:",
                query_params=here(project),
            )
            with st.popover("More", icon=":material/more_horiz:", key=f"library_more_{project.project_id}"):
                if st.button(
                    "Duplicate", key=f"library_copy_{project.project_id}", icon=":material/content_copy:"
                ):
                    ws.projects.add(duplicate(project))
                    st.rerun()
                if st.button(
                    "Delete …", key=f"library_delete_{project.project_id}", icon=":material/delete:"
                ):
                    ask(ws, project)


@st.dialog("Delete this project?")
def ask(ws: Workspace, project: Project) -> None:
    st.markdown("Your corrections, names and choices go for good; results that no other project uses go too.")
    st.text(project.topic)
    is_busy = any(job.project_id == project.project_id for job in jobs.active(ws))
    if is_busy:
        st.warning("A job of this project is open. It is stopped first.", icon=":material/stop_circle:")
    with st.container(horizontal=True):
        if st.button("Delete", key="library_confirm", type="primary", icon=":material/delete:"):
            delete_project(ws, project)
            st.rerun()
        if st.button("Keep it", key="library_keep"):
            st.rerun()


def _poster(ws: Workspace, project: Project) -> str:
    images = ""
    for side in SIDES:
        recipe = project.recipe(side)
        if have(ws.store, recipe, "frames"):
            middle = len(load(ws.store, recipe, "frames").times_s) // 2
            url = escape(frame_url(key(recipe, "frames"), middle, 240))
            images += f'<img src="{url}" alt="" loading="lazy">'
        else:
            images += '<div class="d-blank"></div>'
    return f'<div class="d-diptych">{images}</div>'


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.0f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:.1f} GB"


def _when(stamp: str) -> str:
    return datetime.fromisoformat(stamp).astimezone().strftime("%d %b %Y, %H:%M") if stamp else "never"
