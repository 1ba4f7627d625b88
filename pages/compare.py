"""Step 6: which themes both videos tell and which only one does, with the evidence (paper §5.4)."""

import streamlit as st

from pages.ui import comparing
from pages.ui.context import context, here, theme, unlocked
from pages.ui.job import follow
from pages.ui.parts import intro
from services import figures
from services.backends import find
from services.cautions import cautions
from services.labels import measure_label, video_label
from services.stages import load, load_comparison
from services.views import cells

intro(
    "Compare",
    "What both videos tell, and what only one of them tells. Read the three findings, look at the evidence, "
    "and take the heatmap or the report away.",
)
ws, project = context()
unlocked(ws, project, "compare")
if not follow(ws, project, "both", "comparison", what="Comparing the clusters"):
    st.stop()
comparison = load_comparison(ws.store, project)
themes = [load(ws.store, recipe, "themes") for recipe in (project.left, project.right)]
found = cells(comparison, *themes)

comparing.findings(ws, project, found)
st.subheader("All themes against each other", anchor=False)
st.caption(
    "Each row is a theme of the one video, each column a theme of the other; the darker a cell, the more "
    "alike their tags are. The most shared themes stand at the top left."
)
st.plotly_chart(
    figures.similarity_heatmap(
        comparison,
        left_title=video_label(project, "left"),
        right_title=video_label(project, "right"),
        theme=theme(),
    ),
    key="compare_heatmap",
    config={"displaylogo": False},
)
comparing.downloads(ws, project, comparison)
st.info(
    "These numbers have no test against chance yet: read them as an order, not as proof. Even unrelated tags "
    f"reach some similarity. A cell is the {comparing.plain(measure_label(comparison.measure))}; phrase "
    f"vectors by {find('phrases', project.comparing.phrases).title}.",
    icon=":material/balance:",
)
comparing.warnings(cautions(ws.store, project))

st.subheader("Pairs of themes, most alike first", anchor=False)
st.page_link(
    "tags.py",
    label="A tag says nothing? Drop it on the Tags page, and the numbers follow.",
    icon=":material/edit:",
    query_params=here(project),
)
n_shown = min(6, len(found))
if len(found) > n_shown and st.toggle(f"Show all {len(found)} pairs", key="compare_all"):
    n_shown = len(found)
for cell in found[:n_shown]:
    comparing.evidence(ws, project, cell)
