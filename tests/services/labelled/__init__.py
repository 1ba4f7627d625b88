"""A labelled set of tags on the sample pair: which are true of a theme, and which were planted."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from services.captions import read_captions
from services.material import Material
from services.recipe import SIDES, Side
from services.records import FrameDescription

HERE = Path(__file__).parent
SAMPLE = HERE.parents[2] / "assets" / "sample"
LANGUAGES = {"left": "en", "right": "zh"}


@dataclass(frozen=True)
class Labelled:
    side: Side
    cluster: int  # of its video
    theme: str
    tag: str
    is_true: bool


def themes_of(side: Side) -> list[str]:
    scenes = json.loads((SAMPLE / "scenes.json").read_text("utf-8"))[side]["scenes"]
    return sorted({scene["theme"] for scene in scenes})


def labelled() -> list[Labelled]:
    told = tomllib.loads((HERE / "tags.toml").read_text("utf-8"))
    return [
        Labelled(side, cluster, theme, tag, is_true)
        for side in SIDES
        for cluster, theme in enumerate(themes_of(side))
        for is_true in (True, False)
        for tag in told[side][theme]["true" if is_true else "false"]
    ]


def materials_of(side: Side) -> list[Material]:
    """Each theme of the sample as a cluster, with the descriptions that Diptych made of its frames."""
    scenes = json.loads((SAMPLE / "scenes.json").read_text("utf-8"))[side]["scenes"]
    segments = read_captions(SAMPLE / f"{LANGUAGES[side]}.srt", LANGUAGES[side]).segments
    described = json.loads((HERE / "descriptions.json").read_text("utf-8"))[side]
    found: list[Material] = []
    for cluster, theme in enumerate(themes_of(side)):
        spans = [(s["start_s"], s["end_s"]) for s in scenes if s["theme"] == theme]

        def is_here(time_s: float, spans=spans) -> bool:
            return any(start <= time_s < end for start, end in spans)

        texts = tuple(segment.text for segment in segments if is_here(segment.start_s + 0.1))
        frames = tuple(
            FrameDescription(d["frame"], "", tuple(d["on_screen"]), tuple(d["labels"]))
            for d in described
            if is_here(d["time_s"])
        )
        found.append(Material(cluster, texts, (1.0,) * len(texts), frames))
    return found
