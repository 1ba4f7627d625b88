"""Where the text of a video comes from: the fields that ask for it, and the choice that they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from services.languages import LANGUAGES
from services.recipe import Source, TranscriptChoice
from services.records import Origin
from services.sources import captions_of
from services.text_origins import TextOrigin, choice_of, origins_of
from services.uploads import CAPTION_TYPES, CAPTIONS_MB, keep_upload
from services.workspace import Workspace

CAPTIONS_HELP = (
    "SubRip (.srt), WebVTT (.vtt), SubStation (.ass), YouTube's captions as JSON, or a plain text (.txt); "
    "a text without times is spread over the video."
)


@dataclass(frozen=True, slots=True)
class Keys:
    """Of the three fields."""

    origin: str
    captions: str
    language: str


@dataclass(frozen=True, slots=True)
class Text:
    origin: Origin
    captions: Any  # the uploaded file, or None
    language: str


def text_fields(
    kind: str,
    language: str,
    *,
    keys: Keys,
    label: str,
    note: str = "",
    current: Origin = "captions",
) -> Text:
    """What is chosen for one video: origin of the text, caption file, language.

    kind:     of the Source
    language: the one to begin with
    label:    of the caption file; note: help on it
    """
    origin = _origin(kind, keys.origin, current)
    captions = None
    if origin == "captions":
        captions = st.file_uploader(
            label,
            CAPTION_TYPES,
            key=keys.captions,
            max_upload_size=CAPTIONS_MB,
            help=f"{note} {CAPTIONS_HELP}".strip(),
        )
    codes: Sequence[str] = list(dict.fromkeys((*LANGUAGES, language)))
    chosen = st.selectbox(
        "Language of the captions" if origin == "captions" else "Language of the text",
        codes,
        index=codes.index(language),
        format_func=lambda code: LANGUAGES.get(code) or str(code),
        key=keys.language,
    )
    return Text(origin, captions, chosen)


def text_choice(ws: Workspace, source: Source, text: Text) -> TranscriptChoice:
    """Raises AnalysisError for captions that cannot be read, and a video without the sound to listen to."""
    if text.origin != "captions":
        return choice_of(source, text.origin, text.language)
    if text.captions is None:
        return TranscriptChoice(language=text.language)
    return captions_of(str(keep_upload(text.captions.name, text.captions, ws.uploads)), text.language)


def _origin(kind: str, key: str, current: Origin) -> Origin:
    """The origin that is picked, with a line about what it takes; no field where there is only one."""
    possible: dict[Origin, TextOrigin] = {origin.origin: origin for origin in origins_of(kind)}
    first = current if current in possible else next(iter(possible))
    if len(possible) == 1:
        return first
    chosen: Origin | None = st.segmented_control(
        "Where its text comes from",
        list(possible),
        default=first,
        required=True,
        format_func=lambda origin: possible[origin].title,
        key=key,
    )
    st.caption(possible[chosen or first].note)
    return chosen or first
