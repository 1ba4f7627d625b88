"""Tables 1 and 2 of the paper with this project's own numbers, and the trainings that fill them."""

from collections.abc import Sequence

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from services import paper_tables
from services.labels import without_markdown
from services.paper_tables import READINGS, TABLE_1, TABLE_2, Cell, Reading
from services.recipe import Project
from services.variants import Variant
from services.workspace import Workspace

POLL_S = 2.0


def of_paper(ws: Workspace, project: Project) -> None:
    """Both tables, each folded; a folded one reads nothing."""
    with _folded("Table 1 of the paper, from your runs", "train_table_1") as box:
        if box.open:
            st.caption("Pure CVAE, dense CVAE and CRVAE: the image loss at the end of the training.")
            reading = _reading("train_reading_1")
            found = paper_tables.cells(ws, project, TABLE_1)
            st.table(paper_tables.table_1(project, found, reading), border="horizontal", hide_index=True)
            _below(ws, project, TABLE_1, found, "table_1")
    with _folded("Table 2 of the paper, from your runs", "train_table_2") as box:
        if box.open:
            st.caption(
                "The CRVAE with plain RNN or LSTM cells, with and without teacher forcing. Total is image "
                "loss + λ · text loss."
            )
            reading = _reading("train_reading_2")
            found = paper_tables.cells(ws, project, TABLE_2)
            st.table(paper_tables.table_2(project, found, reading), border="horizontal", hide_index=True)
            _below(ws, project, TABLE_2, found, "table_2")


def _folded(title: str, key: str) -> ExpanderContainer:
    return st.expander(title, icon=":material/table:", key=key, on_change="rerun")


def _reading(key: str) -> Reading:
    chosen = st.selectbox(
        "Scale of the losses",
        list(READINGS),
        format_func=lambda name: READINGS[name].capitalize(),
        key=key,
        help="The paper does not state the scale of its losses. Choose a reading: your numbers follow it.",
    )
    return chosen or "pixels"


def _below(
    ws: Workspace, project: Project, variants: Sequence[Variant], found: Sequence[Cell], name: str
) -> None:
    st.caption(
        f"Yours: your two videos, {paper_tables.settings(found)}; runs with other settings are listed above. "
        "The paper's: its COVID-19 pair, as printed, on a scale that it does not state. The two can be set "
        "side by side only as far as the chosen reading is what the paper meant."
    )
    for told in paper_tables.failures(found):
        st.error(without_markdown(told), icon=":material/error:")
    if any(cell.is_busy for cell in found):
        _progress(ws, project, variants, found, name)
    elif any(cell.is_open for cell in found):
        n_open = sum(cell.is_open for cell in found)
        st.button(
            f"Train the missing {'one' if n_open == 1 else n_open}",
            key=f"train_missing_{name}",
            icon=":material/playlist_play:",
            on_click=paper_tables.train_missing,
            args=(ws, found),
            help="One after the other, beside your own choice, which stays as it is.",
        )


def _progress(
    ws: Workspace, project: Project, variants: Sequence[Variant], drawn: Sequence[Cell], name: str
) -> None:
    """How far the table's trainings are; the table itself is drawn anew when one of them ends."""
    before = [cell.status.state for cell in drawn]

    @st.fragment(run_every=POLL_S)
    def panel() -> None:
        found = paper_tables.cells(ws, project, variants)
        if [cell.status.state for cell in found] != before:
            st.rerun()
        share, told = paper_tables.progress(found)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.progress(share, without_markdown(told))
            st.button(
                "Stop all",
                key=f"train_stop_{name}",
                icon=":material/stop_circle:",
                on_click=paper_tables.stop,
                args=(ws, found),
            )

    panel()
