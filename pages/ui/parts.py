"""Pieces that several pages draw. Text of people and videos is always escaped."""

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

from pages.ui.context import here, theme
from services.labels import clock, shortened, video_label, without_markdown
from services.languages import language_name
from services.media_urls import frame_url
from services.palette import cluster_colour
from services.project_log import next_redo, next_undo
from services.recipe import SIDES, Project, Recipe, Side
from services.records import Tag
from services.stages import key
from services.views import Still
from services.workspace import Workspace

STILL = {
    "displayModeBar": False
}  # plotly's own buttons lie over titles, and there is nothing to do with them
UNDO_COLUMNS, HELP_COLUMNS = 60, 300
# How a tag's medium is marked, and what the mark means.
MARKS = {
    "image": ("*", "seen in the pictures"),
    "text": ("†", "said in the words"),
    "both": ("*†", "seen and said"),
    "unsupported": ("?", "found in neither"),
}


def intro(title: str, lead: str) -> None:
    """The page's title and the one line on what it is for."""
    st.title(title, anchor=False)
    st.html(f'<p class="d-lead">{escape(lead)}</p>')


def language(recipe: Recipe) -> str:
    return language_name(recipe.transcript.language)


def side_name(project: Project, side: Side) -> str:
    """'English video · its title', short enough for a button."""
    title = without_markdown(shortened(project.recipe(side).source.title, 36))
    return f"{video_label(project, side)} · {title}" if title else video_label(project, side)


def side_switch(project: Project, key: str) -> Side:
    """Which of the two videos the page shows; kept in the URL."""
    chosen = st.segmented_control(
        "Video",
        SIDES,
        default="left",
        required=True,
        format_func=lambda side: side_name(project, side),
        key=key,
        label_visibility="collapsed",
        bind="query-params",
    )
    return "right" if chosen == "right" else "left"


def other_side(side: Side) -> Side:
    return "left" if side == "right" else "right"


def next_step(project: Project, page: str, label: str) -> None:
    with st.container(key="next"):
        st.page_link(
            f"{page}.py",
            label=f"**Next: {label}**",
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params=here(project),
        )


def strip(recipe: Recipe, stills: Iterable[Still], *, columns: int = 0, has_text: bool = True) -> None:
    """Frames with time and text under each, coloured by cluster where one is given.

    columns: in a grid that fills the width; 0 puts them in one row that scrolls
    """
    frames = key(recipe, "frames")
    figures = "".join(_figure(frames, still, has_text) for still in stills)
    kind, size = ("d-grid", f"--n: {columns}") if columns else ("d-strip", "--w: 150px")
    lang = escape(recipe.transcript.language)
    st.html(f'<div class="{kind}" style="{size}" lang="{lang}">{figures}</div>')


def _figure(frames: str, still: Still, has_text: bool) -> str:
    colour = "transparent" if still.cluster is None else cluster_colour(still.cluster, theme())
    url = frame_url(frames, still.frame, 240)
    words = f"<span>{escape(still.text)}</span>" if has_text and still.text else ""
    return (
        f'<figure style="--c: {colour}" title="{escape(still.text)}">'
        f'<img src="{url}" loading="lazy" alt="frame {still.frame}">'
        f"<figcaption><b>{clock(still.time_s)}</b>{words}</figcaption></figure>"
    )


def cluster_title(cluster: int, name: str, note: str = "", *, beside: str = "") -> None:
    """The cluster's colour and name; beside: html at the end of the line."""
    colour = cluster_colour(cluster, theme())
    muted = f' <span class="d-muted">{escape(note)}</span>' if note else ""
    st.html(
        f'<div><span class="d-swatch" style="--c: {colour}"></span>'
        f'<bdi class="d-name">{escape(name)}</bdi>{muted}{beside}</div>'
    )


def chips(tags: Sequence[Tag]) -> None:
    """Tags as chips, each marked with the medium that it comes from."""
    made = "".join(
        f'<span class="d-chip {tag.medium}" title="{MARKS[tag.medium][1]} ({tag.score:.2f})">'
        f"{escape(tag.text)}<i>{MARKS[tag.medium][0]}</i></span>"
        for tag in tags
    )
    st.html(f'<div class="d-chips">{made}</div>')


def marks_legend() -> None:
    told = " · ".join(f"<b>{mark}</b> {meaning}" for mark, meaning in MARKS.values())
    st.html(f'<p class="d-muted">{told}</p>')


def undo_button(ws: Workspace, project: Project, key: str) -> None:
    """Takes the project's last change back, and says which one that is."""
    last = next_undo(ws.projects.changes(project.project_id))
    if last is None:
        return
    label = f"Undo: {without_markdown(shortened(last.what, UNDO_COLUMNS))}"
    if st.button(label, key=key, icon=":material/undo:"):
        ws.projects.undo(project)
        st.rerun()


def undo_and_redo(ws: Workspace, project: Project, key: str) -> None:
    """Two buttons that walk through the project's changes; their help says which one is next."""
    changes = ws.projects.changes(project.project_id)
    for name, change in (("undo", next_undo(changes)), ("redo", next_redo(changes))):
        if st.button(
            name.capitalize(),
            key=f"{key}_{name}",
            icon=f":material/{name}:",
            disabled=change is None,
            help=without_markdown(shortened(change.what, HELP_COLUMNS)) if change else None,
        ):
            (ws.projects.undo if name == "undo" else ws.projects.redo)(project)
            st.rerun()
