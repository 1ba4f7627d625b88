"""The heatmap of a comparison: what a cell is, the cells to click, and the evidence of the chosen one."""

from typing import Any

import streamlit as st

from pages.ui import comparing
from pages.ui.context import theme
from pages.ui.storing import store
from services import choose, figures
from services.backends import find
from services.export import known_significance
from services.labels import video_label, without_markdown
from services.measures import MEASURES
from services.recipe import Project
from services.records import Comparison
from services.views import Cell
from services.workspace import Workspace

KEY = "compare_heatmap"


def measure_choice(ws: Workspace, project: Project, *, has_glosses: bool) -> None:
    """How likeness is measured, and of which words; another choice is stored.

    has_glosses: whether some tags have an English of their own, which may stand in for them
    """
    now, names = project.comparing.measure, list(MEASURES)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"compare_measure_{now}"
        st.segmented_control(
            "How alike two themes are",
            names,
            default=now,
            required=True,
            format_func=lambda name: MEASURES[name].title,
            key=key,
            on_change=store,
            args=(ws, project, key, choose.with_measure, lambda _: "measure of the comparison changed"),
        )
        if has_glosses or project.comparing.in_english:
            _words_choice(ws, project)
    meaning = MEASURES[now].meaning.format(n=project.comparing.n_best)
    vectors = without_markdown(find("phrases", project.comparing.phrases).title)
    st.caption(f"{meaning} Phrase vectors: {vectors}, to be changed on the Models page.")


def _words_choice(ws: Workspace, project: Project) -> None:
    key = f"compare_english_{project.comparing.in_english}"
    st.segmented_control(
        "Which words are compared",
        (False, True),
        default=project.comparing.in_english,
        required=True,
        format_func=lambda is_english: "In English" if is_english else "As they are",
        key=key,
        on_change=store,
        args=(ws, project, key, choose.with_tags_in_english, _told_words),
        help="The phrase vectors know many languages and compare tags as they are. In English, tags that "
        "are not stand in by their English: a check that the likeness is not a matter of language.",
    )


def _told_words(project: Project) -> str:
    return f"Tags compared {'in English' if project.comparing.in_english else 'as they are'}"


def heat(ws: Workspace, project: Project, comparison: Comparison, found: tuple[Cell, ...]) -> None:
    """The heatmap; a click on a cell shows its evidence below."""
    significance = known_significance(ws.store, project)
    shown = chosen_cell(st.session_state.get(KEY), found)
    st.plotly_chart(
        figures.similarity_heatmap(
            comparison,
            left_title=video_label(project, "left"),
            right_title=video_label(project, "right"),
            theme=theme(),
            significance=significance,
            chosen=None if shown is None else (shown.left.cluster, shown.right.cluster),
            notes={
                (cell.left.cluster, cell.right.cluster): f"closest tags: {cell.tag_pairs[0].told}"
                for cell in found
                if cell.tag_pairs
            },
        ),
        key=KEY,
        on_select="rerun",
        selection_mode="points",
        config={"displaylogo": False, "displayModeBar": False},
    )
    hatched = "Hatched cells are not above chance. " if significance is not None else ""
    st.caption(f"{hatched}Click a cell to see its two themes side by side.")
    if shown is not None:
        comparing.evidence(ws, project, shown, "chosen", chance_note(ws, project, shown))


def chance_note(ws: Workspace, project: Project, cell: Cell) -> str:
    """What chance gives this cell, in words; "" where it was not asked."""
    found = known_significance(ws.store, project)
    if found is None:
        return ""
    i, j = cell.left.cluster, cell.right.cluster
    word = "Above chance" if found.is_above[i, j] else "Not above chance"
    return (
        f"{word}: chance gives {found.null_mean[i, j]:.2f} ± {found.null_sd[i, j]:.2f}. The value's 95 % "
        f"interval is {found.low[i, j]:.2f} to {found.high[i, j]:.2f}; p = {found.p[i, j]:.4f}, after "
        f"allowing for the number of cells q = {found.q[i, j]:.3f}."
    )


def chosen_cell(event: Any, found: tuple[Cell, ...]) -> Cell | None:
    """The cell that plotly reports as clicked; its clusters come as a list or a mapping."""
    points = event["selection"]["points"] if event else []
    for point in points:
        data = point.get("customdata")
        pair = tuple(int(n) for n in (data.values() if isinstance(data, dict) else data or ()))
        for cell in found:
            if (cell.left.cluster, cell.right.cluster) == pair:
                return cell
    return None
