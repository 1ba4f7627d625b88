"""Step 4: metrics over K, the choice of K, the map and the time line (paper §3.4, §5.2)."""

import streamlit as st

from pages.ui import cluster_cards, cluster_map, explore, k_picker
from pages.ui.context import context, unlocked
from pages.ui.job import follow
from pages.ui.parts import intro, next_step, other_side, side_switch, undo_button
from services.cautions import support
from services.labels import video_label
from services.stages import load

intro(
    "Clusters",
    "Pairs that mean alike form a cluster: one theme of the video. Choose how many clusters, K, each video "
    "has; then give them tags.",
)
ws, project = context()
unlocked(ws, project, "clusters")
side = side_switch(project, "clusters_side")
recipe, name = project.recipe(side), video_label(project, side)

k_picker.how(ws, project, side)
if not follow(ws, project, side, "sweep", what=f"Trying several K on the {name}"):
    st.stop()
sweep = load(ws.store, recipe, "sweep")
advice = support(sweep)
has_choice = k_picker.pick(ws, project, side, sweep, advice)
if advice is not None:
    k_picker.measures(ws, recipe, side, sweep, advice)
if not recipe.clustering.is_chosen:
    if has_choice:
        st.info(
            "Choose K above: the map, the time line and the clusters then appear here.",
            icon=":material/arrow_upward:",
        )
    undo_button(ws, project, "clusters_undo")
    st.stop()
if not follow(ws, project, side, "clusters", what=f"Clustering the {name}"):
    if recipe.clustering.sets_aside:
        cluster_cards.aside_switch(ws, project, side)
    undo_button(ws, project, "clusters_undo")
    st.stop()

explore.explorer(ws, project, side)
cluster_map.section(ws, project, side)

other = other_side(side)
its_name = video_label(project, other)
if not project.recipe(other).clustering.is_chosen:
    st.info(f"Now choose K for the {its_name} (switch at the top).", icon=":material/swap_horiz:")
elif follow(ws, project, other, "clusters", what=f"Clustering the {its_name}"):
    next_step(project, "tags", "name the themes")
