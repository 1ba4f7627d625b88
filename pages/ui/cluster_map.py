"""The map of the pairs: its kind, the lasso, and what is selected, to look at, to play, to take away."""

import dataclasses
from typing import Any

import streamlit as st
from plotly.graph_objects import Figure

from pages.ui.comparing import file_name
from pages.ui.context import theme
from pages.ui.explore import names
from pages.ui.job import follow
from pages.ui.parts import strip, undo_button
from pages.ui.peek import BOX, peek
from pages.ui.player import play_from, player
from pages.ui.storing import store
from services import choose, figures
from services.labels import clock, video_label
from services.maps import MAPS
from services.media_urls import frame_url
from services.recipe import Project, Recipe, Side
from services.selection import FRAMES_MAX, selection_zip
from services.stages import have, key, load
from services.views import Still, stills
from services.workspace import Workspace

MAX_STILLS, PANEL_PX = 24, 460
PERPLEXITIES = (3.0, 5.0, 8.0, 12.0, 20.0, 30.0, 50.0)


@st.fragment
def section(ws: Workspace, project: Project, side: Side) -> None:
    """The map with its controls, and Undo; another kind is saved with the project, for both videos.

    A fragment, so that another map draws nothing else anew. It reads the project afresh, for what it saves
    would not be in the one that the page was drawn from.
    """
    project = ws.projects.get(project.project_id)
    st.subheader("Map of the pairs", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _kind(ws, project)
        if project.left.projection.method == "tsne":
            _perplexity(ws, project)
    st.caption(MAPS[project.left.projection.method].says)
    what = f"Drawing the map of the {video_label(project, side)}"
    if not have(ws.store, project.recipe(side), "clusters"):
        st.rerun()  # another tab has chosen another K
    if follow(ws, project, side, "projection", what=what):
        _tell_perplexity(ws, project.recipe(side))
        chart(ws, project, side)
    undo_button(ws, project, "clusters_undo")


def _kind(ws: Workspace, project: Project) -> None:
    now = project.left.projection.method
    name = f"clusters_map_method_{now}"
    st.segmented_control(
        "Kind of map",
        tuple(MAPS),
        default=now,
        required=True,
        format_func=lambda kind: MAPS[kind].title,
        key=name,
        on_change=store,
        args=(ws, project, name, lambda now, kind: _with(now, method=kind), _told),
    )


def _perplexity(ws: Workspace, project: Project) -> None:
    now = project.left.projection.perplexity
    name = f"clusters_map_perplexity_{now:g}"
    st.select_slider(
        "Perplexity",
        sorted({*PERPLEXITIES, now}),
        now,
        format_func=lambda value: f"{value:g}",
        key=name,
        on_change=store,
        args=(ws, project, name, lambda now, value: _with(now, perplexity=value), _told),
        help="About how many neighbours each pair keeps close; 8 in the paper.",
        width=320,
    )


def _with(project: Project, **changes: Any) -> Project:
    return choose.with_map(project, dataclasses.replace(project.left.projection, **changes))


def _told(project: Project) -> str:
    now = project.left.projection
    return f"Map by {MAPS[now.method].title}" + (
        f", perplexity {now.perplexity:g}" if now.method == "tsne" else ""
    )


def _tell_perplexity(ws: Workspace, recipe: Recipe) -> None:
    """A short video has fewer neighbours to keep than were asked for."""
    used = load(ws.store, recipe, "projection").perplexity
    if 0 < used < recipe.projection.perplexity:
        st.caption(f"Perplexity {used:.3g} was used: more is not possible with so few pairs.")


@st.fragment
def chart(ws: Workspace, project: Project, side: Side) -> None:
    """The map, and beside it what is inside the lasso."""
    recipe = project.recipe(side)
    pairs, clusters = load(ws.store, recipe, "pairs"), load(ws.store, recipe, "clusters")
    with st.container(key="wide_map"):
        plane, beside = st.columns([2, 1], gap="medium")
    with plane, st.container(key=BOX):
        event = st.plotly_chart(
            _map(ws, recipe),
            key=f"clusters_map_{key(recipe, 'projection')[:8]}_{key(recipe, 'clusters')[:8]}",
            on_select="rerun",
            selection_mode=("points", "box", "lasso"),
            config={"displaylogo": False},
            alt="Map of the pairs, near marks mean alike",
        )
        peek()
    chosen = selected(event, len(pairs.times_s))
    shown = [still for still in stills(pairs, clusters) if still.pair in chosen]
    with beside:
        if shown:
            _selection(ws, project, side, shown)
            return
        st.markdown("**Nothing selected yet**")
        st.caption(
            "Point at a mark to see its frame. Draw a loop round some marks, or click one: their frames and "
            "texts appear here, to look at, to play and to take away."
        )


def _selection(ws: Workspace, project: Project, side: Side, shown: list[Still]) -> None:
    recipe = project.recipe(side)
    more = f", the first {MAX_STILLS} shown" if len(shown) > MAX_STILLS else ""
    st.markdown(f"**{len(shown)} {'pair' if len(shown) == 1 else 'pairs'} selected**{more}")
    is_playing, name = False, f"clusters_map_player_{key(recipe, 'video')[:8]}"
    with st.container(horizontal=True, vertical_alignment="center"):
        if not load(ws.store, recipe, "video").is_folder:
            is_playing = st.toggle(f"Play from {clock(shown[0].time_s)}", key="clusters_map_play")
        play_from(name, shown[0].time_s if is_playing else None)
        if len({still.frame for still in shown}) <= FRAMES_MAX:
            st.download_button(
                "Export",
                lambda: _zip(ws, recipe, [still.pair for still in shown]),
                f"{file_name(project.topic)}-{recipe.transcript.language}-selection.zip",
                "application/zip",
                key="clusters_map_export",
                on_click="ignore",
                icon=":material/download:",
                help="A zip of the frames and a table (CSV) of times, clusters and texts",
            )
        else:
            st.caption(f"A zip takes {FRAMES_MAX} frames: select fewer marks to export them.")
    if is_playing:
        player(name, recipe)
    with st.container(height=PANEL_PX, border=False):
        strip(recipe, shown[:MAX_STILLS], columns=2)


def _zip(ws: Workspace, recipe: Recipe, selection: list[int]) -> bytes:
    frames, pairs = load(ws.store, recipe, "frames"), load(ws.store, recipe, "pairs")
    return selection_zip(frames, pairs, load(ws.store, recipe, "clusters"), names(ws, recipe), selection)


def _map(ws: Workspace, recipe: Recipe) -> Figure:
    pairs, clusters = load(ws.store, recipe, "pairs"), load(ws.store, recipe, "clusters")
    frames = key(recipe, "frames")
    return figures.pair_map(
        load(ws.store, recipe, "projection"),
        clusters,
        pairs.times_s,
        pairs.texts,
        names(ws, recipe),
        [frame_url(frames, int(frame), 240) for frame in pairs.frame_index],
        theme=theme(),
    )


def selected(event: Any, n_pairs: int) -> set[int]:
    """Pair numbers of the points that plotly reports; they come as a number, a list or a mapping."""
    found: set[int] = set()
    for point in event["selection"]["points"]:
        data = point.get("customdata")
        data = list(data.values()) if isinstance(data, dict) else data
        pair = data[0] if isinstance(data, list) and data else data
        if isinstance(pair, int) and 0 <= pair < n_pairs:
            found.add(pair)
    return found
