"""More videos of the topic: their themes against each other, same culture beside other culture."""

import streamlit as st

from pages.ui.context import here
from pages.ui.parts import STILL
from services import figures, jobs
from services.labels import without_markdown
from services.languages import language_name
from services.recipe import Project
from services.stages import have_comparison
from services.video_blocks import (
    Video,
    VideoPair,
    block_map,
    candidates,
    kinds_of_pairs,
    pairs_of,
    told,
    videos_of,
)
from services.workspace import Workspace


def more_videos(ws: Workspace, project: Project) -> None:
    st.caption(
        "Is a difference one of cultures, or only of two channels? Lay more videos of the topic beside "
        "these: pairs within one language show how alike two videos of one culture are."
    )
    others = candidates(ws.store, project, ws.projects.all())
    if not others:
        st.info("No other project of the Library has its tags for both videos yet.", icon=":material/info:")
        st.page_link("sources.py", label="Start another project", icon=":material/add:")
        st.page_link("library.py", label="Library", icon=":material/folder_open:", query_params=here(project))
        return
    by_id = {other.project_id: other for other in others}
    wanted = st.multiselect(
        "Projects of the same topic",
        list(by_id),
        format_func=lambda name: by_id[name].topic,
        key="compare_more",
        placeholder="Choose projects",
        max_selections=5,
    )
    if not wanted:
        return
    videos = videos_of([project, *(by_id[name] for name in wanted)])
    pairs = pairs_of(project, videos)
    _missing(ws, pairs)
    _blocks(ws, videos, pairs)


@st.fragment(run_every=2.0)
def _missing(ws: Workspace, pairs: tuple[VideoPair, ...]) -> None:
    """A button for the pairs that are not compared yet, and how far they are."""
    lacking = [pair for pair in pairs if not have_comparison(ws.store, pair.project)]
    states = [jobs.status(ws, pair.project, "both", "significance").state for pair in pairs]
    n_busy = sum(state in ("queued", "running") for state in states)
    before = st.session_state.get("compare_more_busy", 0)
    st.session_state["compare_more_busy"] = n_busy
    if n_busy:
        st.progress(1 - n_busy / len(pairs), f"Comparing: {n_busy} pairs of videos are left")
    elif before:
        st.rerun()
    open_pairs = [pair for pair, state in zip(pairs, states, strict=True) if state not in _SETTLED]
    if open_pairs and not n_busy:
        words = f"{len(lacking)} of {len(pairs)} pairs of videos are not compared yet. " if lacking else ""
        st.caption(f"{words}{len(open_pairs)} are not held against chance.")
        st.button(
            "Compare the pairs that are left",
            key="compare_more_start",
            icon=":material/play_arrow:",
            on_click=_start,
            args=(ws, open_pairs),
        )


_SETTLED = ("done", "queued", "running")


def _start(ws: Workspace, pairs: list[VideoPair]) -> None:
    for pair in pairs:
        jobs.submit(ws, pair.project, "both", "significance")


def _blocks(ws: Workspace, videos: tuple[Video, ...], pairs: tuple[VideoPair, ...]) -> None:
    kinds = kinds_of_pairs(ws.store, videos, pairs)
    if not kinds:
        return
    st.info(told(kinds), icon=":material/public:")
    st.dataframe(
        [
            {
                "Languages": kind.title,
                "Culture": "the same" if kind.is_same_culture else "two",
                "Pairs of videos": kind.n_pairs,
                "Best match of a theme": kind.best,
            }
            for kind in kinds
        ],
        hide_index=True,
        key="compare_more_kinds",
        column_config={"Best match of a theme": st.column_config.NumberColumn(format="%.2f")},
    )
    st.plotly_chart(
        figures.block_heatmap(block_map(ws.store, videos, pairs)), key="compare_blocks", config=STILL
    )
    legend = [
        f"{video.label}: {without_markdown(video.title)} ({language_name(video.language)})"
        for video in videos
    ]
    st.caption("Hatched cells are not above chance, or were not held against it. " + " · ".join(legend))
