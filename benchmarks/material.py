"""Data sets with known scenes: the bundled sample, or any pair of folders with video, captions and scenes."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crvae.records import EmbeddedDataset
from services import sources, stages
from services.context import Context
from services.dataset import embed_pairs
from services.new_project import new_project
from services.recipe import SIDES, Project, Recipe
from services.records import AlignedPairs
from services.sample import FOLDER, sample_project
from services.workspace import Workspace

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """One video's pairs, and the scene of each: scenes (N,) int64."""

    name: str
    dataset: EmbeddedDataset
    scenes: NDArray[np.int64]

    @property
    def n_scenes(self) -> int:
        return int(self.scenes.max()) + 1


def sample(ws: Workspace) -> list[Material]:
    """Both videos of the bundled sample."""
    told = json.loads((FOLDER / "scenes.json").read_text("utf-8"))
    scenes = [told[side]["scenes"] for side in SIDES]
    return _materials(ws, sample_project("quick"), scenes)


def folder(ws: Workspace, root: Path, *, is_every_frame: bool) -> list[Material]:
    """Both videos of a folder that holds en/ and zh/, each with video.mp4, captions.srt and scenes.json.

    is_every_frame: pair each frame with what is said at its time, in place of a frame for each segment
    """
    videos = [sources.source_of(str(root / language / "video.mp4")) for language in LANGUAGES]
    texts = [sources.captions_of(str(root / name / "captions.srt"), name) for name in LANGUAGES]
    scenes = [json.loads((root / name / "scenes.json").read_text("utf-8"))["scenes"] for name in LANGUAGES]
    project = new_project(root.name, videos[0], videos[1], texts[0], texts[1])
    return _materials(ws, project, scenes, is_every_frame=is_every_frame)


def _materials(
    ws: Workspace, project: Project, scenes: list[list[dict[str, Any]]], *, is_every_frame: bool = False
) -> list[Material]:
    found: list[Material] = []
    for side, language, told in zip(SIDES, LANGUAGES, scenes, strict=True):
        recipe = project.recipe(side)
        if is_every_frame:
            pairs, dataset = _of_every_frame(ws, recipe)
        else:
            dataset = stages.build(ws.store, recipe, "dataset")
            pairs = stages.load(ws.store, recipe, "pairs")
        found.append(Material(language, dataset, _scene_of_each(told, pairs.times_s)))
    return found


def _of_every_frame(ws: Workspace, recipe: Recipe) -> tuple[AlignedPairs, EmbeddedDataset]:
    frames = stages.build(ws.store, recipe, "frames")
    segments = stages.build(ws.store, recipe, "segments").segments
    starts_s = [segment.start_s for segment in segments]
    spoken = (np.searchsorted(starts_s, frames.times_s + 1e-6, side="right") - 1).clip(0)
    texts = tuple(segments[row].text for row in spoken)
    rows = np.arange(len(frames.times_s))
    pairs = AlignedPairs(
        rows, spoken, frames.times_s, texts, "nearest_start", "each frame, what is said then"
    )
    context = Context(ws.root, lambda _name, compute: compute())
    return pairs, embed_pairs(frames, pairs, recipe.embedding, context)


def _scene_of_each(scenes: list[dict[str, Any]], times_s: NDArray[np.float64]) -> NDArray[np.int64]:
    """(N,) number of the theme or label on screen at each time; the last scene lasts for ever."""
    starts = np.array([scene.get("start_s", scene.get("start")) for scene in scenes], dtype=float)
    names = [str(scene.get("theme", scene.get("label"))) for scene in scenes]
    rows = np.searchsorted(starts, times_s + 1e-6, side="right") - 1
    return np.unique([names[row] for row in rows], return_inverse=True)[1].astype(np.int64)
