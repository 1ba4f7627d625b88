"""The table of frame–segment pairs, with thumbnails, and the sentence that says how it was made."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from services import choose
from services.edits import PairRow
from services.labels import clock
from services.media_urls import frame_url
from services.recipe import Project, Recipe, Side, digest
from services.stages import have, load
from services.workspace import Workspace

HINT = "If the texts are right and only their times are wrong, choose “Evenly spread” above."


def method_choice(project: Project, side: Side) -> str:
    """How texts find their frames: the name in choose.ALIGNMENTS that is picked."""
    current = project.recipe(side).alignment.method
    chosen = st.segmented_control(
        "How texts find their frames",
        list(choose.ALIGNMENTS),
        default=current,
        required=True,
        format_func=lambda name: choose.ALIGNMENTS[name][0],
        key=f"align_method_{side}_{project.revision}",
        width="content",
        help="  \n".join(f"**{title}**: {why}" for title, why in choose.ALIGNMENTS.values()),
    )
    return chosen or current


def summary(ws: Workspace, recipe: Recipe) -> None:
    """How many pairs, by which method and why, and the share of words without a vector once it is known."""
    made = load(ws.store, recipe, "pairs")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.metric("Pairs", len(made.texts), width="content")
        st.metric("Method", choose.ALIGNMENTS[made.method][0], width="content")
        if have(ws.store, recipe, "dataset"):
            unknown = load(ws.store, recipe, "dataset").unknown
            st.metric("Words without a vector", f"{unknown:.1%}", width="content")
        st.caption(made.reason, width="stretch")


def corrections(lines: Sequence[str]) -> None:
    """The saved corrections, one a line."""
    if not lines:
        st.caption(
            "No corrections yet. Double-click a text or a frame number to change it, tick *Drop* to leave a "
            "pair out, press *Play* to see the moment."
        )
        return
    st.markdown(f"**Corrections** · {len(lines)}")
    with st.container(height=240, border=False):
        for line in lines:
            st.text(line)


def table(
    side: Side, frames_key: str, rows: Sequence[PairRow], n_frames: int, recipe: Recipe, *, has_player: bool
) -> list[dict[str, Any]]:
    """The editable table; gives back what it shows now, one mapping for each row."""
    state = digest(recipe.edits, frames_key)[:8]  # saved corrections begin a new table
    data = pd.DataFrame(
        {
            "picture": [frame_url(frames_key, row.frame, 240) for row in rows],
            "time": [clock(row.time_s) for row in rows],
            "text": [row.text for row in rows],
            "frame": [row.frame for row in rows],
            "drop": [row.is_dropped for row in rows],
            "play": ["Play"] * len(rows),
        }
    )
    shown = st.data_editor(
        data,
        key=f"align_{side}_{state}",
        column_order=["picture", "time", "text", "frame", "drop", *(["play"] if has_player else [])],
        column_config=_columns(side, rows, n_frames),
        disabled=["picture", "time"],
        num_rows="fixed",
        hide_index=True,
        row_height=76,
        height=560,
    )
    columns = (shown[name].tolist() for name in ("text", "frame", "drop"))
    return [{"text": text, "frame": frame, "drop": drop} for text, frame, drop in zip(*columns, strict=True)]


def _columns(side: Side, rows: Sequence[PairRow], n_frames: int) -> dict[str, Any]:
    seek = f"align_{side}_play"
    return {
        "picture": st.column_config.ImageColumn("Frame", width=118),
        "time": st.column_config.TextColumn("Start", disabled=True, width=58),
        "text": st.column_config.TextColumn("Text", width=342, max_chars=2000),
        "frame": st.column_config.NumberColumn(
            "No.",
            min_value=0,
            max_value=n_frames - 1,
            step=1,
            width=58,
            help="Number of the frame: type another one to re-pair",
        ),
        "drop": st.column_config.CheckboxColumn("Drop", width=72, help="Leave this pair out"),
        "play": st.column_config.ButtonColumn(
            "Video",
            width=74,
            key=seek,
            on_click=_seek,
            args=(side, seek, tuple(row.time_s for row in rows)),
        ),
    }


def as_shown(rows: Sequence[PairRow]) -> list[dict[str, Any]]:
    """What `table` gives back as long as nobody has edited it."""
    return [{"text": row.text, "frame": row.frame, "drop": row.is_dropped} for row in rows]


def _seek(side: Side, button: str, starts_s: tuple[float, ...]) -> None:
    st.session_state[f"align_{side}_seek"] = starts_s[st.session_state[button]["row"]]
