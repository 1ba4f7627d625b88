"""All projects of this workspace: open, delete."""

import streamlit as st

from pages.ui import shelf
from pages.ui.context import workspace
from pages.ui.parts import intro

ws = workspace()
projects = ws.projects.all()
intro("Library", "Every project on this computer, the one changed last first. Open one, or begin a new one.")
shelf.tell_opened()
with st.container(horizontal=True, vertical_alignment="center"):
    with st.container(key="library_new", width="content"):
        st.page_link("sources.py", label="**New project**", icon=":material/add:")
    with st.popover("Open a bundle", icon=":material/unarchive:", key=shelf.POPOVER, on_change="rerun"):
        shelf.open_a_bundle(ws)
    st.caption(f"Workspace: {ws.root}", width="stretch")
if not projects:
    st.info("There is no project yet. Begin with the sample: it needs no internet.", icon=":material/inbox:")
for project in projects:
    shelf.card(ws, project)
