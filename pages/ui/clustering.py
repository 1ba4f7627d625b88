"""The map with its lasso, the time line and the cards of the clusters."""

from typing import Any

import streamlit as st
from plotly.graph_objects import Figure

from pages.ui.context import theme
from pages.ui.parts import cluster_title, strip
from pages.ui.peek import BOX, peek
from services import figures
from services.labels import cluster_label, video_label
from services.media_urls import frame_url
from services.recipe import SIDES, Project, Recipe, Side
from services.stages import have, key, load
from services.views import of_cluster, spread, stills
from services.workspace import Workspace

MAX_STILLS, PANEL_PX = 24, 500


def names(ws: Workspace, recipe: Recipe) -> tuple[str, ...]:
    """The clusters' names once there are tags, else ()."""
    if not have(ws.store, recipe, "themes"):
        return ()
    return tuple(made.name for made in load(ws.store, recipe, "themes").themes)


def ribbon(ws: Workspace, project: Project) -> Figure:
    """The time lines of the videos that are clustered."""
    rows: list[figures.Strip] = []
    for side in SIDES:
        recipe = project.recipe(side)
        if recipe.clustering.is_chosen and have(ws.store, recipe, "clusters"):
            pairs, clusters = load(ws.store, recipe, "pairs"), load(ws.store, recipe, "clusters")
            rows.append(figures.Strip(video_label(project, side), clusters, pairs.times_s, names(ws, recipe)))
    return figures.ribbon(*rows, theme=theme())


@st.fragment
def chart(ws: Workspace, project: Project, side: Side) -> None:
    """The map, and beside it the frames inside the lasso."""
    recipe = project.recipe(side)
    pairs, clusters = load(ws.store, recipe, "pairs"), load(ws.store, recipe, "clusters")
    with st.container(key="wide_map"):
        plane, beside = st.columns([2, 1], gap="medium")
    with plane, st.container(key=BOX):
        event = st.plotly_chart(
            _map(ws, recipe),
            key=f"clusters_tsne_{side}_{clusters.k}",
            on_select="rerun",
            selection_mode=("points", "box", "lasso"),
            config={"displaylogo": False},
        )
        peek()
    chosen = selected(event)
    shown = [still for still in stills(pairs, clusters) if still.pair in chosen]
    with beside:
        if not shown:
            st.markdown("**Nothing selected yet**")
            st.caption(
                "Point at a mark to see its frame. Draw a loop round some marks, or click one, and their "
                "frames and texts appear here."
            )
            return
        more = f", the first {MAX_STILLS} shown" if len(shown) > MAX_STILLS else ""
        st.markdown(f"**{len(shown)} {'pair' if len(shown) == 1 else 'pairs'} selected**{more}")
        with st.container(height=PANEL_PX, border=False):
            strip(recipe, shown[:MAX_STILLS], columns=2)


def _map(ws: Workspace, recipe: Recipe) -> Figure:
    pairs, clusters = load(ws.store, recipe, "pairs"), load(ws.store, recipe, "clusters")
    frames = key(recipe, "frames")
    return figures.tsne(
        load(ws.store, recipe, "projection"),
        clusters,
        pairs.times_s,
        pairs.texts,
        names(ws, recipe),
        [frame_url(frames, int(frame), 240) for frame in pairs.frame_index],
        theme=theme(),
    )


def selected(event: Any) -> set[int]:
    """Pair numbers of the points that plotly reports; they come as a number, a list or a mapping."""
    found: set[int] = set()
    for point in event["selection"]["points"]:
        data = point.get("customdata")
        if isinstance(data, dict):
            data = list(data.values())
        found.add(int(data[0] if isinstance(data, list) else data))
    return found


def cards(ws: Workspace, recipe: Recipe) -> None:
    """One card for each cluster: colour, name, size and frames from beginning to end."""
    pairs, clusters = load(ws.store, recipe, "pairs"), load(ws.store, recipe, "clusters")
    every, known = stills(pairs, clusters), names(ws, recipe)
    for cluster in range(clusters.k):
        members = of_cluster(every, cluster)
        with st.container(border=True, key=f"card_cluster_{cluster}"):
            share = f"{len(members)} pairs, {len(members) / len(every):.0%}"
            cluster_title(cluster, cluster_label(cluster, known), share)
            strip(recipe, spread(members, 7), columns=7)
