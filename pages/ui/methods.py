"""How texts find their frames: what each method would give, and how frames are drawn from the video."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from pages.ui.sampling import SHOTS
from services import choose
from services.align_acts import Sheet
from services.align_preview import MethodPreview, previews, taken_method
from services.recipe import Project, Sampling, Side
from services.records import VideoFile

HEAD = ("Method", "Pairs", "Time covered", "Frames left over", "Texts left over", "Time line")


def method_choice(project: Project, side: Side, now: Sheet) -> str:
    """The name in choose.ALIGNMENTS that is picked."""
    current = now.recipe.alignment.method
    chosen = st.segmented_control(
        "How texts find their frames",
        list(choose.ALIGNMENTS),
        default=current,
        required=True,
        format_func=lambda name: choose.ALIGNMENTS[name][0],
        key=f"align_method_{side}_{project.revision}",
        width="content",
        help="  \n".join(f"**{title}**: {why}" for title, why in choose.ALIGNMENTS.values()),
    )
    return chosen or current


def preview(now: Sheet, video: VideoFile) -> None:
    """What each method would give with the corrections as they are, the one in use marked."""
    segments = [row.segment for row in now.rows]
    found = previews(now.frames, segments, now.recipe.edits, video.duration_s)
    if found:
        used = taken_method(now.frames, segments, now.recipe.alignment)
        rows = "".join(_row(one, is_used=one.method == used) for one in found)
        head = "".join(f"<th>{title}</th>" for title in HEAD)
        st.html(f'<table class="d-methods"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')


def sampling_choice(project: Project) -> Project | None:
    """The project with frames drawn another way from both videos; None until another way is picked."""
    sampling = project.left.sampling
    ways = {sampling.interval_s: f"every {sampling.interval_s:g} s", SHOTS: "from each shot"}
    current = SHOTS if sampling.method == "shots" else sampling.interval_s
    chosen = st.segmented_control(
        "One frame, of both videos",
        list(ways),
        default=current,
        required=True,
        format_func=lambda way: ways[way],
        key=f"align_sampling_{project.revision}",
        help="From each shot: cuts are looked for, and the frame in the middle between two of them is taken. "
        "Another way makes new frames, so training and all that follows are computed again; the present "
        "results stay. Other intervals are on the Sources page.",
    )
    st.caption(
        "Another way reads both videos again, at once: the page then goes to Sources, where it is seen."
    )
    if chosen == current:
        return None
    way = Sampling(sampling.interval_s, "shots" if chosen == SHOTS else "interval")
    return choose.with_sampling(project, way)


def _row(one: MethodPreview, *, is_used: bool) -> str:
    title = escape(choose.ALIGNMENTS[one.method][0])
    cells = (
        f"{title} ✓" if is_used else title,
        one.n_pairs,
        f"{one.coverage:.0%}",
        one.n_frames_left,
        one.n_segments_left,
        _time_line(one.slices),
    )
    kind = ' class="d-used"' if is_used else ""
    return f"<tr{kind}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _time_line(slices: Sequence[bool]) -> str:
    """Runs of the video that lie within a paired text, as bars."""
    bars, start = "", None
    for at, is_in in enumerate((*slices, False)):
        if is_in and start is None:
            start = at
        if not is_in and start is not None:
            left, width = (100 * part / len(slices) for part in (start, at - start))
            bars += f'<i style="left: {left:.2f}%; width: {width:.2f}%"></i>'
            start = None
    return f'<div class="d-line">{bars}</div>'
