"""Step 2: which words go with which frame; correct texts, re-pair, leave out, undo (paper §4.1.2, §4.2.2)."""

import streamlit as st

from pages.ui import pairs
from pages.ui.context import context, unlocked
from pages.ui.job import follow
from pages.ui.parts import intro, next_step, player, side_switch, undo_button
from services import choose
from services.edits import edited_rows, edits_from, original_rows, told
from services.labels import video_label
from services.stages import have, key, load

intro(
    "Align",
    "Each text segment is paired with one frame. Correct what was misheard, choose another frame, or leave "
    "a pair "
    "out; the model learns from these pairs.",
)
ws, project = context()
unlocked(ws, project, "align")
side = side_switch(project, "align_side")
recipe = project.recipe(side)
frames, transcript = load(ws.store, recipe, "frames"), load(ws.store, recipe, "segments")
video = load(ws.store, recipe, "video")
original = original_rows(frames, transcript, recipe.alignment)
rows = edited_rows(original, recipe.edits)
is_ready = follow(ws, project, side, "pairs", what=f"Pairing the {video_label(project, side)}")
if is_ready:
    pairs.summary(ws, recipe)

table, beside = st.columns([1.9, 1], gap="medium")
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
            what = f"{len(set(edits) ^ set(recipe.edits))} corrections, {video_label(project, side)}"
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
    lines = told(recipe.edits, original)
    st.markdown(f"**Corrections** · {len(lines)}" if lines else "**Corrections** · none yet")
    with st.container(height=240, border=False):
        for line in lines:
            st.text(line)

if all(have(ws.store, other, "pairs") for other in (project.left, project.right)):
    next_step(project, "train", "train a model on each video")
