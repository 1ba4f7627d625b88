"""Which models serve each role, whether they are on this machine, and how to get the others."""

import streamlit as st

from pages.ui import catalogue
from pages.ui.context import workspace
from pages.ui.parts import intro
from services.backends import ROLE_TITLES, ROLES

ws = workspace()
intro(
    "Models",
    "Each role can be served by several models. Those that come with Diptych need no internet; nothing is "
    "downloaded "
    "unless you ask for it here.",
)
for role in ROLES:
    st.subheader(ROLE_TITLES[role], anchor=False)
    catalogue.table(role)
