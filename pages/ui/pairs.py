"""The table of segments with their frames: cells are edited in place, and each edit is saved at once."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui.context import side_key
from pages.ui.keep_scroll import keep_scroll
from pages.ui.player import seek
from services.align_acts import cell, do, set_cell
from services.edits import PairRow
from services.labels import clock
from services.media_urls import frame_url
from services.recipe import Side
from services.recipe_key import digest
from services.timecodes import timecode
from services.workspace import Workspace

BOX = "align_box"
ROW_PX, HEIGHT_PX = 68, 620
ORIGINS = {"captions": "captions", "asr": "speech", "subtitles": "burnt in", "edited": "by hand"}
SHOWN, SEEKS = "●", "▶"


def table(
    ws: Workspace,
    project_id: str,
    side: Side,
    frames_key: str,
    rows: Sequence[PairRow],
    n_frames: int,
    shown_id: int | None,
) -> None:
    """The rows; the one whose details are shown beside the table is marked."""
    name = _name(project_id, side, rows)
    with st.container(key=BOX):
        st.data_editor(
            _data(frames_key, rows, shown_id),
            key=name,
            on_change=_take,
            args=(ws, project_id, side, name, rows),
            column_config=_columns(project_id, side, rows, n_frames),
            disabled=["picture", "origin", "edited"],
            num_rows="fixed",
            hide_index=True,
            row_height=ROW_PX,
            height=HEIGHT_PX,
        )
        keep_scroll(BOX, f"{project_id} {side}")


def shown_row(project_id: str, side: Side, rows: Sequence[PairRow]) -> PairRow | None:
    """The row that was played or edited last, else the first one."""
    wanted = st.session_state.get(side_key(project_id, side, "shown"))
    return next((row for row in rows if row.segment.id == wanted), rows[0] if rows else None)


def show(project_id: str, side: Side, segment_id: int) -> None:
    st.session_state[side_key(project_id, side, "shown")] = segment_id


def refuse(project_id: str, sentence: str, typed: object = "") -> None:
    """Keep a refusal and what was typed for the next drawing of the page."""
    st.session_state[f"align_{project_id}_refused"] = (sentence, str(typed or "")) if sentence else None


def refused(project_id: str) -> tuple[str, str] | None:
    """The sentence of the last refusal and what was typed; None when the last change was saved."""
    return st.session_state.get(f"align_{project_id}_refused")


def _data(frames_key: str, rows: Sequence[PairRow], shown_id: int | None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "play": [SHOWN if row.segment.id == shown_id else SEEKS for row in rows],
            "picture": [frame_url(frames_key, row.frames[0], 120) if row.frames else None for row in rows],
            "start": [timecode(row.segment.start_s) for row in rows],
            "end": [timecode(row.segment.end_s) for row in rows],
            "text": [row.segment.text for row in rows],
            "frame": pd.array([row.frames[0] if row.frames else None for row in rows], dtype="Int64"),
            "drop": [row.is_dropped for row in rows],
            "origin": [ORIGINS[row.segment.origin] for row in rows],
            "edited": ["✎" if row.is_edited else "" for row in rows],
        }
    )


def _columns(project_id: str, side: Side, rows: Sequence[PairRow], n_frames: int) -> dict[str, Any]:
    button = f"align_{side}_play"
    config = st.column_config
    return {
        "play": config.ButtonColumn(
            "",
            width=42,
            key=button,
            on_click=_seek,
            args=(project_id, side, button, [(row.segment.id, row.segment.start_s) for row in rows]),
            help="Play this moment and show the segment beside the table",
        ),
        "picture": config.ImageColumn("Frame", width=104),
        "start": config.TextColumn("Start", width=78, help="Minutes and seconds, as in 1:23.5"),
        "end": config.TextColumn("End", width=78),
        "text": config.TextColumn("Text", width=240),
        "frame": config.NumberColumn(
            "No.",
            min_value=0,
            max_value=n_frames - 1,
            step=1,
            width=62,
            help="Number of the frame (of the first one, where a text has several): type another to re-pair",
        ),
        "drop": config.CheckboxColumn("Drop", width=68, help="Leave this pair out"),
        "origin": config.TextColumn("From", width=68, help="Where the text comes from"),
        "edited": config.TextColumn("✎", width=34, help="Corrected by hand"),
    }


def _name(project_id: str, side: Side, rows: Sequence[PairRow]) -> str:
    """Key of the widget: another one when rows came or went, or when a cell differs from what is saved."""
    ids = digest(project_id, [row.segment.id for row in rows])[:8]
    turn = st.session_state.setdefault("align_turn", 0)
    name = f"align_{side}_{ids}_{turn}"
    typed: dict[int, dict[str, Any]] = st.session_state.get(f"{name}_typed", {})
    is_stale = any(
        cell(rows[at], column) != new for at, cells in typed.items() for column, new in cells.items()
    )
    if not is_stale:
        return name
    st.session_state["align_turn"] = turn + 1
    return f"align_{side}_{ids}_{turn + 1}"


def _take(ws: Workspace, project_id: str, side: Side, name: str, rows: Sequence[PairRow]) -> None:
    """Save the cells that were edited since the last time; the widget tells all edits since its beginning."""
    typed: dict[int, dict[str, Any]] = st.session_state.setdefault(f"{name}_typed", {})
    refuse(project_id, "")
    for at, cells in st.session_state[name]["edited_rows"].items():
        for column, new in cells.items():
            saved = typed.setdefault(at, {})
            seen = (saved[column],) if column in saved else ()
            if new in seen:
                continue
            row, saved[column] = rows[at], new
            act = partial(
                set_cell,
                segment_id=row.segment.id,
                column=column,
                seen=(cell(row, column), *seen),
                new=new,
            )
            refusal = do(ws, project_id, side, act)
            if refusal:
                refuse(project_id, refusal, new if column == "text" else "")
            show(project_id, side, row.segment.id)


def _seek(project_id: str, side: Side, button: str, places: Sequence[tuple[int, float]]) -> None:
    segment_id, start_s = places[st.session_state[button]["row"]]
    show(project_id, side, segment_id)
    seek(side_key(project_id, side, "player"), start_s)


def told_frames(row: PairRow, times_s: Sequence[float]) -> str:
    """Which frames a segment is paired with, in words."""
    if not row.frames:
        return "in no frame: nothing of the video falls to it"
    first = f"frame {row.frames[0]} at {clock(times_s[row.frames[0]])}"
    return first if len(row.frames) == 1 else f"{len(row.frames)} frames from {first} on"
