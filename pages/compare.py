"""Step 6: which themes both videos tell and which only one does, with the evidence (paper §5.4)."""

import streamlit as st

from pages.ui import chance, comparing, heat, holding, more_videos
from pages.ui.context import context, here, unlocked
from pages.ui.job import follow
from pages.ui.parts import intro
from services.cautions import cautions
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
left, right = (load(ws.store, recipe, "themes") for recipe in (project.left, project.right))
found = cells(comparison, left, right)

comparing.findings(ws, project, found)
st.subheader("All themes against each other", anchor=False)
st.caption(
    "Each row is a theme of the one video, each column a theme of the other; the darker a cell, the more "
    "alike their tags are. The most shared themes stand at the top left."
)
heat.measure_choice(ws, project, has_glosses=any(tag.gloss for t in (left, right) for tag in t.all_tags))
is_tested = chance.is_tested(ws, project)
heat.heat(ws, project, comparison, found)
has_profiles = follow(
    ws, project, "both", "profile", what="Looking closer at the clusters, for the report", is_primary=False
)
comparing.downloads(ws, project, with_report=has_profiles)
st.page_link(
    "tags.py",
    label="A tag says nothing? Drop it, or name a cluster, on the Tags page, and the numbers follow.",
    icon=":material/edit:",
    query_params=here(project),
)
if is_tested:
    chance.shared(ws, project, comparison, left, right)
comparing.warnings(cautions(ws.store, project))

sections = (
    ("pairs", "Every pair of themes, most alike first", ":material/view_list:"),
    ("more", "More videos of this topic", ":material/grid_view:"),
    ("holding", "Does the picture hold with other settings?", ":material/tune:"),
)
for name, title, icon in sections:
    with st.expander(title, icon=icon, key=f"compare_{name}_box", on_change="rerun") as box:
        if box.open and name == "pairs":
            comparing.every_pair(ws, project, found)
        elif box.open and name == "more":
            more_videos.more_videos(ws, project)
        elif box.open:
            holding.holding(ws, project)
