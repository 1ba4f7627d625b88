"""Which workspace and project a page works on: the one reader and writer of the URL's project."""

from typing import Literal

import streamlit as st

from services.labels import without_markdown
from services.recipe import Project, Side
from services.steps import Step, steps
from services.workspace import Workspace, open_workspace, workspace_folder


@st.cache_resource(show_spinner=False)
def _opened(root: str) -> Workspace:
    return open_workspace()


def workspace() -> Workspace:
    """The workspace of this machine; opened once per folder for all sessions."""
    return _opened(str(workspace_folder()))


def project_in_url(ws: Workspace) -> Project | None:
    """The project that the URL names, read anew; None if it names none or one that is gone."""
    wanted = st.query_params.get("project", "")
    return next((project for project in ws.projects.all() if project.project_id == wanted), None)


def here(project: Project | None) -> dict[str, str]:
    """Query parameters that keep the project when a link is followed."""
    return {"project": project.project_id} if project else {}


def context() -> tuple[Workspace, Project]:
    """The workspace and the project of this page; without a project, says what to do and stops the page."""
    ws = workspace()
    project = project_in_url(ws)
    if project is not None:
        return ws, project
    wanted = st.query_params.get("project", "")
    if wanted:
        st.warning(
            f"There is no project “{without_markdown(wanted)}” in this workspace. It may have been deleted, "
            "or the link comes from another computer.",
            icon=":material/link_off:",
        )
    else:
        st.info("No project is open.", icon=":material/folder_open:")
    with st.container(horizontal=True):
        st.page_link("library.py", label="Open a project from the Library", icon=":material/folder_open:")
        st.page_link("sources.py", label="Start a new project", icon=":material/add:")
    st.stop()


def unlocked(ws: Workspace, project: Project, page: str) -> Step:
    """The page's step; if something has to come first, says what, links there and stops the page."""
    found = steps(ws.store, project)
    step = next(step for step in found if step.page == page)
    if not step.missing:
        return step
    first = next(before for before in found if not before.is_done)
    st.info(f"{step.title} needs {step.missing}. The next step is {first.title}.", icon=":material/lock:")
    with st.container(key="next"):
        st.page_link(
            f"{first.page}.py",
            label=f"**Go to {first.title}**",
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params=here(project),
        )
    st.stop()


def side_key(project_id: str, side: Side, name: str) -> str:
    """Name of what a tab keeps of one video of one project."""
    return f"align_{project_id}_{side}_{name}"


def theme() -> Literal["light", "dark"]:
    return "dark" if st.context.theme.type == "dark" else "light"
