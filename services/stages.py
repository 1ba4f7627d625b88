"""The table of stages: what each needs, which settings it reads, and the one way to build it.

A stage's function gets its inputs and only the settings named in `reads`, so no result can depend on a
setting that is missing from its key. Heavy libraries are imported inside the functions.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from crvae.config import ModelConfig, TrainingConfig
from crvae.records import Clustering, EmbeddedDataset, KSweep, Latents, Projection
from services.context import Context, Emit, silent
from services.recipe import (
    Alignment,
    ClusterChoice,
    Comparing,
    Describing,
    Embedding,
    PairEdit,
    Project,
    Recipe,
    Sampling,
    Source,
    Sweep,
    TagEdit,
    Tagging,
    TranscriptChoice,
    Tsne,
    digest,
    key_form,
)
from services.records import (
    AlignedPairs,
    Comparison,
    Descriptions,
    Frames,
    Progress,
    Themes,
    TrainedModel,
    Transcript,
    VideoFile,
    quiet,
)
from services.store import Store
from services.versions import versions

log = logging.getLogger(__name__)


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

    return frames.sample_frames(video, sampling.interval_s, ctx.folder / "frames", progress=ctx.progress)


def _segments(video: VideoFile, choice: TranscriptChoice, source: Source, ctx: Context) -> Transcript:
    from services import sources

    return sources.open_transcript(video, choice, source, ctx)


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


def _sweep(latents: Latents, sweep: Sweep, ctx: Context) -> KSweep:
    from crvae import clustering

    ks = range(sweep.k_min, sweep.k_max + 1)
    return clustering.sweep_k(latents, ks, seed=sweep.seed, progress=ctx.progress)


def _projection(latents: Latents, tsne: Tsne, ctx: Context) -> Projection:
    from crvae import projection

    return projection.project(latents, perplexity=tsne.perplexity, seed=tsne.seed)


def _clusters(latents: Latents, choice: ClusterChoice, ctx: Context) -> Clustering:
    from services import clusters

    return clusters.cluster(latents, choice)


def _descriptions(frames: Frames, pairs: AlignedPairs, describing: Describing, ctx: Context) -> Descriptions:
    from services import describe

    return describe.describe_frames(frames, pairs, describing, ctx)


def _tags(
    clusters: Clustering,
    pairs: AlignedPairs,
    descriptions: Descriptions,
    tagging: Tagging,
    phrases: str,
    ctx: Context,
) -> Themes:
    from services import tags

    return tags.tag_clusters(clusters, pairs, descriptions, tagging, phrases, ctx)


def _themes(tags: Themes, edits: tuple[TagEdit, ...], ctx: Context) -> Themes:
    from services import themes

    return themes.apply_edits(tags, edits)


STAGES: dict[str, Stage] = {
    "video": Stage(_video, VideoFile, "Video", reads=("source",), device="network"),
    "frames": Stage(_frames, Frames, "Frames", needs=("video",), reads=("sampling",)),
    "segments": Stage(
        _segments,
        Transcript,
        "Transcript",
        needs=("video",),
        reads=("transcript", "source"),
        device="network",
    ),
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
    "sweep": Stage(_sweep, KSweep, "Metrics over K", needs=("latents",), reads=("sweep",)),
    "projection": Stage(_projection, Projection, "t-SNE", needs=("latents",), reads=("projection",)),
    "clusters": Stage(_clusters, Clustering, "Clusters", needs=("latents",), reads=("clustering",)),
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
        needs=("clusters", "pairs", "descriptions"),
        reads=("tagging", "phrases"),
        backend="tagging.backend",
    ),
    "themes": Stage(_themes, Themes, "Themes", needs=("tags",), reads=("tag_edits",)),
}


def key(recipe: Recipe, stage: str) -> str:
    """Name of a stage's result; depends on nothing but the settings that shape it."""
    s = STAGES[stage]
    return digest(stage, s.version, [getattr(recipe, r) for r in s.reads], [key(recipe, n) for n in s.needs])


