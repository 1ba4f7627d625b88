"""The card of one theme with its tags, its editor, and the table of descriptions."""

from typing import get_args

import pandas as pd
import streamlit as st

from pages.ui import evidence
from pages.ui.parts import MARKS, cluster_title, strip
from services import choose, jobs
from services.labels import clock, video_label
from services.media_urls import frame_url
from services.recipe import SIDES, Project, Recipe, Side, TagEdit
from services.records import Medium, Theme, Themes
from services.stages import key, load
from services.theme_edits import MAX_NAME_CHARS, theme_edits, told
from services.themes import is_unsupported, share_unsupported, tags_digest
from services.views import of_cluster, spread, stills
from services.workspace import Workspace

HINT = "If a model is missing or too large, choose another one in the box above."
PAPER_UNSUPPORTED = 0.2  # §5.3.2


def start_both(ws: Workspace, project: Project) -> None:
    for side in SIDES:
        jobs.submit(ws, project, side, "themes")


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
        if theme.share_read < 1:
            st.caption(
                f"The model was shown {theme.share_read:.0%} of this theme's texts, spread evenly over time: "
                "more do not fit into what it reads at once."
            )
        tag = evidence.pick(theme, side) if theme.tags else None
        if not theme.tags:
            st.caption("No tags: nothing is said or seen here. Add some by hand, or choose another K.")
        if tag is not None:
            digest = tags_digest(load(ws.store, recipe, "tags"))
            edit = evidence.panel(ws, recipe, side, theme.cluster, tag, digest)
            if edit is not None:
                _save(ws, project, side, theme, (edit,))
                st.rerun()
        strip(recipe, spread(members, 7), columns=7)


def support(themes: Themes) -> None:
    """How many tags are found in neither pictures nor words."""
    tags = themes.all_tags
    n_missing = sum(map(is_unsupported, tags))
    if not tags:
        return
    if not n_missing:
        st.caption(
            f"All {len(tags)} tags are found in the pictures or words of their theme. Press one to see the "
            "frames and hear the seconds that speak for it."
        )
        return
    st.warning(
        f"{n_missing} of {len(tags)} tags ({share_unsupported(themes):.0%}) are found in neither pictures "
        f"nor words of their theme, marked ?. The paper found about {PAPER_UNSUPPORTED:.0%}. Press a tag "
        "to see the frames and hear the seconds that come nearest, then keep or drop it.",
        icon=":material/help:",
    )


def _save(ws: Workspace, project: Project, side: Side, theme: Theme, edits: tuple[TagEdit, ...]) -> None:
    what = f"{told(edits)} in “{theme.name}”, {video_label(project, side)}"
    changed = choose.with_tag_edits(project, side, edits)
    ws.projects.save(changed, what)
    jobs.submit(ws, changed, side, "themes")


@st.dialog("Edit a theme", width="large")
def editor(ws: Workspace, project: Project, side: Side, theme: Theme) -> None:
    """Name and tags of one theme; Save stores the difference."""
    recipe = project.recipe(side)
    room = max(MAX_NAME_CHARS, len(theme.name))
    name = st.text_input("Name", theme.name, max_chars=room, key=f"tags_name_{theme.cluster}")
    data = pd.DataFrame(
        {
            "text": [tag.text for tag in theme.tags],
            "medium": [tag.medium for tag in theme.tags],
            "keep": [tag.is_kept for tag in theme.tags],
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
            "keep": st.column_config.CheckboxColumn("Keep", default=False),
            "drop": st.column_config.CheckboxColumn("Drop", default=False),
        },
    )
    st.caption(
        "Add a tag in the last row; without a source it is looked for in pictures and words. Kept tags count "
        "as found, dropped ones no longer count at all. Every change is in the project's log and can be "
        "undone."
    )
    if st.button("Save", key=f"tags_save_{theme.cluster}", type="primary", icon=":material/save:"):
        digest = tags_digest(load(ws.store, recipe, "tags"))
        edits = theme_edits(theme, digest, name or "", shown.to_dict("records"))
        if edits:
            _save(ws, project, side, theme, edits)
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
