"""Step 6: which themes both videos tell and which only one does, with the evidence (paper §5.4)."""

import streamlit as st

from pages.ui import comparing
from pages.ui.context import context, unlocked
from pages.ui.job import follow
from pages.ui.parts import intro
from services import figures
from services.cautions import cautions
from services.labels import video_label
from services.stages import load, load_comparison
from services.views import cells, told

intro(
    "Compare",
    "Each row is a theme of the one video, each column a theme of the other; the darker a cell, the more "
    "alike their "
    "tags are.",
)
ws, project = context()
unlocked(ws, project, "compare")
if not follow(ws, project, "both", "comparison", what="Comparing the clusters"):
    st.stop()
comparison = load_comparison(ws.store, project)
themes = [load(ws.store, recipe, "themes") for recipe in (project.left, project.right)]
names = (video_label(project, "left"), video_label(project, "right"))
found = cells(comparison, *themes)

for line in told(found, *names):
    st.markdown(f"- {comparing.plain(line)}")
st.info(
    "These numbers have no test against chance yet: read them as an order, not as proof. Even unrelated "
    "tags reach "
    "some similarity.",
    icon=":material/balance:",
)
st.plotly_chart(
    figures.similarity_heatmap(comparison, left_title=names[0], right_title=names[1]),
    key="compare_heatmap",
    config={"displaylogo": False},
)
st.caption(f"{comparison.measure[:1].upper()}{comparison.measure[1:]}.")
comparing.downloads(ws, project, comparison)
comparing.warnings(cautions(ws.store, project))

st.subheader("Pairs of themes, most alike first", anchor=False)
n_shown = min(6, len(found))
if len(found) > n_shown and st.toggle(f"Show all {len(found)} pairs", key="compare_all"):
    n_shown = len(found)
for cell in found[:n_shown]:
    comparing.evidence(ws, project, cell)
