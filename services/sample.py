"""The bundled pair of videos as a project, to try everything without a network."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

from services import sources
from services.new_project import new_project
from services.recipe import Project, Source

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "sample"


def sample_project(
    preset: str = "quick",
    *,
    backends: Mapping[str, str] | None = None,
    epochs: int | None = None,
) -> Project:
    """The bundled English and Chinese video with their captions; not stored yet.

    The arguments are those of new_project.
    Raises AnalysisError if the preset's models are not on this machine.
    """
    titles = json.loads((FOLDER / "scenes.json").read_text("utf-8"))["title"]
    return new_project(
        f"{titles['en']} · {titles['zh']}",
        _source("en.mp4", titles["en"]),
        _source("zh.mp4", titles["zh"]),
        sources.captions_of(str(FOLDER / "en.srt"), "en"),
        sources.captions_of(str(FOLDER / "zh.srt"), "zh-Hans"),
        preset=preset,
        backends=backends,
        epochs=epochs,
    )


def _source(name: str, title: str) -> Source:
    return dataclasses.replace(sources.source_of(str(FOLDER / name)), title=title)
