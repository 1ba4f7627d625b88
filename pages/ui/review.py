"""The review queue: one segment at a time where speech and burnt-in subtitles disagree (paper §4.2.2)."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from pages.ui.job import follow
from pages.ui.pairs import refuse
from services.align_acts import Act, do
from services.disagreements import Disagreement, Piece
from services.labels import clock, video_label
from services.media_urls import frame_url
from services.recipe import Project, Recipe, Side
from services.review import decide, frame_of, other_reading, review
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
    recipe = project.recipe(side)
    put_off: set[int] = st.session_state.setdefault(f"align_{side}_put_off", set())
    found = review(recipe, load(ws.store, recipe, TEXTS), load(ws.store, twin, TEXTS), put_off)
    if found.current is None:
        _ended(side, found.n_all, found.n_decided, found.n_put_off)
        return
    place = found.n_decided + found.n_put_off + 1
    st.progress(place / found.n_all, f"**{place} of {found.n_all}** · {clock(found.current.start_s)}")
    frame, words = st.columns([1, 2], gap="medium", vertical_alignment="center")
    shown = frame_of(found.current, load(ws.store, recipe, "frames"))
    with frame:
        url = escape(frame_url(key(recipe, "frames"), shown))
        st.html(f'<img src="{url}" alt="frame {shown}" style="width: 100%">')
    with words:
        _readings(found.current, recipe.transcript.language)
        _buttons(ws, project, side, found.current)


def _ended(side: Side, n_all: int, n_decided: int, n_put_off: int) -> None:
    if n_all == 0:
        st.success("Speech and subtitles say the same wherever both are there.", icon=":material/check:")
        return
    st.success(f"{n_decided} of {n_all} are decided, {n_put_off} skipped.", icon=":material/check:")
    if n_put_off and st.button("Look at the skipped ones", key="align_review_again"):
        st.session_state[f"align_{side}_put_off"] = set()
        st.rerun()


def _readings(at: Disagreement, language: str) -> None:
    for title, pieces in (("Heard", at.speech), ("Burnt in", at.burnt_in)):
        st.html(f'<p lang="{escape(language)}"><span class="d-muted">{title}</span><br>{_marked(pieces)}</p>')


def _marked(pieces: Sequence[Piece]) -> str:
    return "".join(
        f"<mark>{escape(piece.text)}</mark>" if piece.is_other else escape(piece.text) for piece in pieces
    )


def _buttons(ws: Workspace, project: Project, side: Side, at: Disagreement) -> None:
    is_edited = st.session_state.get(f"align_{side}_own") == at.segment_id
    with st.container(horizontal=True):
        takes_speech = st.button("Take speech", key="align_review_speech", shortcut="1")
        takes_burnt_in = st.button("Take burnt-in", key="align_review_burnt_in", shortcut="2")
        st.button(
            "Edit",
            key="align_review_edit",
            shortcut="3",
            on_click=_begin_edit,
            args=(side, at.segment_id),
        )
        st.button("Skip", key="align_review_skip", shortcut="4", on_click=_put_off, args=(side, at))
    if takes_speech:
        _save(ws, project, side, at, at.speech_text)
    if takes_burnt_in:
        _save(ws, project, side, at, at.burnt_in_text)
    if is_edited:
        text = st.text_area("Your text", at.burnt_in_text, key=f"align_review_text_{side}_{at.segment_id}")
        if st.button("Save this text", key="align_review_save", type="primary", disabled=not text.strip()):
            _save(ws, project, side, at, text)


def _save(ws: Workspace, project: Project, side: Side, at: Disagreement, text: str) -> None:
    speech = load(ws.store, project.recipe(side), TEXTS)
    told = f"text at {clock(at.start_s)} reviewed"
    refused = do(ws, project.project_id, side, lambda now: Act(decide(now.recipe, at, speech, text), told))
    refuse(refused, text)
    st.rerun()


def _begin_edit(side: Side, segment_id: int) -> None:
    st.session_state[f"align_{side}_own"] = segment_id


def _put_off(side: Side, at: Disagreement) -> None:
    st.session_state[f"align_{side}_put_off"] = {
        *st.session_state.get(f"align_{side}_put_off", set()),
        at.segment_id,
    }
