"""One segment beside the table: its text, what can be done with it, and the frames around its own."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from pages.ui.pairs import ORIGINS, refuse, told_frames
from services import align_acts
from services.align_acts import Act, Sheet
from services.edits import PairRow
from services.labels import clock, without_markdown
from services.media_urls import frame_url
from services.recipe import Side
from services.recipe_key import digest
from services.timecodes import timecode
from services.workspace import Workspace

N_AROUND = 3  # frames on each side


def panel(ws: Workspace, project_id: str, side: Side, now: Sheet, row: PairRow, frames_key: str) -> None:
    """The segment's text field, buttons and neighbouring frames; each change is saved at once."""
    segment = row.segment
    act = partial(_act, ws, project_id, side)
    marks = [ORIGINS[segment.origin], *(["dropped"] if row.is_dropped else [])]
    times_s = now.frames.times_s.tolist()
    st.markdown(f"**{timecode(segment.start_s)} – {timecode(segment.end_s)}** · {' · '.join(marks)}")
    text_key = f"align_text_{side}_{segment.id}_{digest(segment.text)[:8]}"
    with st.container(key="align_field"):
        st.text_area(
            "Text of this segment",
            segment.text,
            key=text_key,
            height=104,
            on_change=_write,
            args=(ws, project_id, side, row, text_key),
            help="It is saved when you leave the field, or with Ctrl+Enter. A line break is where Split "
            "divides; without one, Split divides near the middle.",
        )
    if row.original is not None:
        was = row.original or "nothing: this segment was inserted"
        st.caption(f"As it was got: {without_markdown(was)}")
    _buttons(act, row, text_key)
    st.caption(f"Paired with {told_frames(row, times_s)}. Another frame is a click away:")
    _around(act, row, frames_key, times_s)


def _buttons(act: Callable[..., None], row: PairRow, text_key: str) -> None:
    at = row.segment.id
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Split",
            key="align_split",
            icon=":material/content_cut:",
            on_click=_split,
            args=(act, at, text_key),
        )
        st.button(
            "Merge with next",
            key="align_merge",
            icon=":material/merge:",
            on_click=act,
            args=(partial(align_acts.merge, segment_id=at),),
        )
        with st.popover("Insert after", icon=":material/add:", key="align_insert_open"):
            st.text_area("Words that are missing", key=f"align_insert_text_{at}", height=80)
            st.button(
                "Insert",
                key="align_insert",
                type="primary",
                on_click=_insert,
                args=(act, at, f"align_insert_text_{at}"),
            )
        st.button(
            "Take in again" if row.is_dropped else "Drop",
            key="align_drop",
            icon=":material/undo:" if row.is_dropped else ":material/block:",
            on_click=act,
            args=(partial(align_acts.drop, segment_id=at, is_dropped=not row.is_dropped),),
        )
        if row.original is not None:
            st.button(
                "Back to the original",
                key="align_restore",
                icon=":material/history:",
                on_click=act,
                args=(partial(align_acts.restore, segment_id=at),),
            )


def _around(act: Callable[..., None], row: PairRow, frames_key: str, times_s: Sequence[float]) -> None:
    centre = row.frames[0] if row.frames else _nearest(row.segment.start_s, times_s)
    first = max(0, min(centre - N_AROUND, len(times_s) - 2 * N_AROUND - 1))
    around = range(first, min(len(times_s), first + 2 * N_AROUND + 1))
    with st.container(horizontal=True, gap="xsmall", key="align_around"):
        for place, frame in enumerate(around):
            picture = f"![frame {frame}]({frame_url(frames_key, frame, 120)})"
            st.button(
                f"{picture} {clock(times_s[frame])}",
                key=f"align_near_{place}",
                type="primary" if frame in row.frames else "secondary",
                on_click=act,
                args=(partial(align_acts.pair, segment_id=row.segment.id, frame=frame),),
                help=f"Frame {frame}",
            )


def _nearest(time_s: float, times_s: Sequence[float]) -> int:
    return min(range(len(times_s)), key=lambda frame: abs(times_s[frame] - time_s))


def _act(ws: Workspace, project_id: str, side: Side, act: Callable[[Sheet], Act]) -> None:
    refuse(project_id, align_acts.do(ws, project_id, side, act))


def _write(ws: Workspace, project_id: str, side: Side, row: PairRow, text_key: str) -> None:
    typed = st.session_state[text_key]
    seen = (row.segment.text,)
    act = partial(align_acts.set_cell, segment_id=row.segment.id, column="text", seen=seen, new=typed)
    refuse(project_id, align_acts.do(ws, project_id, side, act), typed)


def _split(act: Callable[..., None], segment_id: int, text_key: str) -> None:
    act(partial(align_acts.split, segment_id=segment_id, typed=st.session_state.get(text_key, "")))


def _insert(act: Callable[..., None], after_id: int, text_key: str) -> None:
    act(partial(align_acts.insert, after_id=after_id, typed=st.session_state[text_key]))
