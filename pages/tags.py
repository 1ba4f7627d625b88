"""Step 5: descriptions of the frames and ten tags for each cluster, open to correction (paper §5.3)."""

import streamlit as st

from pages.ui import tag_models, tagging
from pages.ui.context import context, unlocked
from pages.ui.job import follow
from pages.ui.parts import intro, marks_legend, next_step, other_side, side_switch, undo_button
from services import jobs
from services.labels import video_label
from services.recipe import SIDES
from services.stages import load

intro(
    "Tags",
    "Ten tags say what each cluster is about, and whether pictures or words speak for them. Correct them and "
    "give each cluster a name: the comparison uses what you leave here.",
)
ws, project = context()
unlocked(ws, project, "tags")
side = side_switch(project, "tags_side")
recipe, name = project.recipe(side), video_label(project, side)

is_busy = any(jobs.status(ws, project, other, "themes").state in ("queued", "running") for other in SIDES)
wanted = tag_models.model_choice(project, is_busy=is_busy)
if wanted is not None:
    ws.projects.save(wanted, "models for tags changed")
    st.rerun()
if all(jobs.status(ws, project, other, "themes").state == "none" for other in SIDES):
    st.button(
        "Describe the frames and make tags for both videos",
        key="tags_both",
        type="primary",
        icon=":material/play_arrow:",
        on_click=tagging.start_both,
        args=(ws, project),
    )
    st.caption(
        "First every frame is described, then the words and descriptions of each cluster give its tags: "
        "about half a minute a video with the models that come with Diptych."
    )
    st.stop()
if not follow(
    ws,
    project,
    side,
    "themes",
    what=f"Tags of the {name}",
    start=f"Make tags for the {name}",
    hint=tagging.HINT,
):
    st.stop()

tag_models.made_by(ws, recipe)
themes = load(ws.store, recipe, "themes")
marks_legend()
tagging.support(themes)
for theme in themes.themes:
    tagging.card(ws, project, side, theme)
undo_button(ws, project, "tags_undo")
with st.expander(
    "Descriptions of the frames", icon=":material/image_search:", key="tags_descriptions", on_change="rerun"
) as box:
    if box.open:
        tagging.descriptions(ws, recipe)

other = other_side(side)
its_name = video_label(project, other)
if follow(
    ws, project, other, "themes", what=f"Tags of the {its_name}", start=f"Make tags for the {its_name}"
):
    next_step(project, "compare", "see what both videos share")
