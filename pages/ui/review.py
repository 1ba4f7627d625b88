"""The review queue: one segment at a time where speech and burnt-in subtitles disagree (paper §4.2.2)."""

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from pages.ui.context import side_key
from pages.ui.job import follow
from pages.ui.pairs import refuse
from services.align_acts import do
from services.disagreements import Disagreement, Piece
from services.labels import clock, video_label
from services.media_urls import frame_url
from services.recipe import Project, Recipe, Side
from services.review import Review, decide, frame_of, other_reading, review
from services.stages import have, key, load
from services.workspace import Workspace

TEXTS = "transcript"  # the stage that holds a side's text as it was got


def queue(ws: Workspace, project: Project, side: Side) -> None:
    """The queue of this side; nothing where the text is not recognized speech."""
    recipe, name = project.recipe(side), video_label(project, side)
    twin = other_reading(recipe)
    if twin is None:
        return
    is_read = have(ws.store, twin, TEXTS)
    with st.expander(
        "Check the speech against burnt-in subtitles", icon=":material/compare_arrows:", expanded=is_read
    ):
        is_read = follow(
            ws,
            project.with_recipe(side, twin),
            side,
            TEXTS,
            what=f"Reading the subtitles of the {name}",
            start="Read the subtitles in the picture",
            is_primary=False,
        )
        if is_read:
            _drawn(ws, project, side, twin)


def _drawn(ws: Workspace, project: Project, side: Side, twin: Recipe) -> None:
    recipe, waiting = project.recipe(side), side_key(project.project_id, side, "put_off")
    put_off: set[int] = st.session_state.setdefault(waiting, set())
    found = review(recipe, load(ws.store, recipe, TEXTS), load(ws.store, twin, TEXTS), put_off)
    if found.current is None:
        _ended(found, waiting)
        return
    n_done = found.n_decided + found.n_put_off
    told = f"**{n_done + 1} of {found.n_all}** · {clock(found.current.start_s)}"
    st.progress(n_done / found.n_all, told)
    frame, words = st.columns([1, 2], gap="medium", vertical_alignment="center")
    shown = frame_of(found.current, load(ws.store, recipe, "frames"))
    with frame:
        url = escape(frame_url(key(recipe, "frames"), shown))
        st.html(f'<img src="{url}" alt="frame {shown}" style="width: 100%">')
    with words:
        _readings(found.current, recipe.transcript.language)
        _buttons(ws, project, side, found.current)


def _ended(found: Review, waiting: str) -> None:
    if found.n_all == 0:
        st.success("Speech and subtitles say the same wherever both are there.", icon=":material/check:")
        return
    told = f"{found.n_decided} of {found.n_all} are decided, {found.n_put_off} skipped."
    st.success(told, icon=":material/check:")
    if found.n_put_off and st.button("Look at the skipped ones", key="align_review_again"):
        st.session_state[waiting] = set()
        st.rerun()


def _readings(at: Disagreement, language: str) -> None:
    for title, pieces in (("Heard", at.speech), ("Burnt in", at.burnt_in)):
        st.html(f'<p lang="{escape(language)}"><span class="d-muted">{title}</span><br>{_marked(pieces)}</p>')


def _marked(pieces: Sequence[Piece]) -> str:
    return "".join(
        f"<mark>{escape(piece.text)}</mark>" if piece.is_other else escape(piece.text) for piece in pieces
    )


def _buttons(ws: Workspace, project: Project, side: Side, at: Disagreement) -> None:
    own, waiting = (side_key(project.project_id, side, name) for name in ("own", "put_off"))
    take = partial(_save, ws, project.project_id, side, at)
    # A press is meant for the segment that was shown: keys with its id, and acts that know it.
    of = f"{side}_{at.segment_id}"
    with st.container(horizontal=True):
        for label, key_, shortcut, act in (
            ("Take speech", f"align_review_speech_{of}", "1", partial(take, at.speech_text)),
            ("Take burnt-in", f"align_review_burnt_in_{of}", "2", partial(take, at.burnt_in_text)),
            ("Edit", f"align_review_edit_{of}", "3", partial(_begin_edit, own, at)),
            ("Skip", f"align_review_skip_{of}", "4", partial(_put_off, waiting, at)),
        ):
            st.button(label, key=key_, shortcut=shortcut, on_click=act)
    if st.session_state.get(own) == at.segment_id:
        field = f"align_review_text_{of}"
        text = st.text_area("Your text", at.burnt_in_text, key=field)
        st.button(
            "Save this text",
            key=f"align_review_save_{of}",
            type="primary",
            disabled=not text.strip(),
            on_click=lambda: take(st.session_state[field]),
        )


def _save(ws: Workspace, project_id: str, side: Side, at: Disagreement, text: str) -> None:
    refuse(project_id, do(ws, project_id, side, lambda now: decide(now, at, text)), text)


def _begin_edit(own: str, at: Disagreement) -> None:
    st.session_state[own] = at.segment_id


def _put_off(waiting: str, at: Disagreement) -> None:
    st.session_state[waiting] = {*st.session_state.get(waiting, set()), at.segment_id}
