"""The forms of a new project: two uploaded videos, or two links; topic, sampling and model."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from services.backends import ROLES
from services.choose import PRESET_TITLES, paper_models, with_source
from services.languages import LANGUAGES
from services.new_project import new_project
from services.recipe import INTERVAL_MAX_S, INTERVAL_MIN_S, SIDES, Project, Side, Source, TranscriptChoice
from services.sources import captions_of, source_of
from services.uploads import (
    CAPTION_TYPES,
    CAPTIONS_MB,
    PICTURE_TYPES,
    VIDEO_MB,
    VIDEO_TYPES,
    keep_upload,
    keep_video,
)
from services.workspace import Workspace

LINK = (
    r"^\s*(https?://)?((www|m|music)\.)?(youtube\.com|youtu\.be|youtube-nocookie\.com)/\S+\s*$",
    "This is not a link to a YouTube video.",
)
CAPTIONS_HELP = (
    "SubRip (.srt), WebVTT (.vtt), SubStation (.ass), YouTube's captions as JSON, or a plain text (.txt); "
    "a text without times is spread over the video."
)
SIDE_TITLES: dict[Side, str] = {"left": "First video", "right": "Second video"}
SIDE_LANGUAGES: dict[Side, str] = {"left": "en", "right": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class Settings:
    topic: str
    interval_s: float
    preset: str


def upload_form(ws: Workspace) -> Project | None:
    """The project that two uploads make; None until Create is pressed."""
    chosen: dict[Side, tuple[Any, Any, str]] = {}
    for side, column in zip(SIDES, st.columns(2, gap="medium"), strict=True):
        with column:
            video = _video_uploader(SIDE_TITLES[side], f"sources_video_{side}")
            captions = _caption_uploader("Its captions", f"sources_captions_{side}", CAPTIONS_HELP)
            chosen[side] = (video, captions, _language(side, "upload"))
    settings = _settings("upload")
    is_whole = bool(settings.topic) and all(video and captions for video, captions, _ in chosen.values())
    if not _create("upload", is_whole, "Add both videos, both caption files and a topic."):
        return None
    sources: dict[Side, Source] = {}
    texts: dict[Side, TranscriptChoice] = {}
    for side, (video, captions, language) in chosen.items():
        sources[side] = source_of(str(keep_video(video, ws.uploads)))
        texts[side] = _captions(ws, captions, language)
    return _project(settings, sources, texts)


def links_form(ws: Workspace) -> Project | None:
    """The project that two links make; None until Create is pressed."""
    links: dict[Side, tuple[str, Any, str]] = {}
    for side, column in zip(SIDES, st.columns(2, gap="medium"), strict=True):
        with column:
            link = st.text_input(
                SIDE_TITLES[side],
                key=f"sources_link_{side}",
                type="url",
                validate=LINK,
                placeholder="https://www.youtube.com/watch?v=…",
            )
            language = _language(side, "links")
            captions = _caption_uploader(
                "Captions (optional)",
                f"sources_link_captions_{side}",
                "Without a file, YouTube's captions in this language are taken: written ones before "
                f"automatic ones. {CAPTIONS_HELP}",
            )
            links[side] = (link or "", captions, language)
    settings = _settings("links")
    is_whole = bool(settings.topic) and all(link for link, _, _ in links.values())
    if not _create("links", is_whole, "Paste both links and write a topic."):
        return None
    sources: dict[Side, Source] = {side: source_of(link) for side, (link, _, _) in links.items()}
    texts: dict[Side, TranscriptChoice] = {
        side: _captions(ws, captions, language) for side, (_, captions, language) in links.items()
    }
    return _project(settings, sources, texts)


def change_form(ws: Workspace, project: Project, side: Side) -> Project | None:
    """The project with another video, other captions or another language on a side; None until Save."""
    recipe, keys = project.recipe(side), f"{side}_{project.revision}"
    with st.popover("Change video or captions", icon=":material/edit:", key=f"sources_change_{side}"):
        video = _video_uploader("Another video", f"sources_new_video_{keys}")
        link = st.text_input(
            "or a YouTube link",
            key=f"sources_new_link_{keys}",
            type="url",
            validate=LINK,
            placeholder="https://",
        )
        captions = _caption_uploader("Other captions", f"sources_new_captions_{keys}", CAPTIONS_HELP)
        codes = list(dict.fromkeys((recipe.transcript.language, *LANGUAGES)))
        language = st.selectbox(
            "Language of the captions",
            codes,
            format_func=lambda code: LANGUAGES.get(code) or str(code),
            key=f"sources_new_language_{keys}",
        )
        st.caption("What is left empty stays. The corrections of this side's texts go; Undo brings all back.")
        is_changed = bool(video or link or captions) or language != recipe.transcript.language
        if not st.button("Save", key=f"sources_new_save_{side}", type="primary", disabled=not is_changed):
            return None
    source = source_of(link) if link else None
    if video:
        source = source_of(str(keep_video(video, ws.uploads)))
    text = _captions(ws, captions, language) if captions else None
    return with_source(project, side, source=source, captions=text, language=language)


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
        "Seconds between frames",
        INTERVAL_MIN_S,
        INTERVAL_MAX_S,
        current_s,
        0.5,
        key=f"{prefix}_interval_other",
        width=220,
    )


def preset_note(preset: str) -> None:
    """For the paper's preset: which models the paper took beside it, and what takes their place here."""
    if preset != "paper":
        return
    lines = [
        f"{model.role_title}: **{model.paper.title}**"
        + (", which is here" if model.is_taken else f" (here *{model.taken.title}* takes its place)")
        for model in paper_models()
    ]
    st.caption(
        f"The paper's other models are a separate choice. {'; '.join(lines)}. Download what is missing on "
        "the Models page and choose it there for the project. Word-vector files are named on the command "
        "line, where `--preset paper` takes all of the paper's models."
    )


def _video_uploader(label: str, key: str) -> list[Any]:
    return st.file_uploader(
        label,
        [*VIDEO_TYPES, *PICTURE_TYPES],
        accept_multiple_files=True,
        key=key,
        max_upload_size=VIDEO_MB,
        help="One video, or several pictures: each is a frame, in the order of their names.",
    )


def _caption_uploader(label: str, key: str, help_text: str) -> Any:
    return st.file_uploader(label, CAPTION_TYPES, key=key, max_upload_size=CAPTIONS_MB, help=help_text)


def _captions(ws: Workspace, captions: Any, language: str) -> TranscriptChoice:
    if captions is None:
        return TranscriptChoice(language=language)
    return captions_of(str(keep_upload(captions.name, captions, ws.uploads)), language)


def _language(side: Side, way: str) -> str:
    codes = list(LANGUAGES)
    return st.selectbox(
        "Language of the captions",
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
            help="It can be changed on the Train page.",
        )
    preset_note(preset)
    return Settings((topic or "").strip(), interval_s, preset)


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
        backends=dict.fromkeys(ROLES, "auto"),  # what is on this machine; Tags and Models change it
    )
