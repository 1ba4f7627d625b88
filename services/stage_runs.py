"""What each stage of services.stage_table does: inputs, then settings, then context in, its result out.

Heavy libraries are imported inside the functions.
"""

import dataclasses
from typing import Any

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


def video(source: Source, ctx: Context) -> VideoFile:
    from services import sources

    return sources.open_video(source, ctx)


def frames(video: VideoFile, sampling: Sampling, ctx: Context) -> Frames:
    from services import frames

    folder = ctx.folder / "frames"
    if sampling.method == "shots":
        return frames.sample_shots(video, folder, progress=ctx.progress)
    return frames.sample_frames(video, sampling.interval_s, folder, progress=ctx.progress)


def transcript(video: VideoFile, choice: TranscriptChoice, source: Source, ctx: Context) -> Transcript:
    from services import segment_ids, sources

    got = sources.open_transcript(video, choice, source, ctx)
    return dataclasses.replace(got, segments=segment_ids.numbered(got.segments))


def segments(transcript: Transcript, text_edits: tuple[TextEdit, ...], ctx: Context) -> Transcript:
    from services import segment_edits

    return dataclasses.replace(transcript, segments=segment_edits.apply(transcript.segments, text_edits))


def pairs(
    frames: Frames,
    transcript: Transcript,
    alignment: Alignment,
    edits: tuple[PairEdit, ...],
    ctx: Context,
) -> AlignedPairs:
    from services import align

    return align.align(frames, transcript, alignment, edits)


def dataset(frames: Frames, pairs: AlignedPairs, embedding: Embedding, ctx: Context) -> EmbeddedDataset:
    from services import dataset

    return dataset.embed_pairs(frames, pairs, embedding, ctx)


def model(
    dataset: EmbeddedDataset, model: ModelConfig, training: TrainingConfig, ctx: Context
) -> TrainedModel:
    from services import train

    return train.train(dataset, model, training, ctx)


def latents(model: TrainedModel, dataset: EmbeddedDataset, ctx: Context) -> Latents:
    from services import train

    return train.encode(model, dataset)


def points(latents: Latents, dataset: EmbeddedDataset, encoder: Encoder, ctx: Context) -> Latents:
    from services import points

    return points.points(latents, dataset, encoder)


def sweep(points: Latents, sweep: Sweep, ctx: Context) -> KSweep:
    from crvae.k_sweep import Effort, sweep_k

    ks = range(sweep.k_min, sweep.k_max + 1)
    effort = Effort(sweep.method, sweep.n_bootstrap, sweep.n_references)
    return sweep_k(points, ks, effort, seed=sweep.seed, progress=ctx.progress)


def projection(points: Latents, choice: Projecting, ctx: Context) -> Projection:
    from crvae import projection

    if choice.method == "umap":
        ctx.progress(0, 1, "UMAP compiles itself first, which takes up to a minute")
    return projection.project(points, method=choice.method, perplexity=choice.perplexity, seed=choice.seed)


def clusters(points: Latents, dataset: EmbeddedDataset, choice: ClusterChoice, ctx: Context) -> Clustering:
    from services import clusters, set_aside

    made = clusters.cluster(points, choice)
    return set_aside.without_repeated_shots(made, dataset.images) if choice.sets_aside else made


def profile(*inputs: Any) -> Profile:
    from services import profile

    return profile.profile(*inputs)


def descriptions(frames: Frames, pairs: AlignedPairs, describing: Describing, ctx: Context) -> Descriptions:
    from services import describe

    return describe.describe_frames(frames, pairs, describing, ctx)


def tags(
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


def themes(
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


def comparison(left: Themes, right: Themes, comparing: Comparing, ctx: Context) -> Comparison:
    from services import compare

    return compare.compare(left, right, comparing, ctx)


def significance(
    comparison: Comparison,
    left: Tagged,
    right: Tagged,
    comparing: Comparing,
    testing: Testing,
    ctx: Context,
) -> Significance:
    from services import significance

    return significance.significance(comparison, left, right, comparing, testing, ctx)
