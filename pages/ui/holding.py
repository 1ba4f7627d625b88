"""Does the picture hold with other settings? One row for each setting that can be tried."""

import math

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from services import jobs
from services.labels import without_markdown
from services.recipe import Project
from services.sensitivity import Variation, agreement, variations
from services.workspace import Workspace


def holding(ws: Workspace, project: Project) -> None:
    st.caption(
        "The same comparison with one setting changed. Kendall's τ says how far both put pairs of moments in "
        "the same order: 1 the same order, 0 none in common. Because the number of clusters may differ, "
        "moments of the two videos are compared, evenly spread and always the same: two moments are as alike "
        "as the themes in which they lie."
    )
    _table(ws, project, variations(ws.store, project))


@st.fragment(run_every=3.0)
def _table(ws: Workspace, project: Project, tried: tuple[Variation, ...]) -> None:
    for variation in tried:
        title, value, act = st.columns([5, 2, 2], vertical_alignment="center")
        title.markdown(without_markdown(variation.title))
        found = agreement(ws.store, project, variation)
        if found is not None:
            told = "no order to compare" if math.isnan(found.tau) else f"τ = **{found.tau:.2f}**"
            value.markdown(told)
            continue
        _try(ws, variation, value, act)


def _try(ws: Workspace, variation: Variation, value: DeltaGenerator, act: DeltaGenerator) -> None:
    status = jobs.status(ws, variation.project, "both", "comparison")
    if status.state in ("queued", "running"):
        value.caption(without_markdown(status.note) or "waiting")
        name, label, what = "stop", "Stop", jobs.cancel
    else:
        value.caption(without_markdown(status.error) or "not tried")
        name, label, what = "try", "Try", jobs.submit
    act.button(
        label,
        key=f"compare_{name}_{variation.name}",
        on_click=what,
        args=(ws, variation.project, "both", "comparison"),
    )
