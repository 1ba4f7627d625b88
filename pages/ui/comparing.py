"""Evidence of one pair of themes, what to be careful about, and the files to take away."""

import math
import re
from collections.abc import Sequence
from html import escape

import streamlit as st

from pages.ui.parts import cluster_title, other_side, plain, strip
from services.export import heatmap
from services.export_tables import similarity_csv
from services.labels import video_label
from services.recipe import Project, Side
from services.records import Comparison, Theme
from services.report import report_html
from services.stages import load
from services.views import Cell, of_cluster, spread, stills
from services.views import findings as view_findings
from services.workspace import Workspace


def downloads(ws: Workspace, project: Project, comparison: Comparison) -> None:
    """Buttons that make their file when pressed."""
    name = file_name(project.topic)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Heatmap (PNG)",
            lambda: heatmap(project, comparison),
            f"{name}-heatmap.png",
            "image/png",
            key="compare_png",
            on_click="ignore",
            type="primary",
            icon=":material/image:",
        )
        st.download_button(
            "Report (HTML)",
            lambda: report_html(ws, project).encode(),
            f"{name}-report.html",
            "text/html",
            key="compare_report",
            on_click="ignore",
            icon=":material/description:",
        )
        st.download_button(
            "Table (CSV)",
            lambda: similarity_csv(comparison),
            f"{name}-similarity.csv",
            "text/csv",
            key="compare_csv",
            on_click="ignore",
            icon=":material/table:",
        )


def file_name(topic: str) -> str:
    """The topic as a file name: letters of any script, digits and hyphens, at most 60."""
    return re.sub(r"[^\w]+", "-", topic).strip("-_")[:60] or "diptych"


def warnings(sentences: Sequence[str]) -> None:
    if sentences:
        with st.container(border=True, key="card_cautions"):
            st.markdown("**Before you believe it**")
            for sentence in sentences:
                st.markdown(f"- {plain(sentence)}")


def findings(ws: Workspace, project: Project, found: Sequence[Cell]) -> None:
    """What the comparison says first, in cards: most alike, and what each video tells by itself."""
    made = view_findings(found)
    if not made:
        st.warning("No two clusters could be compared, because none has tags on both sides.")
        return
    for finding, column in zip(made, st.columns(3, gap="medium"), strict=False):
        with column, st.container(border=True, key=f"card_finding_{finding.of}", height="stretch"):
            cell = finding.cell
            if finding.of == "both":
                st.html('<p class="d-kicker">Most alike</p>')
                _theme(ws, project, "left", cell.left, has_text=False)
                st.html(f'<p class="d-muted">and, with a similarity of {cell.similarity:.2f},</p>')
                _theme(ws, project, "right", cell.right, has_text=False)
            else:
                other = other_side(finding.of)
                st.html(f'<p class="d-kicker">Least shared in the {video_label(project, finding.of)}</p>')
                _theme(ws, project, finding.of, cell.of(finding.of), has_text=False)
                st.html(f'<p class="d-muted">Its best match, with a similarity of {cell.similarity:.2f}:</p>')
                _theme(ws, project, other, cell.of(other), has_text=False)


def evidence(ws: Workspace, project: Project, cell: Cell) -> None:
    """The two themes with frames of both, and the tag pairs that make them alike."""
    value = "no value" if math.isnan(cell.similarity) else f"{cell.similarity:.2f}"
    with st.container(border=True, key=f"card_cell_{cell.left.cluster}_{cell.right.cluster}"):
        left, middle, right = st.columns([5, 1, 5])
        with left:
            _theme(ws, project, "left", cell.left)
        middle.html(f'<div class="d-value">{value}</div>')
        with right:
            _theme(ws, project, "right", cell.right)
        if cell.tag_pairs:
            pairs = "".join(
                f'<span class="d-chip d-pair">{escape(pair.left)} ↔ {escape(pair.right)}'
                f"<i>{pair.cosine:.2f}</i></span>"
                for pair in cell.tag_pairs
            )
            st.html(f'<div class="d-chips"><span class="d-muted">closest tags</span>{pairs}</div>')
        else:
            st.caption("No tags to compare.")


def _theme(ws: Workspace, project: Project, side: Side, found: Theme, *, has_text: bool = True) -> None:
    recipe = project.recipe(side)
    cluster_title(found.cluster, found.name)
    every = stills(load(ws.store, recipe, "pairs"), load(ws.store, recipe, "clusters"))
    strip(recipe, spread(of_cluster(every, found.cluster), 3), columns=3, has_text=has_text)
