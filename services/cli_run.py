"""The command `run`: from two sources to the output folder, through a project of the workspace."""

import argparse
import dataclasses
import sys

from services import shared_themes, sources, stages, views
from services.cautions import SAME_VIDEO, is_same_video, text_cautions
from services.choose import with_topic
from services.cli_build import Build, chosen_build
from services.cli_progress import Bars, stopped_by_ctrl_c
from services.cluster_choice import size_of, with_encoder, with_method, with_size
from services.errors import AnalysisError
from services.export import export, known_significance, require_writable
from services.labels import cluster_label, video_label
from services.new_project import new_project, same_settings
from services.recipe import SIDES, Project, Side, Source, TranscriptChoice
from services.records import AlignedPairs, Comparison
from services.sample import sample_project
from services.text_origins import without_captions
from services.workspace import Workspace

DEFAULT_LANGUAGE: dict[Side, str] = {"left": "en", "right": "zh"}
CAPTION_ENDINGS = (".srt", ".vtt", ".ass", ".json", ".txt")


def run(ws: Workspace, options: argparse.Namespace) -> str:
    """The summary of a finished run; every file of the output folder is written.

    Raises AnalysisError for the user's mistakes, KeyboardInterrupt after Ctrl-C.
    """
    bars = Bars()
    with stopped_by_ctrl_c(bars):
        project = wanted(options)
        require_writable(options.out)  # before hours of computing, not after
        project = stored(ws, project, options.topic)
        if is_same_video(project):
            print(f"Warning: {SAME_VIDEO}", file=sys.stderr)
        build = chosen_build(ws, bars, options.scheduler)
        build(project, "both", "pairs")
        for side in SIDES:
            transcript = stages.load(ws.store, project.recipe(side), "segments")
            for caution in text_cautions(project, side, transcript):
                print(f"Warning: {caution}", file=sys.stderr)
            _check_k(ws, project, side)
        project = with_chosen_k(ws, project, options, build)
        for stage in ("sweep", "projection", "profile", "themes", *stages.OF_BOTH):
            build(project, "both", stage)
        export(ws, project, options.out, bars)
    return summary(ws, project, options)


def wanted(options: argparse.Namespace) -> Project:
    """The project that the options describe, not stored yet."""
    backends = dict(options.backend)
    if options.sample:
        sample = sample_project(options.preset, backends=backends, epochs=options.epochs)
        return _clustered(sample, options)
    videos = {side: sources.source_of(getattr(options, side)) for side in SIDES}
    transcripts = {side: _transcript(videos[side], side, options) for side in SIDES}
    made = new_project(
        options.topic,
        videos["left"],
        videos["right"],
        transcripts["left"],
        transcripts["right"],
        preset=options.preset,
        interval_s=options.interval or 2.0,
        backends=backends,
        epochs=options.epochs,
    )
    return _clustered(made, options)


def _clustered(project: Project, options: argparse.Namespace) -> Project:
    """The project with what is clustered and how, and with the sizes that are given."""
    for side in SIDES:
        project = with_method(with_encoder(project, side, options.encoder), side, options.cluster_method)
        size: int | None = getattr(options, f"k_{side}")
        if size is not None:
            project = with_size(project, side, size)
    return project


def stored(ws: Workspace, project: Project, topic: str = "") -> Project:
    """The workspace's project with the same settings, else this one, added.

    A K that `project` leaves open matches any. topic: renames the project that was found, unless ""
    """
    with ws.projects.alone():
        found = _same(ws, project)
        if found is None:
            return ws.projects.add(project)
        if topic and topic != found.topic:
            return ws.projects.save(with_topic(found, topic), "topic given on the command line")
        return found


def with_chosen_k(ws: Workspace, project: Project, options: argparse.Namespace, build: Build) -> Project:
    """The stored project with a K for both videos: the given ones, else the recommended ones."""
    target = project
    for side in SIDES:
        size = getattr(options, f"k_{side}") or _recommended_size(ws, project, side, build)
        target = with_size(target, side, size)
    with ws.projects.alone():
        now = ws.projects.get(project.project_id)  # another program may have changed it meanwhile
        same = next((other for other in [now, *ws.projects.all()] if same_settings(other, target)), None)
        if same is not None:
            return same
        if same_settings(now, target, with_k=False) and _fits_k(now, target):
            changed = dataclasses.replace(target, topic=now.topic, revision=now.revision)
            return ws.projects.save(changed, "K chosen on the command line")
        return ws.projects.add(target)  # somebody chose otherwise in that project: leave it as it is


