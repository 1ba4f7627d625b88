"""The table of stages: what each needs and which settings it reads.

A stage's function gets its inputs and only the settings named in `reads`, so no result can depend on a
setting that is missing from its key. Heavy libraries are imported inside the functions.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from crvae.config import ModelConfig, TrainingConfig
from crvae.records import Clustering, EmbeddedDataset, KSweep, Latents, Projection
from services.context import Context
from services.profile_records import Profile
from services.recipe import (
    Alignment,
    ClusterChoice,
    Comparing,
    Describing,
    Embedding,
    Encoder,
    PairEdit,
    Projecting,
    Sampling,
    Source,
    Sweep,
    TagEdit,
    Tagging,
    Testing,
    TextEdit,
    TranscriptChoice,
)
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
from services.tagged import Tagged


@dataclass(frozen=True, slots=True)
class Stage:
    run: Callable[..., Any]  # (*inputs, *settings, ctx) -> result
    result: type
    title: str  # for people
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()  # fields of Recipe
    device: Literal["cpu", "gpu", "network"] = "cpu"
    version: int = 1  # raise it when the same inputs give another result
    backend: str = ""  # the setting that names the backend, "group.field"


def _video(source: Source, ctx: Context) -> VideoFile:
    from services import sources

    return sources.open_video(source, ctx)


def _frames(video: VideoFile, sampling: Sampling, ctx: Context) -> Frames:
    from services import frames

    folder = ctx.folder / "frames"
    if sampling.method == "shots":
        return frames.sample_shots(video, folder, progress=ctx.progress)
    return frames.sample_frames(video, sampling.interval_s, folder, progress=ctx.progress)


def _transcript(video: VideoFile, choice: TranscriptChoice, source: Source, ctx: Context) -> Transcript:
    from services import segment_ids, sources

    got = sources.open_transcript(video, choice, source, ctx)
    return dataclasses.replace(got, segments=segment_ids.numbered(got.segments))


def _segments(transcript: Transcript, text_edits: tuple[TextEdit, ...], ctx: Context) -> Transcript:
    from services import segment_edits

    return dataclasses.replace(transcript, segments=segment_edits.apply(transcript.segments, text_edits))


def _pairs(
    frames: Frames,
    transcript: Transcript,
    alignment: Alignment,
    edits: tuple[PairEdit, ...],
    ctx: Context,
) -> AlignedPairs:
    from services import align

    return align.align(frames, transcript, alignment, edits)


def _dataset(frames: Frames, pairs: AlignedPairs, embedding: Embedding, ctx: Context) -> EmbeddedDataset:
    from services import dataset

    return dataset.embed_pairs(frames, pairs, embedding, ctx)


def _model(
    dataset: EmbeddedDataset, model: ModelConfig, training: TrainingConfig, ctx: Context
) -> TrainedModel:
    from services import train

    return train.train(dataset, model, training, ctx)


def _latents(model: TrainedModel, dataset: EmbeddedDataset, ctx: Context) -> Latents:
    from services import train

    return train.encode(model, dataset)


def _points(latents: Latents, dataset: EmbeddedDataset, encoder: Encoder, ctx: Context) -> Latents:
    from services import points

    return points.points(latents, dataset, encoder)


def _sweep(points: Latents, sweep: Sweep, ctx: Context) -> KSweep:
    from crvae.k_sweep import Effort, sweep_k

    ks = range(sweep.k_min, sweep.k_max + 1)
    effort = Effort(sweep.method, sweep.n_bootstrap, sweep.n_references)
    return sweep_k(points, ks, effort, seed=sweep.seed, progress=ctx.progress)


def _projection(points: Latents, choice: Projecting, ctx: Context) -> Projection:
    from crvae import projection

    if choice.method == "umap":
        ctx.progress(0, 1, "UMAP compiles itself first, which takes up to a minute")
    return projection.project(points, method=choice.method, perplexity=choice.perplexity, seed=choice.seed)


def _clusters(points: Latents, dataset: EmbeddedDataset, choice: ClusterChoice, ctx: Context) -> Clustering:
    from services import clusters, set_aside

    made = clusters.cluster(points, choice)
    return set_aside.without_repeated_shots(made, dataset.images) if choice.sets_aside else made


def _profile(*inputs: Any) -> Profile:
    from services import profile

    return profile.profile(*inputs)


def _descriptions(frames: Frames, pairs: AlignedPairs, describing: Describing, ctx: Context) -> Descriptions:
    from services import describe

    return describe.describe_frames(frames, pairs, describing, ctx)


def _tags(
    clusters: Clustering,
    pairs: AlignedPairs,
    descriptions: Descriptions,
    segments: Transcript,
    frames: Frames,
    tagging: Tagging,
    phrases: str,
    ctx: Context,
) -> Themes:
    from services import tags

    video = tags.Video(clusters, pairs, descriptions, segments, frames)
    return tags.tag_clusters(video, tagging, phrases, ctx)


def _themes(
    made: Themes,
    clusters: Clustering,
    pairs: AlignedPairs,
    descriptions: Descriptions,
    segments: Transcript,
    frames: Frames,
    edits: tuple[TagEdit, ...],
    phrases: str,
    ctx: Context,
) -> Themes:
    from services import tags

    video = tags.Video(clusters, pairs, descriptions, segments, frames)
    return tags.edit_themes(made, video, edits, phrases, ctx)


# What tags are made from and held against.
_TAGGED = ("clusters", "pairs", "descriptions", "segments", "frames")

STAGES: dict[str, Stage] = {
    "video": Stage(_video, VideoFile, "Video", reads=("source",), device="network"),
    "frames": Stage(_frames, Frames, "Frames", needs=("video",), reads=("sampling",)),
    "transcript": Stage(
        _transcript,
        Transcript,
        "Transcript",
        needs=("video",),
        reads=("transcript", "source"),
        device="network",
        backend="transcript.backend",
    ),
    "segments": Stage(_segments, Transcript, "Segments", needs=("transcript",), reads=("text_edits",)),
    "pairs": Stage(_pairs, AlignedPairs, "Pairs", needs=("frames", "segments"), reads=("alignment", "edits")),
    "dataset": Stage(
        _dataset,
        EmbeddedDataset,
        "Word vectors and pictures",
        needs=("frames", "pairs"),
        reads=("embedding",),
        backend="embedding.backend",
    ),
    "model": Stage(
        _model, TrainedModel, "Training", needs=("dataset",), reads=("model", "training"), device="gpu"
    ),
    "latents": Stage(_latents, Latents, "Latent vectors", needs=("model", "dataset"), device="gpu"),
    "points": Stage(_points, Latents, "Points to cluster", needs=("latents", "dataset"), reads=("encoder",)),
    "sweep": Stage(_sweep, KSweep, "Metrics over K", needs=("points",), reads=("sweep",), version=3),
    "projection": Stage(_projection, Projection, "Map", needs=("points",), reads=("projection",), version=2),
    "clusters": Stage(
        _clusters, Clustering, "Clusters", needs=("points", "dataset"), reads=("clustering",), version=3
    ),
    "profile": Stage(
        _profile,
        Profile,
        "What the clusters are",
        needs=("points", "dataset", "model", "sweep", "clusters", "pairs"),
        reads=("encoder",),
    ),
    "descriptions": Stage(
        _descriptions,
        Descriptions,
        "Frame descriptions",
        needs=("frames", "pairs"),
        reads=("describing",),
        backend="describing.backend",
    ),
    "tags": Stage(
        _tags,
        Themes,
        "Tags",
        needs=_TAGGED,
        reads=("tagging", "phrases"),
        version=3,
        backend="tagging.backend",
    ),
    "themes": Stage(
        _themes, Themes, "Themes", needs=("tags", *_TAGGED), reads=("tag_edits", "phrases"), version=2
    ),
}


def _comparison(left: Themes, right: Themes, comparing: Comparing, ctx: Context) -> Comparison:
    from services import compare

    return compare.compare(left, right, comparing, ctx)


COMPARISON = Stage(
    _comparison, Comparison, "Comparison", reads=("comparing",), backend="comparing.phrases"
)  # takes the themes of both sides


def _significance(
    comparison: Comparison,
    left: Tagged,
    right: Tagged,
    comparing: Comparing,
    testing: Testing,
    ctx: Context,
) -> Significance:
    from services import significance

    return significance.significance(comparison, left, right, comparing, testing, ctx)


SIGNIFICANCE = Stage(
    _significance, Significance, "Chance", reads=("comparing", "testing"), backend="comparing.phrases"
)  # takes the comparison and what both sides were tagged from
