"""The frame round every page: header, steps and running jobs. Main script, started by app.py."""

from pathlib import Path

import streamlit as st

from pages.ui.context import project_in_url, workspace
from pages.ui.frame import header, step_bar, style

ICON = Path(__file__).resolve().parent.parent / "assets" / "icon.png"
st.set_page_config("Diptych", page_icon=str(ICON), layout="wide")

page = st.navigation(
    [
        st.Page("sources.py", title="Sources", default=True),
        st.Page("align.py", title="Align"),
        st.Page("train.py", title="Train"),
        st.Page("clusters.py", title="Clusters"),
        st.Page("tags.py", title="Tags"),
        st.Page("compare.py", title="Compare"),
        st.Page("library.py", title="Library"),
        st.Page("models.py", title="Models"),
    ],
    position="hidden",  # the step bar keeps the project in its links and says what is locked
)

ws = workspace()
project = project_in_url(ws)
style()
header(ws, project)
step_bar(ws, project, page.url_path or "sources")
page.run()