def _same(ws: Workspace, project: Project) -> Project | None:
    """The stored project that fits best: the same in all, else one whose K is not in contradiction."""
    others = ws.projects.all()
    exact = [other for other in others if same_settings(other, project)]
    fitting = [
        other for other in others if same_settings(other, project, with_k=False) and _fits_k(other, project)
    ]
    return next(iter([*exact, *fitting]), None)


def _fits_k(other: Project, project: Project) -> bool:
    pairs = [(size_of(other.recipe(side)), size_of(project.recipe(side))) for side in SIDES]
    return all(theirs is None or ours is None or theirs == ours for theirs, ours in pairs)


def _recommended_size(ws: Workspace, project: Project, side: Side, build: Build) -> int:
    """The recommended K, or for HDBSCAN its smallest cluster."""
    from crvae.recommend import recommend

    build(project, side, "sweep")
    sweep = stages.load(ws.store, project.recipe(side), "sweep")
    if not any(score.silhouette is not None for score in sweep.scores):
        raise AnalysisError(
            f"{video_label(project, side)}: there are too few different pairs to recommend a K. Sample more "
            f"frames (--interval) or give one, for example --k-{side} 1."
        )
    advice = recommend(sweep)
    if not advice.is_supported:
        print(f"{video_label(project, side)}: {advice.reason} It is taken all the same.", file=sys.stderr)
    return advice.min_pairs or advice.k


def _check_k(ws: Workspace, project: Project, side: Side) -> None:
    pairs: AlignedPairs = stages.load(ws.store, project.recipe(side), "pairs")
    recipe = project.recipe(side)
    size, n = size_of(recipe), len(pairs.times_s)
    if size is not None and size > n:
        what = "the smallest cluster" if recipe.clustering.method == "hdbscan" else "K"
        raise AnalysisError(
            f"{video_label(project, side)}: {what} is {size}, but there are only {n} pairs of frame and "
            f"text. Give --k-{side} a number up to {n}, or 'auto'."
        )


def _transcript(source: Source, side: Side, options: argparse.Namespace) -> TranscriptChoice:
    language: str = getattr(options, f"{side}_language") or DEFAULT_LANGUAGE[side]
    given: str | None = getattr(options, f"{side}_captions")
    if given:
        return sources.captions_of(given, language)
    if source.kind == "youtube":
        return TranscriptChoice(language=language)
    backend = dict(options.backend).get("speech", "auto")
    choice = without_captions(source, language, backend)
    if choice is not None:
        way = "its speech is recognized" if choice.origin == "asr" else "its burnt-in subtitles are read"
        print(f"{source.location}: no captions are given, so {way}", file=sys.stderr)
        return choice
    raise AnalysisError(
        f"{source.location} comes without a transcript. Give its captions with --{side}-captions FILE "
        f"({', '.join(CAPTION_ENDINGS)})."
    )


def summary(ws: Workspace, project: Project, options: argparse.Namespace) -> str:
    """What was found and where it lies, a few lines."""
    comparison: Comparison = stages.load_comparison(ws.store, project)
    lines = [project.topic]
    names_of = {"left": comparison.left_names, "right": comparison.right_names}
    for side in SIDES:
        names = names_of[side]
        pairs: AlignedPairs = stages.load(ws.store, project.recipe(side), "pairs")
        clusters = ", ".join(cluster_label(c, names) for c in range(len(names)))
        lines.append(
            f"{video_label(project, side)}: {len(pairs.times_s)} pairs, K = {len(names)}: {clusters}"
        )
    left, right = (stages.load(ws.store, project.recipe(side), "themes") for side in SIDES)
    significance = known_significance(ws.store, project)
    if significance is not None:
        lines.append(shared_themes.told(shared_themes.shared_themes(comparison, significance, left, right)))
    lines += views.told(
        views.cells(comparison, left, right), video_label(project, "left"), video_label(project, "right")
    )
    lines.append(f"Results: {options.out.resolve()} (open report.html)")
    lines.append(f"Project: {project.project_id}, in the app's Library")
    return "\n".join(lines)
