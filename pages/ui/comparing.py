"""Evidence of one pair of themes, what to be careful about, and the files to take away."""

import math
import re
from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from pages.ui.parts import cluster_title, other_side, strip
from services.export import cells_table, comparison_file, heatmap, known_significance
from services.labels import video_label, without_markdown
from services.recipe import Project, Side
from services.records import Significance, Theme
from services.report import report_html
from services.stages import load
from services.views import Cell, of_cluster, spread, stills
from services.views import findings as view_findings
from services.workspace import Workspace


def downloads(ws: Workspace, project: Project, *, with_report: bool) -> None:
    """Buttons that make their file when pressed."""
    files: tuple[tuple[str, str, str, str, Callable[[], bytes]], ...] = (
        ("png", "Heatmap (PNG)", "heatmap.png", "image/png", lambda: heatmap(ws, project)),
        ("svg", "Heatmap (SVG)", "heatmap.svg", "image/svg+xml", lambda: heatmap(ws, project, "svg")),
        ("report", "Report (HTML)", "report.html", "text/html", lambda: report_html(ws, project).encode()),
        (
            "report_zh",
            "报告 (HTML)",
            "report.zh.html",
            "text/html",
            lambda: report_html(ws, project, "zh").encode(),
        ),
        ("csv", "All cells (CSV)", "cells.csv", "text/csv", lambda: cells_table(ws, project)),
        (
            "json",
            "Comparison (JSON)",
            "comparison.json",
            "application/json",
            lambda: comparison_file(ws, project),
        ),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        for kind, label, ending, mime, make in files:
            if kind in REPORTS and not with_report:
                continue
            st.download_button(
                label,
                make,
                f"{file_name(project.topic)}-{ending}",
                mime,
                key=f"compare_{kind}",
                on_click="ignore",
                type="primary" if kind == "png" else "secondary",
                icon=_ICONS.get(kind, ":material/table:"),
            )


REPORTS = ("report", "report_zh")
_ICONS = {
    "png": ":material/image:",
    "svg": ":material/image:",
    "report": ":material/description:",
    "report_zh": ":material/description:",
}


def file_name(topic: str) -> str:
    """The topic as a file name: letters of any script, digits and hyphens, at most 60."""
    return re.sub(r"[^\w]+", "-", topic).strip("-_")[:60] or "diptych"


def warnings(sentences: Sequence[str]) -> None:
    if sentences:
        with st.container(border=True, key="card_cautions"):
            st.markdown("**Before you believe it**")
            for sentence in sentences:
                st.markdown(f"- {without_markdown(sentence)}")


def findings(ws: Workspace, project: Project, found: Sequence[Cell]) -> None:
    """What the comparison says first, in cards: most alike, and what each video tells by itself."""
    made = view_findings(found)
    chance = known_significance(ws.store, project)
    if not made:
        st.warning("No two clusters could be compared, because none has tags on both sides.")
        return
    for finding, column in zip(made, st.columns(3, gap="medium"), strict=False):
        with column, st.container(border=True, key=f"card_finding_{finding.of}", height="stretch"):
            cell = finding.cell
            value = f"{cell.similarity:.2f}{_word(chance, cell)}"
            if finding.of == "both":
                st.html('<p class="d-kicker">Most alike</p>')
                theme_card(ws, project, "left", cell.left, has_text=False)
                st.html(f'<p class="d-muted">and, with a similarity of {value},</p>')
                theme_card(ws, project, "right", cell.right, has_text=False)
            else:
                other = other_side(finding.of)
                st.html(f'<p class="d-kicker">Least shared in the {video_label(project, finding.of)}</p>')
                theme_card(ws, project, finding.of, cell.of(finding.of), has_text=False)
                st.html(f'<p class="d-muted">Its best match, with a similarity of {value}:</p>')
                theme_card(ws, project, other, cell.of(other), has_text=False)


def _word(chance: Significance | None, cell: Cell) -> str:
    if chance is None:
        return ""
    return (
        " (above chance)" if chance.is_above[cell.left.cluster, cell.right.cluster] else " (not above chance)"
    )


def evidence(ws: Workspace, project: Project, cell: Cell, place: str, note: str = "") -> None:
    """The two themes with frames of both, and the tag pairs that make them alike.

    place: part of the page, for keys; note: what else is to be said of the two
    """
    value = "no value" if math.isnan(cell.similarity) else f"{cell.similarity:.2f}"
    with st.container(border=True, key=f"card_{place}_{cell.left.cluster}_{cell.right.cluster}"):
        left, middle, right = st.columns([5, 1, 5])
        with left:
            theme_card(ws, project, "left", cell.left)
        middle.html(f'<div class="d-value">{value}</div>')
        with right:
            theme_card(ws, project, "right", cell.right)
        if cell.tag_pairs:
            pairs = "".join(
                f'<span class="d-chip d-pair">{escape(pair.told)}<i>{pair.cosine:.2f}</i></span>'
                for pair in cell.tag_pairs
            )
            st.html(f'<div class="d-chips"><span class="d-muted">closest tags</span>{pairs}</div>')
        else:
            st.caption("No tags to compare.")
        if note:
            st.caption(note)


def every_pair(ws: Workspace, project: Project, found: Sequence[Cell]) -> None:
    """Six pairs, most alike first, and all when they are asked for."""
    n_shown = min(6, len(found))
    if len(found) > n_shown and st.toggle(f"Show all {len(found)} pairs", key="compare_all"):
        n_shown = len(found)
    for cell in found[:n_shown]:
        evidence(ws, project, cell, "pair")


def theme_card(
    ws: Workspace, project: Project, side: Side, found: Theme, *, has_text: bool = True, n_frames: int = 3
) -> None:
    recipe = project.recipe(side)
    cluster_title(found.cluster, found.name)
    every = stills(load(ws.store, recipe, "pairs"), load(ws.store, recipe, "clusters"))
    shown = spread(of_cluster(every, found.cluster), n_frames)
    strip(recipe, shown, columns=n_frames, has_text=has_text)
