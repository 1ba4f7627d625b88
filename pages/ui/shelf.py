"""One project on the Library's shelf, and the question before it is deleted."""

from datetime import datetime
from html import escape

import streamlit as st

from pages.ui.comparing import file_name
from pages.ui.context import here
from services import jobs
from services.bundle import bundle_bytes
from services.bundle_read import Opened, try_bundle
from services.labels import video_label, without_markdown
from services.library import delete_project, duplicate, size_bytes
from services.media_urls import frame_url
from services.recipe import SIDES, Project
from services.stages import have, key, load
from services.steps import steps
from services.workspace import Workspace

# Names of what the session keeps.
OPENED, POPOVER = "library_opened_bundle", "library_bundle"


def card(ws: Workspace, project: Project) -> None:
    found = steps(ws.store, project)
    last = next((step for step in reversed(found) if not step.missing), found[0])
    with st.container(border=True, key=f"card_project_{project.project_id}"):
        poster, text, actions = st.columns([1.2, 3, 0.9], vertical_alignment="center", gap="medium")
        poster.html(_poster(ws, project))
        with text:
            st.subheader(without_markdown(project.topic), anchor=False)
            videos = " · ".join(
                f"{video_label(project, side)}: {without_markdown(project.recipe(side).source.title)}"
                for side in SIDES
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
                st.download_button(
                    "Bundle (zip)",
                    lambda: bundle_bytes(ws, project),
                    f"{file_name(project.topic)}.zip",
                    "application/zip",
                    key=f"library_bundle_{project.project_id}",
                    on_click="ignore",
                    icon=":material/archive:",
                    help="The project without its videos, to open on another computer.",
                )
                if st.button(
                    "Delete …", key=f"library_delete_{project.project_id}", icon=":material/delete:"
                ):
                    ask(ws, project)


def open_a_bundle(ws: Workspace) -> None:
    """A zip from another machine becomes a project of this one; tell_opened then says what is next."""
    st.markdown("A bundle is a project without its videos: settings, corrections, choices and results.")
    file = st.file_uploader("Bundle (.zip)", type="zip", key="library_bundle_file", max_upload_size=2048)
    with_results = st.toggle(
        "Take its results, too",
        value=True,
        key="library_bundle_results",
        help="Results are taken as they are. If you do not trust who made the bundle, leave them out: "
        "everything is then computed here, from videos that you add.",
    )
    if st.button("Open", key="library_bundle_open", type="primary", disabled=file is None) and file:
        opened, refused = try_bundle(ws, file, with_results=with_results)
        if opened is None:
            st.error(without_markdown(refused), icon=":material/error:")
            return
        st.session_state[OPENED] = opened
        st.rerun()


def tell_opened() -> None:
    """What was opened last, and the way on; for one view of the page."""
    found: Opened | None = st.session_state.pop(OPENED, None)
    if found is None:
        return
    st.session_state[POPOVER] = False
    with st.container(border=True, key="library_opened"):
        st.markdown(f":material/check: {without_markdown(found.told())}")
        st.page_link(
            "sources.py",
            label="**Go to its sources**",
            icon=":material/arrow_forward:",
            query_params=here(found.project),
        )


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
