"""Step 4: metrics over K, the choice of K, the map and the time line (paper §3.4, §5.2)."""

import streamlit as st

from pages.ui import clustering
from pages.ui.context import context, theme, unlocked
from pages.ui.job import follow
from pages.ui.parts import intro, next_step, side_switch, undo_button
from services import choose, figures
from services.labels import video_label
from services.recipe import SIDES, Side
from services.stages import have, load

intro(
    "Clusters",
    "Pairs that mean alike form a cluster: one theme of the video. You choose how many clusters, K, each "
    "video has.",
)
ws, project = context()
unlocked(ws, project, "clusters")
side = side_switch(project, "clusters_side")
recipe, name = project.recipe(side), video_label(project, side)

if not follow(ws, project, side, "sweep", what=f"Trying K = 2 … 10 on the {name}"):
    st.stop()
sweep = load(ws.store, recipe, "sweep")
chosen = recipe.clustering.k
picked = clustering.k_picker(project, side, sweep)
if picked is not None and picked != chosen:
    ws.projects.save(choose.with_k(project, side, picked), f"K = {picked} for the {name}")
    st.rerun()

metrics, sizes = st.columns([1.7, 1], gap="medium")
with metrics:
    st.plotly_chart(figures.k_metrics(sweep, chosen, theme=theme()), key=f"clusters_metrics_{side}")
with sizes:
    st.markdown("**Pairs in each cluster**")
    st.plotly_chart(figures.sizes_per_k(sweep, theme=theme()), key=f"clusters_sizes_{side}")
if chosen is None:
    st.info(
        "Choose K above: the map, the time line and the clusters then appear here.",
        icon=":material/arrow_upward:",
    )
    st.stop()
if not follow(ws, project, side, "clusters", what=f"Clustering the {name}"):
    st.stop()

st.subheader("Along the video", anchor=False)
st.plotly_chart(clustering.ribbon(ws, project), key="clusters_ribbon")
st.subheader("Map of the pairs", anchor=False)
st.caption(
    "Each point is a pair; near points were drawn near by the model. Draw a loop round some of them to see "
    "their "
    "frames. Distances between far groups mean little on such a map."
)
if follow(ws, project, side, "projection", what=f"Drawing the map of the {name}"):
    clustering.chart(ws, project, side)
st.subheader("The clusters", anchor=False)
clustering.cards(ws, recipe)

undo_button(ws, project, "clusters_undo")
waiting: list[Side] = [other for other in SIDES if project.recipe(other).clustering.k is None]
if waiting:
    st.info(
        f"Now choose K for the {video_label(project, waiting[0])} (switch at the top).",
        icon=":material/swap_horiz:",
    )
elif all(have(ws.store, project.recipe(other), "latents") for other in SIDES):
    next_step(project, "tags", "name the themes")
