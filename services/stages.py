"""Keys of results, and the one way to load or build them."""

import logging
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from services.context import Context, Emit, silent
from services.errors import StageMissing
from services.recipe import Project, Recipe
from services.recipe_key import digest, key_form
from services.records import Comparison, Progress, Significance, quiet
from services.stage_table import COMPARISON, SIGNIFICANCE, STAGES, Stage
from services.store import Store
from services.tagged import Tagged
from services.versions import versions

log = logging.getLogger(__name__)


@lru_cache(maxsize=4096)  # a page asks for the same keys dozens of times
def key(recipe: Recipe, stage: str) -> str:
    """Name of a stage's result; depends on nothing but the settings that shape it."""
    s = STAGES[stage]
    return digest(stage, s.version, [getattr(recipe, r) for r in s.reads], [key(recipe, n) for n in s.needs])


def have(store: Store, recipe: Recipe, stage: str) -> bool:
    return key(recipe, stage) in store


def load(store: Store, recipe: Recipe, stage: str) -> Any:
    """The stage's result. Raises StageMissing if it is not there."""
    return _stored(store, key(recipe, stage), STAGES[stage])


def _stored(store: Store, k: str, s: Stage) -> Any:
    """The store knows keys alone; whoever misses a result is told the stage's title."""
    try:
        return store.get(k, s.result)
    except StageMissing as e:
        raise StageMissing(s.title) from e


def missing(store: Store, recipe: Recipe, stage: str) -> list[str]:
    """The stages that `stage` still lacks, itself included, in the order in which they will run."""
    if have(store, recipe, stage):
        return []
    found: list[str] = []
    for need in STAGES[stage].needs:
        found += [name for name in missing(store, recipe, need) if name not in found]
    return [*found, stage]


def needs_training(store: Store, recipe: Recipe, stage: str) -> bool:
    """Whether the result cannot be made without a training, which nobody should start unasked."""
    return stage != "model" and "model" in missing(store, recipe, stage)


def is_quick(store: Store, recipe: Recipe, stage: str) -> bool:
    """Whether the result can be made while somebody waits: its step is quick, and what it needs is there."""
    return STAGES[stage].is_quick and missing(store, recipe, stage) == [stage]


def build(store: Store, recipe: Recipe, stage: str, progress: Progress = quiet, emit: Emit = silent) -> Any:
    """The stage's result, computing it and whatever it still lacks.

    progress(done, total, note) hears of the stage that is running; its note begins with the stage's title.
    """
    k, s = key(recipe, stage), STAGES[stage]
    if k not in store:
        inputs = [build(store, recipe, need, progress, emit) for need in s.needs]
        settings = [getattr(recipe, name) for name in s.reads]
        _run(store, k, stage, s, inputs, settings, progress, emit)
    return _stored(store, k, s)


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
    return _stored(store, comparison_key(project), COMPARISON)


def build_comparison(
    store: Store, project: Project, progress: Progress = quiet, emit: Emit = silent
) -> Comparison:
    """Similarity of the two videos' clusters (§5.4), computing all that it still lacks."""
    k = comparison_key(project)
    if k not in store:
        themes = [build(store, recipe, "themes", progress, emit) for recipe in (project.left, project.right)]
        _run(store, k, "comparison", COMPARISON, themes, [project.comparing], progress, emit)
    return _stored(store, k, COMPARISON)


def significance_key(project: Project) -> str:
    return digest("significance", SIGNIFICANCE.version, project.testing, comparison_key(project))


def have_significance(store: Store, project: Project) -> bool:
    return significance_key(project) in store


def load_significance(store: Store, project: Project) -> Significance:
    return _stored(store, significance_key(project), SIGNIFICANCE)


def build_significance(
    store: Store, project: Project, progress: Progress = quiet, emit: Emit = silent
) -> Significance:
    """The cells of the comparison against chance, computing all that it still lacks."""
    k = significance_key(project)
    if k not in store:
        comparison = build_comparison(store, project, progress, emit)
        sides = [_tagged(store, recipe, progress, emit) for recipe in (project.left, project.right)]
        settings = [project.comparing, project.testing]
        _run(store, k, "significance", SIGNIFICANCE, [comparison, *sides], settings, progress, emit)
    return _stored(store, k, SIGNIFICANCE)


def _tagged(store: Store, recipe: Recipe, progress: Progress, emit: Emit) -> Tagged:
    found = {
        name: build(store, recipe, name, progress, emit)
        for name in ("themes", "tags", "clusters", "pairs", "descriptions")
    }
    return Tagged(**found, tagging=recipe.tagging)


# Results of a whole project: their stages run once for both videos.
OF_BOTH: tuple[str, ...] = ("comparison", "significance")


def key_of_both(project: Project, stage: str) -> str:
    """Name of a result in OF_BOTH."""
    return comparison_key(project) if stage == "comparison" else significance_key(project)


def title_of(stage: str) -> str:
    """A stage's name for people, of one video or of both."""
    return ({**STAGES, "comparison": COMPARISON, "significance": SIGNIFICANCE}[stage]).title


def build_of_both(
    store: Store, project: Project, stage: str, progress: Progress = quiet, emit: Emit = silent
) -> Comparison | Significance:
    build_it = build_comparison if stage == "comparison" else build_significance
    return build_it(store, project, progress, emit)


def all_keys(project: Project) -> Iterator[str]:
    """Every key that the project's present settings name."""
    for recipe in (project.left, project.right):
        for stage in STAGES:
            yield key(recipe, stage)
    for stage in OF_BOTH:
        yield key_of_both(project, stage)
