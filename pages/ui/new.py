"""Three ways into a new project: the sample, two uploaded videos, two links."""

import streamlit as st

from pages.ui import forms
from pages.ui.context import here
from pages.ui.frame import ASSETS
from services import jobs
from services.labels import shortened, without_markdown
from services.recipe import SIDES, Project
from services.sample import sample_project
from services.workspace import Workspace

N_RECENT = 3


def three_ways(ws: Workspace) -> None:
    _sample_card(ws)
    upload, links = st.columns(2, gap="medium")
    with upload, st.container(border=True, key="card_upload", height="stretch"):
        _way(
            "upload",
            "upload_file",
            "Upload two videos",
            "Two files from this computer, with captions or without.",
        )
    with links, st.container(border=True, key="card_links", height="stretch"):
        _way("links", "link", "Paste two YouTube links", "Diptych fetches videos and captions by itself.")
    way = st.session_state.get("sources_way")
    if way:
        with st.container(border=True, key="card_form"):
            project = forms.upload_form(ws) if way == "upload" else forms.links_form(ws)
            if project:
                begin(ws, project)
    recent = ws.projects.all()[:N_RECENT]
    if recent:
        st.markdown("**Or go on with**")
        for project in recent:
            label = without_markdown(shortened(project.topic, 90))
            st.page_link("sources.py", label=label, icon=":material/history:", query_params=here(project))


def _sample_card(ws: Workspace) -> None:
    with st.container(border=True, key="card_sample"):
        left, right, text = st.columns([1, 1, 1.7], gap="small", vertical_alignment="center")
        left.image(ASSETS / "sample" / "poster-en.jpg", width="stretch")
        right.image(ASSETS / "sample" / "poster-zh.jpg", width="stretch")
        with text:
            st.subheader("New here? Open the sample", anchor=False)
            st.markdown(
                "A crew leaves for the Moon, told by an English and a Chinese broadcaster. Both tell of the "
                "launch, the crew and the Moon; each has two stories of its own. See whether Diptych finds "
                "them. No internet needed, a few minutes in all."
            )
            if st.button(
                "Open the sample", key="sources_sample", type="primary", icon=":material/play_circle:"
            ):
                begin(ws, sample_project())


def _way(name: str, icon: str, title: str, sentence: str) -> None:
    st.subheader(f":material/{icon}: {title}", anchor=False)
    st.markdown(sentence)
    is_open = st.session_state.get("sources_way") == name
    st.button(
        "Close the form" if is_open else "Choose files" if name == "upload" else "Paste links",
        key=f"sources_way_{name}",
        icon=":material/close:" if is_open else ":material/arrow_downward:",
        on_click=_toggle_way,
        args=(name,),
    )


def _toggle_way(name: str) -> None:
    is_open = st.session_state.get("sources_way") == name
    st.session_state["sources_way"] = "" if is_open else name


def begin(ws: Workspace, project: Project) -> None:
    """Store the project, start reading both videos and open it."""
    named = ws.projects.add(project)
    for side in SIDES:
        jobs.submit(ws, named, side, "pairs")
    st.switch_page("sources.py", query_params=here(named))
