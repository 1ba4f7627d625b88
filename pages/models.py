"""Which models serve each role, whether they are on this machine, and how to get the others."""

import streamlit as st

from pages.ui import catalogue
from pages.ui.context import project_in_url, workspace
from pages.ui.parts import intro
from services.backends import ROLE_TITLES, ROLES

ws = workspace()
project = project_in_url(ws)
intro(
    "Models",
    "Five steps use a model that you can exchange. Those that come with Diptych need no internet; nothing is "
    "downloaded unless you ask for it here. A new project takes the first of each list that is on this "
    "machine.",
)
catalogue.token()
for role in ROLES:
    st.subheader(ROLE_TITLES[role], anchor=False)
    catalogue.table(ws, project, role)
st.subheader("Another model of the Hugging Face hub", anchor=False)
catalogue.own_model(ws, project)
st.caption(
    "Chinese tags get their English from CC-CEDICT, the community dictionary of MDBG, under "
    "[CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/)."
)
