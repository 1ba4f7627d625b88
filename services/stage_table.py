"""The table of stages: what each needs and which settings it reads.

A stage's function gets its inputs and only the settings named in `reads`, so no result can depend on a
setting that is missing from its key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from crvae.records import Clustering, EmbeddedDataset, KSweep, Latents, Projection
from services import stage_runs
from services.profile_records import Profile
from services.records import (
    AlignedPairs,
    Comparison,
    Descriptions,
    Frames,
    Significance,
    Themes,
    TrainedModel,
    Transcript,
    VideoFile,
)


@dataclass(frozen=True, slots=True)
class Stage:
    run: Callable[..., Any]  # (*inputs, *settings, ctx) -> result
    result: type
    title: str  # for people
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()  # fields of Recipe
    device: Literal["cpu", "gpu", "network"] = "cpu"
    version: int = 1  # raise it when the same inputs give another result
    is_quick: bool = False  # well below a second for any video: made where it is asked for, without a job
    backend: str = ""  # the setting that names the backend, "group.field"


# What tags are made from and held against.
_TAGGED = ("clusters", "pairs", "descriptions", "segments", "frames")

STAGES: dict[str, Stage] = {
    "video": Stage(stage_runs.video, VideoFile, "Video", reads=("source",), device="network"),
    "frames": Stage(stage_runs.frames, Frames, "Frames", needs=("video",), reads=("sampling",)),
    "transcript": Stage(
        stage_runs.transcript,
        Transcript,
        "Transcript",
        needs=("video",),
        reads=("transcript", "source"),
        device="network",
        backend="transcript.backend",
    ),
    "segments": Stage(
        stage_runs.segments, Transcript, "Segments", needs=("transcript",), reads=("text_edits",)
    ),
    "pairs": Stage(
        stage_runs.pairs, AlignedPairs, "Pairs", needs=("frames", "segments"), reads=("alignment", "edits")
    ),
    "dataset": Stage(
        stage_runs.dataset,
        EmbeddedDataset,
        "Word vectors and pictures",
        needs=("frames", "pairs"),
        reads=("embedding",),
        backend="embedding.backend",
    ),
    "model": Stage(
        stage_runs.model,
        TrainedModel,
        "Training",
        needs=("dataset",),
        reads=("model", "training"),
        device="gpu",
    ),
    "latents": Stage(stage_runs.latents, Latents, "Latent vectors", needs=("model", "dataset"), device="gpu"),
    "points": Stage(
        stage_runs.points, Latents, "Points to cluster", needs=("latents", "dataset"), reads=("encoder",)
    ),
    "sweep": Stage(
        stage_runs.sweep, KSweep, "Metrics over K", needs=("points",), reads=("sweep",), version=4
    ),
    "projection": Stage(
        stage_runs.projection, Projection, "Map", needs=("points",), reads=("projection",), version=2
    ),
    "clusters": Stage(
        stage_runs.clusters,
        Clustering,
        "Clusters",
        needs=("points", "dataset"),
        reads=("clustering",),
        version=3,
        is_quick=True,
    ),
    "profile": Stage(
        stage_runs.profile,
        Profile,
        "What the clusters are",
        needs=("points", "dataset", "model", "sweep", "clusters", "pairs"),
        reads=("encoder",),
    ),
    "descriptions": Stage(
        stage_runs.descriptions,
        Descriptions,
        "Frame descriptions",
        needs=("frames", "pairs"),
        reads=("describing",),
        backend="describing.backend",
    ),
    "tags": Stage(
        stage_runs.tags,
        Themes,
        "Tags",
        needs=_TAGGED,
        reads=("tagging", "phrases"),
        version=3,
        backend="tagging.backend",
    ),
    "themes": Stage(
        stage_runs.themes,
        Themes,
        "Themes",
        needs=("tags", *_TAGGED),
        reads=("tag_edits", "phrases"),
        version=2,
    ),
}

COMPARISON = Stage(
    stage_runs.comparison, Comparison, "Comparison", reads=("comparing",), backend="comparing.phrases"
)  # takes the themes of both sides

SIGNIFICANCE = Stage(
    stage_runs.significance,
    Significance,
    "Chance",
    reads=("comparing", "testing"),
    backend="comparing.phrases",
)  # takes the comparison and what both sides were tagged from
