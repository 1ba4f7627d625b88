"""Keys of results, and the one way to load or build them."""

import logging
import time
from collections.abc import Iterator
from typing import Any

from services.context import Context, Emit, silent
from services.recipe import Project, Recipe, digest, key_form
from services.records import Comparison, Progress, quiet
from services.stage_table import COMPARISON, STAGES, Stage
from services.store import Store
from services.versions import versions

log = logging.getLogger(__name__)


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


def comparison_key(project: Project) -> str:
    themes = [key(project.left, "themes"), key(project.right, "themes")]
    return digest("comparison", COMPARISON.version, project.comparing, themes)


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
        _run(store, k, "comparison", COMPARISON, themes, [project.comparing], progress, emit)
    return store.get(k, Comparison)


def all_keys(project: Project) -> Iterator[str]:
    """Every key that the project's present settings name."""
    for recipe in (project.left, project.right):
        for stage in STAGES:
            yield key(recipe, stage)
    yield comparison_key(project)
