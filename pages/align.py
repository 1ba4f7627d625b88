"""Step 2: which words go with which frame; correct texts, re-pair, leave out, undo (paper §4.1.2, §4.2.2)."""

import streamlit as st

from pages.ui import pairs, review
from pages.ui.context import context, unlocked
from pages.ui.job import follow
from pages.ui.parts import intro, next_step, other_side, player, side_switch, undo_button
from services import choose
from services.edits import edited_rows, edits_from, told
from services.labels import video_label
from services.stages import key, load
from services.views import rows_to_edit

intro(
    "Align",
    "Each piece of text goes with one frame; the model learns from these pairs. Look them through: correct "
    "what was misheard, choose another frame, or leave a pair out. Then train.",
)
ws, project = context()
unlocked(ws, project, "align")
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    side = side_switch(project, "align_side")
    method = pairs.method_choice(project, side)
recipe, name = project.recipe(side), video_label(project, side)
if method != recipe.alignment.method:
    told_method = choose.ALIGNMENTS[method][0].lower()
    ws.projects.save(choose.with_alignment(project, side, method), f"pairing of the {name}: {told_method}")
    st.rerun()
frames, transcript = load(ws.store, recipe, "frames"), load(ws.store, recipe, "segments")
video = load(ws.store, recipe, "video")
is_ready = follow(ws, project, side, "pairs", what=f"Pairing the {name}", hint=pairs.HINT)
if is_ready:
    pairs.summary(ws, recipe)
review.queue(ws, project, side)
original = rows_to_edit(frames, transcript, recipe.alignment)
if not original:
    st.stop()
rows = edited_rows(original, recipe.edits)

with st.container(key="wide_pairs"):
    table, beside = st.columns([2, 1], gap="medium")
with table:
    seen = pairs.table(
        side, key(recipe, "frames"), rows, len(frames.times_s), recipe, has_player=not video.is_folder
    )
    is_changed = seen != pairs.as_shown(rows)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Save corrections",
            key="align_save",
            type="primary",
            icon=":material/save:",
            disabled=not is_changed,
        ):
            edits = edits_from(original, seen, len(frames.times_s))
            n_new = len(set(edits) ^ set(recipe.edits))
            what = f"{n_new} correction{'' if n_new == 1 else 's'}, {name}"
            ws.projects.save(choose.with_edits(project, side, edits), what)
            st.toast("Corrections saved.", icon=":material/check:")
            st.rerun()
        if is_changed:
            st.caption("Not saved yet. Training starts from the saved pairs.")
        else:
            undo_button(ws, project, "align_undo")
with beside:
    if video.is_folder:
        st.caption("This source is a folder of frames, so there is no video to play.")
    else:
        start_s = st.session_state.get(f"align_{side}_seek")
        player(recipe, start_s=start_s or 0.0, autoplay=start_s is not None)
    pairs.corrections(told(recipe.edits, original))

other = other_side(side)
if is_ready and follow(ws, project, other, "pairs", what=f"Pairing the {video_label(project, other)}"):
    next_step(project, "train", "train a model on each video")
