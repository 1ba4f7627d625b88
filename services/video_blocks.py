"""More than two videos of a topic: every video against every other, same culture beside other culture."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from services.languages import language_name, primary
from services.recipe import SIDES, Project, Recipe
from services.records import Comparison, Themes
from services.stages import (
    have,
    have_comparison,
    have_significance,
    key,
    load,
    load_comparison,
    load_significance,
)
from services.store import Store


@dataclass(frozen=True, slots=True)
class Video:
    """One video of a chosen project. label: 'EN 1', numbered within its language; title: its own."""

    label: str
    title: str
    language: str  # primary subtag: en, zh
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class VideoPair:
    """Two videos as a project of their own, so that they are compared as every other pair."""

    left: int
    right: int
    project: Project

    def is_same_culture(self, videos: Sequence[Video]) -> bool:
        return videos[self.left].language == videos[self.right].language


@dataclass(frozen=True, slots=True, eq=False)
class BlockMap:
    """All themes of all videos against each other.

    similarity: (T, T) over the themes of all videos in order; nan within a video and where not compared
    is_above:   (T, T) whether above chance; all False where it was not tested
    names:      T theme names; starts: first theme of each video
    """

    videos: tuple[Video, ...]
    similarity: NDArray[np.float64]
    is_above: NDArray[np.bool_]
    names: tuple[str, ...]
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KindOfPair:
    """What pairs of videos of two languages reach. best: mean over themes of their best match."""

    title: str
    is_same_culture: bool
    n_pairs: int
    best: float


def candidates(store: Store, project: Project, projects: Sequence[Project]) -> tuple[Project, ...]:
    """Other projects whose themes are ready on both sides, the one changed last first."""
    return tuple(
        other
        for other in projects
        if other.project_id != project.project_id
        and all(
            other.recipe(side).clustering.k and have(store, other.recipe(side), "themes") for side in SIDES
        )
    )


def videos_of(projects: Sequence[Project]) -> tuple[Video, ...]:
    """The projects' videos by language, each once, as the first project has it."""
    seen: dict[str, Recipe] = {}
    for project in projects:
        for side in SIDES:
            seen.setdefault(key(project.recipe(side), "video"), project.recipe(side))
    counts: dict[str, int] = defaultdict(int)
    found: list[Video] = []
    for recipe in sorted(seen.values(), key=lambda each: primary(each.transcript.language)):
        language = primary(recipe.transcript.language)
        counts[language] += 1
        label = f"{language.upper()} {counts[language]}"
        found.append(Video(label, recipe.source.title, language, recipe))
    return tuple(found)


def pairs_of(project: Project, videos: Sequence[Video]) -> tuple[VideoPair, ...]:
    """Every two of the videos, compared by the project's measure; its own pair keeps its sides."""
    own = (key(project.left, "themes"), key(project.right, "themes"))
    pairs: list[VideoPair] = []
    for a, b in combinations(range(len(videos)), 2):
        keys = (key(videos[b].recipe, "themes"), key(videos[a].recipe, "themes"))
        i, j = (b, a) if keys == own else (a, b)
        pair = dataclasses.replace(project, left=videos[i].recipe, right=videos[j].recipe)
        pairs.append(VideoPair(i, j, pair))
    return tuple(pairs)


def block_map(store: Store, videos: Sequence[Video], pairs: Sequence[VideoPair]) -> BlockMap:
    """What is computed of the pairs' comparisons, as one matrix."""
    themes: list[Themes] = [load(store, video.recipe, "themes") for video in videos]
    sizes = [len(each.themes) for each in themes]
    starts = [0, *np.cumsum(sizes)[:-1].tolist()]
    n = sum(sizes)
    similarity, is_above = np.full((n, n), np.nan), np.zeros((n, n), bool)
    for pair in pairs:
        if not have_comparison(store, pair.project):
            continue
        found: Comparison = load_comparison(store, pair.project)
        rows = slice(starts[pair.left], starts[pair.left] + sizes[pair.left])
        columns = slice(starts[pair.right], starts[pair.right] + sizes[pair.right])
        similarity[rows, columns] = found.similarity
        similarity[columns, rows] = found.similarity.T
        if have_significance(store, pair.project):
            above = load_significance(store, pair.project).is_above
            is_above[rows, columns], is_above[columns, rows] = above, above.T
    names = tuple(theme.name for each in themes for theme in each.themes)
    return BlockMap(tuple(videos), similarity, is_above, names, tuple(starts))


def kinds_of_pairs(
    store: Store, videos: Sequence[Video], pairs: Sequence[VideoPair]
) -> tuple[KindOfPair, ...]:
    """For each two languages what their pairs of videos reach, same culture first."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for pair in pairs:
        if have_comparison(store, pair.project):
            languages = sorted((videos[pair.left].language, videos[pair.right].language))
            found[languages[0], languages[1]].append(_best(load_comparison(store, pair.project)))
    kinds = [
        KindOfPair(f"{language_name(a)} – {language_name(b)}", a == b, len(values), float(np.nanmean(values)))
        for (a, b), values in found.items()
        if np.isfinite(values).any()
    ]
    return tuple(sorted(kinds, key=lambda kind: not kind.is_same_culture))


def told(kinds: Sequence[KindOfPair]) -> str:
    """Whether pairs across cultures are less alike than pairs within one, in plain words."""
    within = [kind for kind in kinds if kind.is_same_culture]
    across = [kind for kind in kinds if not kind.is_same_culture]
    if not within or not across:
        return (
            "There is no pair of videos within one culture yet, so nothing can be said of cultures: what "
            "differs may be the channel. Add a project with a second video in one of the languages."
        )
    a, b = _mean(across), _mean(within)
    word = "less alike than" if a < b - 0.02 else "more alike than" if a > b + 0.02 else "as alike as"
    n = sum(kind.n_pairs for kind in kinds)
    return (
        f"Across cultures, themes are {word} within one: the best match of a theme reaches {a:.2f} across "
        f"and {b:.2f} within. This describes {n} pairs of videos and is no test; and phrase vectors put two "
        "languages a little farther apart than one, whatever is told in them."
    )


def _best(comparison: Comparison) -> float:
    """Mean over the themes of both videos of the highest similarity that each reaches."""
    known = np.where(np.isfinite(comparison.similarity), comparison.similarity, -np.inf)
    best = np.concatenate([known.max(axis=1), known.max(axis=0)]) if known.size else np.array([])
    finite = best[np.isfinite(best)]
    return float(finite.mean()) if len(finite) else float("nan")


def _mean(kinds: Sequence[KindOfPair]) -> float:
    return sum(kind.best * kind.n_pairs for kind in kinds) / sum(kind.n_pairs for kind in kinds)
