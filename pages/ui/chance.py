"""What the numbers allow: themes that both videos tell, and themes that only one of them tells."""

import streamlit as st

from pages.ui import comparing
from pages.ui.heat import chance_note
from pages.ui.job import follow
from pages.ui.parts import chips
from services.labels import clock, video_label, without_markdown
from services.recipe import SIDES, Project, Side
from services.records import Comparison, Themes
from services.screen_time import screen_times
from services.shared_themes import SharedThemes, shared_themes, told
from services.stages import load, load_significance
from services.views import of_cluster, stills
from services.workspace import Workspace


def is_tested(ws: Workspace, project: Project) -> bool:
    """Whether chance is known; otherwise shows the job that asks it, which begins by itself."""
    return follow(
        ws, project, "both", "significance", what="Holding the cells against chance", is_primary=False
    )


def shared(ws: Workspace, project: Project, comparison: Comparison, left: Themes, right: Themes) -> None:
    """The sentence, the themes of both videos with their evidence, and the themes of one alone."""
    significance = load_significance(ws.store, project)
    found = shared_themes(comparison, significance, left, right)
    st.subheader("What both videos tell, and what only one does", anchor=False)
    st.info(without_markdown(told(found)), icon=":material/balance:")
    for cell in found.matched:
        comparing.evidence(ws, project, cell, "shared", chance_note(ws, project, cell))
    for cell in found.also:
        note = "Above chance too, but one of the two is matched more closely with another theme. "
        comparing.evidence(ws, project, cell, "also", note + chance_note(ws, project, cell))
    _only(ws, project, found, left, right)


def _only(ws: Workspace, project: Project, found: SharedThemes, left: Themes, right: Themes) -> None:
    of_side = {"left": (left, found.only_left), "right": (right, found.only_right)}
    for side in SIDES:
        themes, clusters = of_side[side]
        name = video_label(project, side)
        st.markdown(f"**Only in the {name}**")
        if not clusters:
            st.caption("Each of its themes is above chance with one of the other video.")
            continue
        st.caption(
            "No theme of the other video matches these above chance. That is what the tags show; it is no "
            "proof that the other video is silent about them. Where it has too few clusters, a theme can "
            "hide in a wider one: try one cluster more, and compare again."
        )
        for cluster in clusters:
            _alone(ws, project, side, themes, cluster)


def _alone(ws: Workspace, project: Project, side: Side, themes: Themes, cluster: int) -> None:
    recipe = project.recipe(side)
    pairs, clustering = load(ws.store, recipe, "pairs"), load(ws.store, recipe, "clusters")
    seconds = float(screen_times(clustering, pairs)[cluster])
    own = of_cluster(stills(pairs, clustering), cluster)
    theme = next(each for each in themes.themes if each.cluster == cluster)
    with st.container(border=True, key=f"card_only_{side}_{cluster}"):
        comparing.theme_card(ws, project, side, theme, n_frames=5)
        n_segments = len({int(pairs.segment_index[still.pair]) for still in own})
        st.caption(f"{clock(seconds)} on screen, {n_segments} segments")
        chips(theme.tags)
