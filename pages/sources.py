"""Step 1: three ways into a project; afterwards its two videos and their settings."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import forms, new
from pages.ui.context import here, project_in_url, workspace
from pages.ui.job import follow
from pages.ui.parts import intro, language, next_step, strip, undo_button
from pages.ui.sampling import sampling_field
from services import choose, jobs
from services.cautions import text_cautions
from services.detect import is_other_language
from services.labels import clock, sampling_label, video_label, without_markdown
from services.languages import language_name
from services.reading import read_anew
from services.recipe import SIDES, Project, Recipe, Side
from services.stages import have, load
from services.text_origins import told
from services.topics import TOPIC_MAX
from services.views import Still, spread
from services.workspace import Workspace

KINDS = {"file": "video file", "frames": "folder of frames", "youtube": "YouTube"}
N_STILLS, COLUMNS = 8, 4


def welcome(ws: Workspace) -> None:
    intro(
        "How do two cultures tell the same news?",
        "Give Diptych one video in each language. It finds the themes that each of them tells from pictures "
        "and words together, and lays the two side by side.",
    )
    if st.query_params.get("project"):
        st.warning(
            "The project in this page's address is not in this workspace. Open another one from the Library, "
            "or begin here.",
            icon=":material/link_off:",
        )
    new.three_ways(ws)


def existing(ws: Workspace, project: Project) -> None:
    intro(
        "Sources",
        "The two videos of this project. When both are read, check which words go with which frame.",
    )
    if project.left.source.digest == project.right.source.digest:
        st.warning(
            "Both sides are the same video. That is fine for a trial; a comparison of cultures needs two.",
            icon=":material/content_copy:",
        )
    columns = st.columns(2, gap="medium")
    are_ready = [side_card(ws, project, side, column) for side, column in zip(SIDES, columns, strict=True)]
    settings(ws, project)
    if all(are_ready):
        next_step(project, "align", "check which words go with which frame")


def side_card(ws: Workspace, project: Project, side: Side, column: DeltaGenerator) -> bool:
    """One video: what is known of it, or the job that reads it. True when it is read and paired."""
    recipe, name = project.recipe(side), video_label(project, side)
    video = load(ws.store, recipe, "video") if have(ws.store, recipe, "video") else None
    with column, st.container(border=True, key=f"card_source_{side}", height="stretch"):
        title = (video.title if video else "") or recipe.source.title or recipe.source.location or name
        st.subheader(without_markdown(title), anchor=False)
        st.caption(
            f"{name} · {language(recipe)} · {KINDS[recipe.source.kind]}, "
            f"one frame {sampling_label(recipe.sampling)}"
        )
        if video and video.url:
            told = [without_markdown(part) for part in (video.channel, video.published) if part]
            st.caption(" · ".join([*told, f"[open on YouTube]({video.url})"]))
        is_read = have(ws.store, recipe, "frames")
        if is_read:
            times_s = load(ws.store, recipe, "frames").times_s
            every = spread(range(len(times_s)), N_STILLS)
            strip(recipe, [Still(i, i, float(times_s[i]), "") for i in every], columns=COLUMNS)
        # The pairs of an opened bundle are there before its frames.
        lacking = "frames" if have(ws.store, recipe, "pairs") and not is_read else "pairs"
        is_ready = follow(
            ws,
            project,
            side,
            lacking,
            what=f"Reading the {name}",
            start="Read this video",
            hint="Put right what the sentence names, then press Resume; what was read is kept.",
        )
        needs_source = not is_ready and jobs.status(ws, project, side, lacking).needs_source
        if is_read and have(ws.store, recipe, "segments"):
            facts(ws, recipe)
            text_notes(ws, project, side)
            if not is_ready:
                st.page_link(
                    "align.py",
                    label="Choose another way of pairing on Align",
                    icon=":material/arrow_forward:",
                    query_params=here(project),
                )
        changed = forms.change_form(ws, project, side, is_primary=needs_source)
    if changed:
        read_anew(ws, project, changed, f"other video or captions, {name}")
        st.rerun()
    return is_ready


def facts(ws: Workspace, recipe: Recipe) -> None:
    video, transcript = load(ws.store, recipe, "video"), load(ws.store, recipe, "segments")
    with st.container(horizontal=True, gap="medium"):
        if not video.is_folder:
            st.metric("Length", clock(video.duration_s), width="content")
        st.metric("Frames", len(load(ws.store, recipe, "frames").times_s), width="content")
        st.metric("Text segments", len(transcript.segments), width="content")
    parts = [f"Text: {without_markdown(told(transcript))}"]
    if transcript.detected:
        parts.append(f"reads as {language_name(transcript.detected)}")
    st.caption(" · ".join(parts))


def text_notes(ws: Workspace, project: Project, side: Side) -> None:
    """What is to be known of the side's text, with the way to put a wrong language right."""
    transcript = load(ws.store, project.recipe(side), "segments")
    for caution in text_cautions(project, side, transcript):
        st.warning(without_markdown(caution), icon=":material/subtitles:")
    if is_other_language(project.recipe(side).transcript.language, transcript.detected):
        found = language_name(transcript.detected)
        if st.button(f"Take it as {found}", key=f"sources_take_language_{side}", icon=":material/translate:"):
            changed = choose.with_language(project, side, transcript.detected)
            read_anew(ws, project, changed, f"language {found}, {video_label(project, side)}")
            st.rerun()


def settings(ws: Workspace, project: Project) -> None:
    with st.expander("Settings of this project", icon=":material/tune:", key="sources_settings"):
        topic = st.text_input(
            "Topic",
            project.topic,
            max_chars=max(TOPIC_MAX, len(project.topic)),  # that of a bundle may be longer
            key=f"sources_topic_{project.revision}",
        )
        now = project.left.sampling
        sampling = sampling_field(now, f"sources_{project.revision}", has_shots=True)
        if sampling != now:
            st.caption(
                "Save reads both videos again: another way makes new frames, so pairs, training and all that "
                "follows are computed again. The present results stay, and come back with the old way."
            )
        with st.container(horizontal=True):
            is_changed = sampling != now or topic.strip() != project.topic
            if st.button("Save settings", key="sources_save", type="primary", disabled=not is_changed):
                changed = choose.with_sampling(choose.with_topic(project, topic), sampling)
                read_anew(ws, project, changed, "topic or sampling changed")
                st.rerun()
            undo_button(ws, project, "sources_undo")


ws = workspace()
project = project_in_url(ws)
if project is None:
    welcome(ws)
else:
    existing(ws, project)