def have(store: Store, recipe: Recipe, stage: str) -> bool:
    return key(recipe, stage) in store


def load(store: Store, recipe: Recipe, stage: str) -> Any:
    """The stage's result. Raises StageMissing if it is not there."""
    return store.get(key(recipe, stage), STAGES[stage].result)


def missing(store: Store, recipe: Recipe, stage: str) -> list[str]:
    """The stages that `stage` still lacks, itself included, in the order in which they will run."""
    if have(store, recipe, stage):
        return []
    found: list[str] = []
    for need in STAGES[stage].needs:
        found += [name for name in missing(store, recipe, need) if name not in found]
    return [*found, stage]


def build(store: Store, recipe: Recipe, stage: str, progress: Progress = quiet, emit: Emit = silent) -> Any:
    """The stage's result, computing it and whatever it still lacks.

    progress(done, total, note) hears of the stage that is running; its note begins with the stage's title.
    """
    k, s = key(recipe, stage), STAGES[stage]
    if k not in store:
        inputs = [build(store, recipe, need, progress, emit) for need in s.needs]
        settings = [getattr(recipe, name) for name in s.reads]
        _run(store, k, stage, s, inputs, settings, progress, emit)
    return store.get(k, s.result)


def _run(
    store: Store,
    k: str,
    name: str,
    s: Stage,
    inputs: list[Any],
    settings: list[Any],
    progress: Progress,
    emit: Emit,
) -> None:
    def told(done: int, total: int, note: str) -> None:
        progress(done, total, f"{s.title}: {note}" if note else s.title)

    with store.lock(k, told):
        if k in store:
            return
        told(0, 1, "")
        started = time.monotonic()
        ctx = Context(folder=store.scratch(k), remember=store.remember, progress=told, emit=emit)
        value = s.run(*inputs, *settings, ctx)
        seconds = time.monotonic() - started
        named = dict(zip(s.reads, map(key_form, settings), strict=True))
        backend = _field(named, s.backend)
        store.put(
            k,
            value,
            {
                "stage": name,
                "settings": named,
                "backend": backend,
                "seconds": seconds,
                "versions": versions(),
            },
        )
        log.info("%s %s %.1f s", name, k, seconds)


def _field(settings: dict[str, Any], path: str) -> str:
    if not path:
        return ""
    group, _, name = path.partition(".")
    return str(settings[group][name])


COMPARISON_VERSION = 1


def comparison_key(project: Project) -> str:
    themes = [key(project.left, "themes"), key(project.right, "themes")]
    return digest("comparison", COMPARISON_VERSION, project.comparing, themes)


def have_comparison(store: Store, project: Project) -> bool:
    return comparison_key(project) in store


def load_comparison(store: Store, project: Project) -> Comparison:
    return store.get(comparison_key(project), Comparison)


def build_comparison(
    store: Store, project: Project, progress: Progress = quiet, emit: Emit = silent
) -> Comparison:
    """Similarity of the two videos' clusters (§5.4), computing all that it still lacks."""
    k = comparison_key(project)
    if k not in store:
        themes = [build(store, recipe, "themes", progress, emit) for recipe in (project.left, project.right)]
        stage = Stage(
            _comparison, Comparison, "Comparison", reads=("comparing",), backend="comparing.phrases"
        )
        _run(store, k, "comparison", stage, themes, [project.comparing], progress, emit)
    return store.get(k, Comparison)


def _comparison(left: Themes, right: Themes, comparing: Comparing, ctx: Context) -> Comparison:
    from services import compare

    return compare.compare(left, right, comparing, ctx)


def all_keys(project: Project) -> Iterator[str]:
    """Every key that the project's present settings name."""
    for recipe in (project.left, project.right):
        for stage in STAGES:
            yield key(recipe, stage)
    yield comparison_key(project)
