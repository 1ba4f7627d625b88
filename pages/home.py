"""The frame round every page: header, steps and running jobs. Main script, started by app.py."""

from pathlib import Path

import streamlit as st

from pages.ui.context import project_in_url, workspace
from pages.ui.frame import header, step_bar, style

ICON = Path(__file__).resolve().parent.parent / "assets" / "icon.png"
st.set_page_config("Diptych", page_icon=str(ICON), layout="wide")


def first_page() -> None:
    """The address /sources: Streamlit serves the default page at / alone."""
    st.switch_page("sources.py", query_params=st.query_params.to_dict())


page = st.navigation(
    [
        st.Page("sources.py", title="Sources", url_path="start", default=True),  # frees /sources
        st.Page("align.py", title="Align"),
        st.Page("train.py", title="Train"),
        st.Page("clusters.py", title="Clusters"),
        st.Page("tags.py", title="Tags"),
        st.Page("compare.py", title="Compare"),
        st.Page("library.py", title="Library"),
        st.Page("models.py", title="Models"),
        st.Page(first_page, title="Sources", url_path="sources", visibility="hidden"),
    ],
    position="hidden",  # the step bar keeps the project in its links and says what is locked
)

ws = workspace()
project = project_in_url(ws)
style()
header(ws, project)
step_bar(ws, project, page.url_path or "sources")
page.run()
