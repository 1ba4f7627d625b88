"""The forms of a new project: two uploaded videos, or two links; topic, sampling and model."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.ui.sampling import sampling_field
from pages.ui.texts import Keys, Text, text_choice, text_fields
from services.backends import ROLES
from services.choose import PRESET_TITLES, paper_models, with_source
from services.new_project import new_project
from services.recipe import SIDES, Project, Sampling, Side, Source
from services.sources import source_of
from services.topics import TOPIC_MAX
from services.uploads import PICTURE_TYPES, VIDEO_MB, VIDEO_TYPES, keep_video
from services.workspace import Workspace

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


def upload_form(ws: Workspace) -> Project | None:
    """The project that two uploads make; None until Create is pressed."""
    chosen: dict[Side, tuple[Any, Text]] = {}
    for side, column in zip(SIDES, st.columns(2, gap="medium"), strict=True):
        with column:
            video = _video_uploader(SIDE_TITLES[side], f"sources_video_{side}")
            text = text_fields(
                "file",
                SIDE_LANGUAGES[side],
                keys=Keys(
                    f"sources_text_{side}",
                    f"sources_captions_{side}",
                    f"sources_language_upload_{side}",
                ),
                label="Its captions",
            )
            chosen[side] = (video, text)
    settings = _settings("upload")
    has_texts = all(text.captions or text.origin != "captions" for _, text in chosen.values())
    is_whole = bool(settings.topic) and has_texts and all(video for video, _ in chosen.values())
    needs = "Add both videos, captions or another way to their texts, and a topic."
    if not _create("upload", is_whole, needs):
        return None
    sources: dict[Side, Source] = {
        side: source_of(str(keep_video(video, ws.uploads))) for side, (video, _) in chosen.items()
    }
    return _project(ws, settings, sources, {side: text for side, (_, text) in chosen.items()})


def links_form(ws: Workspace) -> Project | None:
    """The project that two links make; None until Create is pressed."""
    links: dict[Side, tuple[str, Text]] = {}
    for side, column in zip(SIDES, st.columns(2, gap="medium"), strict=True):
        with column:
            link = st.text_input(
                SIDE_TITLES[side],
                key=f"sources_link_{side}",
                type="url",
                validate=LINK,
                placeholder="https://www.youtube.com/watch?v=…",
            )
            keys = Keys(
                f"sources_link_text_{side}",
                f"sources_link_captions_{side}",
                f"sources_language_links_{side}",
            )
            text = text_fields(
                "youtube",
                SIDE_LANGUAGES[side],
                keys=keys,
                label="Captions (optional)",
                note="Without a file, YouTube's captions in this language are taken: written ones before "
                "automatic ones.",
            )
            links[side] = (link or "", text)
    settings = _settings("links")
    is_whole = bool(settings.topic) and all(link for link, _ in links.values())
    if not _create("links", is_whole, "Paste both links and write a topic."):
        return None
    sources: dict[Side, Source] = {side: source_of(link) for side, (link, _) in links.items()}
    return _project(ws, settings, sources, {side: text for side, (_, text) in links.items()})


def change_form(ws: Workspace, project: Project, side: Side, *, is_primary: bool = False) -> Project | None:
    """The project with another video, other captions or another language on a side; None until Save.

    is_primary: nothing else leads on
    """
    recipe, keys = project.recipe(side), f"{side}_{project.revision}"
    with st.popover(
        "Change video or captions",
        icon=":material/edit:",
        key=f"sources_change_{side}",
        type="primary" if is_primary else "secondary",
    ):
        video = _video_uploader("Another video", f"sources_new_video_{keys}")
        link = st.text_input(
            "or a YouTube link",
            key=f"sources_new_link_{keys}",
            type="url",
            validate=LINK,
            placeholder="https://",
        )
        if video and link:
            st.warning("A file and a link are given. Take one of them out: a side has one video.")
        kind = "file" if video else "youtube" if link else recipe.source.kind
        before = recipe.transcript
        text = text_fields(
            kind,
            before.language,
            keys=Keys(
                f"sources_new_text_{keys}",
                f"sources_new_captions_{keys}",
                f"sources_new_language_{keys}",
            ),
            label="Other captions",
            current=before.origin,
        )
        st.caption(
            "What is left empty stays. Corrections find their places in other captions of this video and "
            "language; otherwise they go. Undo brings all back."
        )
        is_same_text = (text.origin, text.language) == (before.origin, before.language)
        is_changed = bool(video or link or text.captions) or not is_same_text
        is_whole = is_changed and not (video and link)
        if not st.button("Save", key=f"sources_new_save_{side}", type="primary", disabled=not is_whole):
            return None
    source = source_of(link) if link else None
    if video:
        source = source_of(str(keep_video(video, ws.uploads)))
    keeps_captions = text.origin == before.origin == "captions" and not text.captions
    choice = None if keeps_captions else text_choice(ws, source or recipe.source, text)
    return with_source(project, side, source=source, captions=choice, language=text.language)


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


def _settings(way: str) -> Settings:
    topic = st.text_input(
        "Topic: what both videos are about",
        key=f"sources_topic_{way}",
        placeholder="Winter Olympics 2022",
        max_chars=TOPIC_MAX,
    )
    left, right = st.columns(2, gap="medium")
    with left:
        interval_s = sampling_field(Sampling(), f"sources_{way}", has_shots=False).interval_s
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


def _project(
    ws: Workspace, settings: Settings, sources: dict[Side, Source], texts: dict[Side, Text]
) -> Project:
    return new_project(
        settings.topic,
        sources["left"],
        sources["right"],
        text_choice(ws, sources["left"], texts["left"]),
        text_choice(ws, sources["right"], texts["right"]),
        preset=settings.preset,
        interval_s=settings.interval_s,
        backends=dict.fromkeys(ROLES, "auto"),  # what is on this machine; Tags and Models change it
    )
