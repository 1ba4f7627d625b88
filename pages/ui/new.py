"""Three ways into a new project: the sample, two uploaded videos, two links."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.ui.context import here
from pages.ui.frame import ASSETS
from pages.ui.parts import LANGUAGES, plain
from services import jobs
from services.backends import ROLES
from services.choose import PRESET_TITLES
from services.labels import shortened
from services.new_project import new_project
from services.recipe import SIDES, Project, Recipe, Side, Source, TranscriptChoice
from services.sample import sample_project
from services.sources import captions_of, keep_upload, source_of
from services.workspace import Workspace

VIDEO_TYPES = ("mp4", "m4v", "mov", "mkv", "webm", "avi")
CAPTION_TYPES = ("srt", "vtt", "ass", "ssa", "json3", "srv3", "ttml")
LINK = (
    r"^\s*(https?://)?((www|m|music)\.)?(youtube\.com|youtu\.be|youtube-nocookie\.com)/\S+\s*$",
    "This is not a link to a YouTube video.",
)
SIDE_TITLES: dict[Side, str] = {"left": "First video", "right": "Second video"}
SIDE_LANGUAGES: dict[Side, str] = {"left": "en", "right": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class Settings:
    topic: str
    interval_s: float
    preset: str


def three_ways(ws: Workspace) -> None:
    _sample_card(ws)
    upload, links = st.columns(2, gap="medium")
    with upload, st.container(border=True, key="card_upload", height="stretch"):
        _way(
            "upload", "upload_file", "Upload two videos", "Two files from this computer, each with captions."
        )
    with links, st.container(border=True, key="card_links", height="stretch"):
        _way("links", "link", "Paste two YouTube links", "Diptych fetches videos and captions by itself.")
    way = st.session_state.get("sources_way")
    if way:
        with st.container(border=True, key="card_form"):
            _upload_form(ws) if way == "upload" else _links_form(ws)
    recent = ws.projects.all()[:3]
    if recent:
        st.markdown("**Or go on with**")
        for project in recent:
            label = plain(shortened(project.topic, 90))
            st.page_link("sources.py", label=label, icon=":material/history:", query_params=here(project))


def _sample_card(ws: Workspace) -> None:
    with st.container(border=True, key="card_sample"):
        left, right, text = st.columns([1, 1, 1.7], gap="small", vertical_alignment="center")
        left.image(ASSETS / "sample" / "poster-en.jpg", width="stretch")
        right.image(ASSETS / "sample" / "poster-zh.jpg", width="stretch")
        with text:
            st.subheader("New here? Open the sample", anchor=False)
            st.markdown(
                "A crew leaves for the Moon, told by an English and a Chinese broadcaster. Both tell of the "
                "launch, the crew and the Moon; each has two stories of its own. See whether Diptych finds "
                "them. No internet needed, a few minutes in all."
            )
            if st.button(
                "Open the sample", key="sources_sample", type="primary", icon=":material/play_circle:"
            ):
                begin(ws, sample_project())


def _way(name: str, icon: str, title: str, sentence: str) -> None:
    st.subheader(f":material/{icon}: {title}", anchor=False)
    st.markdown(sentence)
    is_open = st.session_state.get("sources_way") == name
    st.button(
        "Close the form" if is_open else title,
        key=f"sources_way_{name}",
        icon=":material/close:" if is_open else ":material/arrow_downward:",
        on_click=_toggle_way,
        args=(name,),
    )


def _toggle_way(name: str) -> None:
    is_open = st.session_state.get("sources_way") == name
    st.session_state["sources_way"] = "" if is_open else name


def _upload_form(ws: Workspace) -> None:
    st.subheader("Upload two videos with captions", anchor=False)
    chosen: dict[Side, tuple[Any, Any, str]] = {}
    for side, column in zip(SIDES, st.columns(2, gap="medium"), strict=True):
        with column:
            video = st.file_uploader(f"{SIDE_TITLES[side]}", VIDEO_TYPES, key=f"sources_video_{side}")
            captions = st.file_uploader(
                "Its captions",
                CAPTION_TYPES,
                key=f"sources_captions_{side}",
                help="SubRip (.srt), WebVTT (.vtt) and others",
            )
            chosen[side] = (video, captions, _language(side, "upload"))
    settings = _settings("upload")
    is_whole = bool(settings.topic) and all(video and captions for video, captions, _ in chosen.values())
    if _create("upload", is_whole, "Add both videos, both caption files and a topic."):
        sources: dict[Side, Source] = {}
        texts: dict[Side, TranscriptChoice] = {}
        for side, (video, captions, language) in chosen.items():
            sources[side] = source_of(str(keep_upload(video.name, video, ws.uploads)))
            texts[side] = captions_of(str(keep_upload(captions.name, captions, ws.uploads)), language)
        begin(ws, _project(settings, sources, texts))


def _links_form(ws: Workspace) -> None:
    st.subheader("Paste two YouTube links", anchor=False)
    links: dict[Side, tuple[str, str]] = {}
    for side, column in zip(SIDES, st.columns(2, gap="medium"), strict=True):
        with column:
            link = st.text_input(
                SIDE_TITLES[side],
                key=f"sources_link_{side}",
                type="url",
                validate=LINK,
                placeholder="https://www.youtube.com/watch?v=…",
            )
            links[side] = (link or "", _language(side, "links"))
    settings = _settings("links")
    is_whole = bool(settings.topic) and all(link for link, _ in links.values())
    if _create("links", is_whole, "Paste both links and write a topic."):
        sources: dict[Side, Source] = {side: source_of(link) for side, (link, _) in links.items()}
        texts: dict[Side, TranscriptChoice] = {
            side: TranscriptChoice(language=language) for side, (_, language) in links.items()
        }
        begin(ws, _project(settings, sources, texts))


def _language(side: Side, way: str) -> str:
    codes = list(LANGUAGES)
    return st.selectbox(
        "Language",
        codes,
        index=codes.index(SIDE_LANGUAGES[side]),
        format_func=lambda code: LANGUAGES[code],
        key=f"sources_language_{way}_{side}",
    )


def _settings(way: str) -> Settings:
    topic = st.text_input(
        "Topic: what both videos are about", key=f"sources_topic_{way}", placeholder="Winter Olympics 2022"
    )
    left, right = st.columns(2, gap="medium")
    with left:
        interval_s = interval_field(2.0, f"sources_{way}")
    with right:
        preset = st.selectbox(
            "Model",
            list(PRESET_TITLES),
            format_func=lambda name: PRESET_TITLES[name],
            key=f"sources_preset_{way}",
        )
    return Settings((topic or "").strip(), interval_s, preset)


def interval_field(current_s: float, prefix: str) -> float:
    """Seconds between frames: the paper's two, or any other."""
    usual = {2.0: "every 2 s", 2.5: "every 2.5 s", 0.0: "other"}
    chosen = st.segmented_control(
        "One frame",
        list(usual),
        default=current_s if current_s in usual else 0.0,
        required=True,
        format_func=lambda seconds: usual[seconds],
        key=f"{prefix}_interval",
        help="The paper takes one frame every 2 s, or every 2.5 s for a long video.",
    )
    if chosen:
        return float(chosen)
    return st.number_input(
        "Seconds between frames", 0.1, 60.0, current_s, 0.5, key=f"{prefix}_interval_other", width=220
    )


