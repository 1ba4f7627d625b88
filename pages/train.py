"""Step 3: choose a model, train one on each video, watch it, stop it, compare runs (paper §3, §5.1)."""

from functools import partial

import streamlit as st

from pages.ui import forms, model_choice, paper_tables, runs, training
from pages.ui.context import context, unlocked
from pages.ui.job import follow
from pages.ui.parts import intro, next_step, undo_button
from services import jobs
from services.labels import video_label, without_markdown
from services.recipe import SIDES
from services.runs import runs_of
from services.stages import have

intro(
    "Train",
    "A neural network learns each video: it squeezes every frame and its words into one vector and draws "
    "them again from it. Pairs that mean alike end up close together; the next step groups them.",
)
ws, project = context()
unlocked(ws, project, "train")

model_choice.choose_model(ws, project)
forms.preset_note(project.preset)

finished = runs_of(ws, project)
states = {side: jobs.status(ws, project, side, "model").state for side in SIDES}
is_untouched = all(state == "none" for state in states.values())
if any(state not in ("done", "running") for state in states.values()):
    model_choice.estimate(ws, project, finished)
if is_untouched:
    st.button(
        "Train both videos",
        key="train_both",
        type="primary",
        icon=":material/play_arrow:",
        on_click=training.start_both,
        args=(ws, project),
    )
for side, column in zip(SIDES, st.columns(2, gap="medium"), strict=True):
    with column, st.container(border=True, key=f"card_train_{side}", height="stretch"):
        name = video_label(project, side)
        st.subheader(name, anchor=False)
        st.caption(without_markdown(project.recipe(side).source.title))
        if follow(
            ws,
            project,
            side,
            "model",
            what=f"Training on the {name}",
            start="Train this video only" if is_untouched else "Train this video",
            draw=partial(training.live, project.recipe(side)),
            is_primary=not is_untouched,
            hint=training.HINT,
            beside=partial(training.keep_button, ws, project, side),
        ):
            training.finished(ws, project, side)

if all(have(ws.store, project.recipe(side), "model") for side in SIDES):
    next_step(project, "clusters", "choose how many themes each video tells")

runs.compare(ws, project, finished)
paper_tables.of_paper(ws, project)
undo_button(ws, project, "train_undo")
