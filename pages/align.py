"""Step 2: which words go with which frame; correct, divide, join, re-pair, leave out, undo (paper §4)."""

import streamlit as st

from pages.ui import align_tools, methods, pairs, review
from pages.ui.context import context, here, side_key, unlocked
from pages.ui.parts import intro, next_step, other_side, side_switch, undo_and_redo
from pages.ui.player import player
from pages.ui.segment_panel import panel
from services import choose
from services.align_acts import paired, sheet
from services.labels import video_label, without_markdown
from services.reading import read_anew
from services.stages import have, key, load

HINT = "If the texts are right and only their times are wrong, choose “Evenly spread” above."
SUBTITLES = "The player shows the corrected texts; its menu of subtitles has the original ones, too."

intro(
    "Align",
    "Each piece of text goes with a frame; the model learns from these pairs. Look them through: correct "
    "what was misheard, choose another frame, or leave a pair out. Every change is saved at once.",
)
ws, project = context()
unlocked(ws, project, "align")
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    side = side_switch(project, "align_side")
    with st.container(horizontal=True, width="content"):
        undo_and_redo(ws, project, "align")
recipe, name = project.recipe(side), video_label(project, side)
now, video = sheet(ws.store, recipe), load(ws.store, recipe, "video")
problem = paired(ws.store, recipe)

with st.expander(
    "How texts find their frames", icon=":material/link:", expanded=bool(problem), key="align_how"
):
    method = methods.method_choice(project, side, now)
    methods.preview(now, video)
    resampled = methods.sampling_choice(project)
if method != recipe.alignment.method:
    told_method = choose.ALIGNMENTS[method][0].lower()
    changed = choose.with_alignment(project, side, method)
    paired(ws.store, changed.recipe(side))
    ws.projects.save(changed, f"pairing of the {name}: {told_method}")
    st.rerun()
if resampled:
    saved = read_anew(ws, project, resampled, "frames drawn another way")
    st.switch_page("sources.py", query_params=here(saved))

if problem:
    st.error(without_markdown(problem), icon=":material/error:")
    st.caption(HINT)
align_tools.summary(
    None if problem else load(ws.store, recipe, "pairs"),
    now.rows,
    load(ws.store, recipe, "dataset").unknown if have(ws.store, recipe, "dataset") else None,
)
refused = pairs.refused(project.project_id)
if refused:
    st.warning(without_markdown(refused[0]), icon=":material/undo:")
    if refused[1]:
        st.code(refused[1], language=None, wrap_lines=True)

review.queue(ws, project, side)
with st.container(horizontal=True):
    rows = align_tools.find(ws, project, side, now)
    align_tools.files(project, side, now)
shown = pairs.shown_row(project.project_id, side, rows)
frames_key = key(recipe, "frames")
with st.container(key="wide_pairs"):
    table, beside = st.columns([2.25, 1], gap="medium")
with table:
    shown_id = shown.segment.id if shown else None
    pairs.table(ws, project.project_id, side, frames_key, rows, len(now.frames.times_s), shown_id)
with beside:
    if video.is_folder:
        st.caption("This source is a folder of frames, so there is no video to play.")
    else:
        texts = {"Corrected": now.texts.segments, "Original": now.texts.original}
        player(side_key(project.project_id, side, "player"), recipe, texts)
        st.caption(SUBTITLES)
    if shown:
        panel(ws, project.project_id, side, now, shown, frames_key)
align_tools.changes(ws, project)

other = other_side(side)
problem_there = paired(ws.store, project.recipe(other))
if problem_there:
    st.error(f"{video_label(project, other)}: {without_markdown(problem_there)}", icon=":material/error:")
if not problem and not problem_there:
    next_step(project, "train", "train a model on each video")
