"""The models that describe and tag, the card of one theme, its editor, and the table of descriptions."""

from dataclasses import dataclass
from typing import get_args

import pandas as pd
import streamlit as st

from pages.ui.context import here
from pages.ui.parts import MARKS, chips, cluster_title, strip
from services import choose, jobs
from services.backends import Backend, find, is_present, of_role
from services.labels import clock, video_label
from services.media_urls import frame_url
from services.recipe import SIDES, Project, Recipe, Side
from services.records import Medium, Theme
from services.stages import key, load
from services.theme_edits import theme_edits
from services.themes import tags_digest
from services.views import of_cluster, spread, stills
from services.workspace import Workspace

HINT = "If a model is missing or too large, choose another one in the box above."


@dataclass(frozen=True, slots=True)
class Backends:
    describing: str
    tagging: str


def backend_choice(project: Project, *, is_busy: bool) -> Backends | None:
    """The backends that the analyst has just picked; None while nothing is changed."""
    recipe = project.left
    now = Backends(recipe.describing.backend, recipe.tagging.backend)
    with st.expander("Models that describe and tag", icon=":material/deployed_code:", key="tags_models"):
        left, right = st.columns(2, gap="medium")
        with left:
            describing = _pick("descriptions", "Frames are described by", now.describing, project, is_busy)
        with right:
            tagging = _pick("tags", "Tags are made by", now.tagging, project, is_busy)
        st.page_link(
            "models.py",
            label="All models, how to get them, and any other of the hub",
            icon=":material/deployed_code:",
            query_params=here(project),
        )
    picked = Backends(describing, tagging)
    return None if picked == now else picked


def _pick(role: str, label: str, current: str, project: Project, is_busy: bool) -> str:
    backends = {backend.name: backend for backend in (*of_role(role), find(role, current))}
    there = {name: is_present(backend) for name, backend in backends.items()}
    name = st.selectbox(
        label,
        list(backends),
        index=list(backends).index(find(role, current).name),
        format_func=lambda name: (
            backends[name].title if there[name] else f"{backends[name].title} (not on this machine)"
        ),
        key=f"tags_{role}_{project.revision}",
        disabled=is_busy,
    )
    st.caption(backends[name].note)
    if not there[name]:
        st.warning(
            f"{backends[name].title} is not on this machine. {backends[name].how_to_get}",
            icon=":material/download:",
        )
        return current
    return name if name != find(role, current).name else current


def start_both(ws: Workspace, project: Project) -> None:
    for side in SIDES:
        jobs.submit(ws, project, side, "themes")


def made_by(ws: Workspace, recipe: Recipe) -> None:
    """Which backends made what is shown."""
    used: list[Backend] = []
    for stage, role in (("descriptions", "descriptions"), ("tags", "tags")):
        name = ws.store.meta(key(recipe, stage)).get("backend")
        if name:
            used.append(find(role, str(name)))
    if used:
        st.caption(
            "Made by " + " and ".join(f"{backend.title} ({backend.licence})" for backend in used) + "."
        )


def card(ws: Workspace, project: Project, side: Side, theme: Theme) -> None:
    """Frames, tags and name of one cluster, with an editor behind a button."""
    recipe = project.recipe(side)
    every = stills(load(ws.store, recipe, "pairs"), load(ws.store, recipe, "clusters"))
    members = of_cluster(every, theme.cluster)
    with st.container(border=True, key=f"card_theme_{theme.cluster}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            cluster_title(theme.cluster, theme.name, f"{len(members)} pairs")
            if st.button("Edit", key=f"tags_edit_{theme.cluster}", icon=":material/edit:"):
                editor(ws, project, side, theme)
        if theme.tags:
            chips(theme.tags)
        else:
            st.caption("No tags: nothing sets this cluster apart. Add some by hand, or choose another K.")
        strip(recipe, spread(members, 7), columns=7)


@st.dialog("Edit a theme", width="large")
def editor(ws: Workspace, project: Project, side: Side, theme: Theme) -> None:
    """Name and tags of one theme; Save stores the difference."""
    recipe = project.recipe(side)
    name = st.text_input("Name", theme.name, key=f"tags_name_{theme.cluster}")
    data = pd.DataFrame(
        {
            "text": [tag.text for tag in theme.tags],
            "medium": [tag.medium for tag in theme.tags],
            "drop": [False] * len(theme.tags),
        }
    )
    shown = st.data_editor(
        data,
        key=f"tags_table_{side}_{theme.cluster}",
        num_rows="add",
        height="content",
        hide_index=True,
        column_config={
            "text": st.column_config.TextColumn("Tag", width="large", max_chars=200),
            "medium": st.column_config.SelectboxColumn(
                "Comes from",
                options=list(get_args(Medium)),
                format_func=lambda m: MARKS[m][1] if m in MARKS else "",
            ),
            "drop": st.column_config.CheckboxColumn("Drop", default=False),
        },
    )
    st.caption("Add a tag in the last row. Dropped tags no longer count in the comparison.")
    if st.button("Save", key=f"tags_save_{theme.cluster}", type="primary", icon=":material/save:"):
        digest = tags_digest(load(ws.store, recipe, "tags"))
        edits = theme_edits(theme, digest, name or "", shown.to_dict("records"))
        if edits:
            what = f"tags of “{theme.name}”, {video_label(project, side)}"
            ws.projects.save(choose.with_tag_edits(project, side, edits), what)
            jobs.submit(ws, choose.with_tag_edits(project, side, edits), side, "themes")
        st.rerun()


def descriptions(ws: Workspace, recipe: Recipe) -> None:
    """What the model saw on each frame."""
    frames, found = load(ws.store, recipe, "frames"), load(ws.store, recipe, "descriptions")
    frames_key = key(recipe, "frames")
    st.dataframe(
        pd.DataFrame(
            {
                "picture": [frame_url(frames_key, item.frame, 240) for item in found.items],
                "time": [clock(float(frames.times_s[item.frame])) for item in found.items],
                "description": ["; ".join((item.sentence, *item.labels)).strip("; ") for item in found.items],
                "on screen": [" ".join(item.on_screen) for item in found.items],
            }
        ),
        column_config={
            "picture": st.column_config.ImageColumn("Frame", width=118),
            "time": st.column_config.TextColumn("Time", width=58),
            "description": st.column_config.TextColumn(
                "Description" if found.kind == "sentence" else "Labels"
            ),
            "on screen": st.column_config.TextColumn("Text in the picture", width="large"),
        },
        hide_index=True,
        row_height=64,
        height=460,
    )
