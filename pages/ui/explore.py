"""Both videos along their time: a click on a stretch plays it and narrows the page to it."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.ui import cluster_cards
from pages.ui.context import theme
from pages.ui.parts import cluster_title, strip
from pages.ui.player import play_from, player
from services import figures
from services.labels import clock, cluster_label, video_label
from services.recipe import SIDES, Project, Recipe, Side
from services.stages import have, key, load
from services.stretches import Stretch, longest, stretches
from services.views import Still, spread, stills
from services.workspace import Workspace

SIDE_KEY, TURN = "clusters_side", "clusters_ribbon_turn"  # the turn rises to forget what was clicked
MAX_STILLS, DIGEST, PANEL_PX = 24, 6, 330
AXES: dict[str, figures.Axis] = {"m:ss": "time", "% of the video": "share"}


@dataclass(frozen=True, slots=True)
class Focus:
    """The stretch that was clicked: pairs first … last of one side."""

    side: Side
    first: int
    last: int


def names(ws: Workspace, recipe: Recipe) -> tuple[str, ...]:
    """The clusters' names once there are tags, else ()."""
    if not have(ws.store, recipe, "themes"):
        return ()
    return tuple(made.name for made in load(ws.store, recipe, "themes").themes)


@st.fragment
def explorer(ws: Workspace, project: Project, side: Side) -> None:
    """The ribbons, the player with the frames of a stretch, and the cards of the clusters."""
    project = ws.projects.get(project.project_id)  # the map below may have saved since the page was drawn
    if not have(ws.store, project.recipe(side), "clusters"):
        st.rerun()  # another tab has chosen another K
    st.subheader("Along the video", anchor=False)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.caption(
            "Which cluster is on the screen when. Click a stretch to play it and to see its frames. Each "
            "video counts its colours by itself: the same colour in both is no likeness."
        )
        axis = st.segmented_control(
            "Axis",
            list(AXES),
            default="m:ss",
            required=True,
            key="clusters_axis",
            label_visibility="collapsed",
        )
    turn = st.session_state.setdefault(TURN, 0)
    key = f"clusters_ribbon_{turn}"
    event = st.plotly_chart(
        figures.ribbon(*_strips(ws, project), axis=AXES[axis or "m:ss"], theme=theme()),
        key=key,
        on_select=lambda: _follow_click(key),
        selection_mode="points",
        config={"displayModeBar": False},
        alt="The clusters of both videos along their time",
    )
    focus = clicked(event)
    if focus and focus.side != side:
        if st.session_state.get(SIDE_KEY) == focus.side:
            st.rerun()  # _follow_click has turned the page to the other video
        focus = None  # clicked before the switch at the top was turned
    recipe = project.recipe(side)
    pairs, clusters = load(ws.store, recipe, "pairs"), load(ws.store, recipe, "clusters")
    every = stills(pairs, clusters)
    run = _run_of(stretches(clusters.labels, pairs.times_s), focus)
    _scene(ws, project, side, every, run)
    cluster_cards.cards(ws, project, side, names(ws, recipe), only=run.cluster if run else None)


def _strips(ws: Workspace, project: Project) -> list[figures.Strip]:
    rows: list[figures.Strip] = []
    for side in SIDES:
        recipe = project.recipe(side)
        if not recipe.clustering.is_chosen or not have(ws.store, recipe, "clusters"):
            continue
        pairs, clusters = load(ws.store, recipe, "pairs"), load(ws.store, recipe, "clusters")
        length_s = load(ws.store, recipe, "video").duration_s
        title = video_label(project, side)
        rows.append(figures.Strip(title, clusters, pairs.times_s, names(ws, recipe), length_s, side))
    return rows


def clicked(event: Any) -> Focus | None:
    """The stretch that plotly reports; it comes as a list or a mapping, from the browser."""
    for point in event["selection"]["points"]:
        data = point.get("customdata")
        data = list(data.values()) if isinstance(data, dict) else data
        if isinstance(data, list) and len(data) == 3 and data[0] in SIDES:
            side, first, last = data
            if isinstance(first, int) and isinstance(last, int):
                return Focus(side, first, last)
    return None


def _follow_click(key: str) -> None:
    focus = clicked(st.session_state[key])
    if focus:
        st.session_state[SIDE_KEY] = focus.side


def _run_of(runs: list[Stretch], focus: Focus | None) -> Stretch | None:
    """The stretch that was clicked, unless the clusters have changed since."""
    if focus is None:
        return None
    return next((run for run in runs if (run.first, run.last) == (focus.first, focus.last)), None)


def forget() -> None:
    st.session_state[TURN] += 1


def _scene(
    ws: Workspace, project: Project, side: Side, every: tuple[Still, ...], run: Stretch | None
) -> None:
    """The player, and beside it the stretch's frames, or the video in a few frames."""
    recipe = project.recipe(side)
    is_folder = load(ws.store, recipe, "video").is_folder
    with st.container(key="wide_scene"):
        left, right = st.columns([1, 1.35], gap="medium")
    with left:
        if is_folder:
            st.caption("This source is a folder of frames, so there is no video to play.")
        else:
            name = f"clusters_player_{key(recipe, 'video')[:8]}"
            play_from(name, run.start_s if run else None)
            player(name, recipe)
    with right:
        if run is None:
            st.markdown(f"**The {video_label(project, side)} in short**")
            labels = load(ws.store, recipe, "clusters").labels
            times_s = load(ws.store, recipe, "pairs").times_s
            shown = [every[(r.first + r.last) // 2] for r in longest(stretches(labels, times_s), DIGEST)]
            strip(recipe, shown, columns=3)
            return
        shown = every[run.first : run.last + 1]
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            span = f"{clock(run.start_s)} – {clock(run.end_s)}, {_pairs(len(shown))}"
            cluster_title(run.cluster, cluster_label(run.cluster, names(ws, recipe)), span)
            st.button(
                "Show all", key="clusters_clear", icon=":material/close:", on_click=forget, type="tertiary"
            )
        with st.container(height=PANEL_PX, border=False):
            strip(recipe, spread(shown, MAX_STILLS), columns=3)


def _pairs(n: int) -> str:
    return f"{n} {'pair' if n == 1 else 'pairs'}"
