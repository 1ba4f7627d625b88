"""Above and below the table of the Align page: find and replace, files to take along, the log of changes."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from pages.ui.comparing import file_name
from pages.ui.pairs import refuse
from services import choose
from services.align_acts import Sheet, do, replace_all
from services.edits import PairRow
from services.find_replace import Search, count
from services.recipe import Project, Side
from services.records import AlignedPairs
from services.segment_files import KINDS, segments_file
from services.workspace import Workspace

N_CHANGES = 200
FILES = {"srt": "SubRip (.srt)", "vtt": "WebVTT (.vtt)", "csv": "Table (.csv)"}


def find(ws: Workspace, project: Project, side: Side, now: Sheet) -> tuple[PairRow, ...]:
    """The popover for find and replace; gives back the rows that are to be shown."""
    with st.popover("Find and replace", icon=":material/find_replace:", key="align_find"):
        search = Search(
            st.text_input("Find", key="align_find_text") or "",
            is_whole_word=st.checkbox("Whole words", key="align_find_whole"),
            has_case=st.checkbox("Upper and lower case as written", key="align_find_case"),
        )
        by = st.text_input("Replace by", key="align_replace_text") or ""
        n_found = count((row.segment for row in now.rows), search)
        if search.find:
            st.caption(f"Found in {n_found} place{'' if n_found == 1 else 's'} of this video.")
        is_filter = st.toggle("Show only these texts in the table", key="align_find_only")
        st.button(
            f"Replace {n_found}",
            key="align_replace",
            type="primary",
            disabled=not n_found,
            on_click=_replace,
            args=(ws, project.project_id, side, search, by),
        )
    if is_filter and n_found:
        return tuple(row for row in now.rows if count([row.segment], search))
    return now.rows


def files(project: Project, side: Side, now: Sheet) -> None:
    """The corrected texts as files."""
    with st.popover("Export", icon=":material/download:", key="align_export"):
        for kind in KINDS:
            st.download_button(
                FILES[kind],
                partial(segments_file, now.rows, kind),
                f"{file_name(project.topic)}-{project.recipe(side).transcript.language}.{kind}",
                key=f"align_export_{kind}",
                on_click="ignore",
            )
        st.caption("The texts as they are corrected; dropped ones are left out.")


def summary(made: AlignedPairs | None, rows: Sequence[PairRow], unknown: float | None) -> None:
    """How many pairs, by which method and why, what was corrected, and which words have no vector."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if made:
            st.metric("Pairs", len(made.texts), width="content")
            st.metric("Method", choose.ALIGNMENTS[made.method][0], width="content")
        st.metric("Corrected", sum(row.is_edited for row in rows), width="content")
        if unknown is not None:
            st.metric("Words without a vector", f"{unknown:.1%}", width="content")
        if made:
            st.caption(made.reason, width="stretch")


def changes(ws: Workspace, project: Project) -> None:
    """Who changed what and when, the latest first."""
    found = ws.projects.changes(project.project_id)[:N_CHANGES]
    with st.expander(f"What changed · {len(found)}", icon=":material/history:", key="align_changes"):
        if not found:
            st.caption("Nothing yet. Each change is saved at once and listed here; Undo takes them back.")
            return
        st.dataframe(
            pd.DataFrame(
                {
                    "when": [change.at[:19].replace("T", " ") for change in found],
                    "who": [change.who for change in found],
                    "what": [change.what for change in found],
                    "undone": [change.is_undone for change in found],
                }
            ),
            hide_index=True,
            height="content" if len(found) < 8 else 300,
            column_config={
                "when": st.column_config.TextColumn("When (UTC)", width=150),
                "who": st.column_config.TextColumn("Who", width=90),
                "what": st.column_config.TextColumn("What, before → after", width=760),
                "undone": st.column_config.CheckboxColumn("Undone", width=70),
            },
        )


def _replace(ws: Workspace, project_id: str, side: Side, search: Search, by: str) -> None:
    refuse(project_id, do(ws, project_id, side, partial(replace_all, search=search, by=by)))