def _create(way: str, is_whole: bool, needs: str) -> bool:
    with st.container(horizontal=True, vertical_alignment="center"):
        is_pressed = st.button(
            "Create project",
            key=f"sources_create_{way}",
            type="primary",
            icon=":material/add:",
            disabled=not is_whole,
        )
        if not is_whole:
            st.caption(needs)
    return is_pressed


def _project(settings: Settings, sources: dict[Side, Source], texts: dict[Side, TranscriptChoice]) -> Project:
    return new_project(
        settings.topic,
        sources["left"],
        sources["right"],
        texts["left"],
        texts["right"],
        preset=settings.preset,
        interval_s=settings.interval_s,
        backends=dict.fromkeys(ROLES, "auto"),  # what is on this machine; the Tags page changes it
    )


def begin(ws: Workspace, project: Project) -> None:
    """Store the project, start reading both videos and open it."""
    named = ws.projects.add(project)
    for side in SIDES:
        jobs.submit(ws, named, side, "pairs")
    st.switch_page("sources.py", query_params=here(named))


def kind_in_words(recipe: Recipe) -> str:
    kinds = {"file": "video file", "frames": "folder of frames", "youtube": "YouTube"}
    return f"{kinds[recipe.source.kind]}, one frame every {recipe.sampling.interval_s:g} s"
