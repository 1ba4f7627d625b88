"""How often a comparison finds what is there, and what is not: made-up broadcasts with known themes."""

import argparse
import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.topics import TOPICS, line
from crvae.records import Clustering
from services.compare import compare
from services.context import Context
from services.recipe import Comparing, Tagging, Testing
from services.records import AlignedPairs, Descriptions, Frames, Measure, Segment, Transcript
from services.significance import significance
from services.tagged import Tagged
from services.tags import Video, tag_clusters

N_SCENES_OF_THEME, N_PAIRS_OF_SCENE = 2, 5
N_LINES = 14  # that are known of each theme
MISPLACED = 0.08  # share of the pairs that lie in a wrong cluster
MEASURES: tuple[Measure, ...] = ("best", "match", "pairs", "centre")


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One pair of broadcasts: its cells, which of them are of one theme, which were found above chance."""

    is_same: NDArray[np.bool_]
    is_above: NDArray[np.bool_]
    p: NDArray[np.float64]
    z: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """What was found in all pairs of one kind.

    false_share: cells of different themes that were found above chance
    false_p:     cells of different themes with p up to 5 %, nothing else asked
    false_pairs: pairs with at least one such cell
    found_share: cells of one theme that were found
    """

    kind: str
    measure: str
    null: str
    n_pairs: int
    false_share: float
    false_p: float
    false_pairs: float
    found_share: float
    least_z: float


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks chance", description=__doc__)
    parser.add_argument("--pairs", type=int, default=100, help="of each kind")
    parser.add_argument("--kinds", default="unrelated,related,identical")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--themes", type=int, default=5, help="of each broadcast; related ones share three")
    parser.add_argument("--measure", choices=MEASURES, default="best")
    parser.add_argument("--null", choices=("blocks", "pool"), default="blocks")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("out/chance.json"))
    options = parser.parse_args(words)
    rows: list[Row] = []
    for kind in options.kinds.split(","):
        trials: list[Trial] = []
        for number in range(options.pairs):
            trials.append(_trial(kind, number + options.seed * 1000, options))
            if (number + 1) % 10 == 0:
                print(f"{kind}: {number + 1} of {options.pairs}", _row(kind, options, trials), flush=True)
        rows.append(_row(kind, options, trials))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", "utf-8")
    for row in rows:
        print(row)
    return 0


def _trial(kind: str, seed: int, options: argparse.Namespace) -> Trial:
    rng = np.random.default_rng(seed)
    names = [list(TOPICS)[i] for i in rng.permutation(len(TOPICS))]
    k = options.themes
    left = names[:k]
    first = {"unrelated": k, "related": k - min(3, k), "identical": 0}[kind]
    right = names[first : first + k]
    with tempfile.TemporaryDirectory() as folder:
        ctx = Context(Path(folder), remember=lambda name, compute: compute())
        one = broadcast(left, 0, rng, ctx, options.null)
        other = one if kind == "identical" else broadcast(right, 1, rng, ctx, options.null)
        comparing = Comparing(measure=options.measure)
        comparison = compare(one.themes, other.themes, comparing, ctx)
        testing = Testing(n_draws=options.draws, n_bootstrap=100, seed=seed)
        found = significance(comparison, one, other, comparing, testing, ctx)
    is_same = np.array([[a == b for b in right] for a in left])
    return Trial(is_same, found.is_above, found.p, found.z)


def broadcast(
    topics: Sequence[str], language: int, rng: np.random.Generator, ctx: Context, null: str
) -> Tagged:
    """A video that tells each topic in two scenes, clustered nearly right and tagged by keywords.

    null: "pool" has its tags called a model's
    """
    order = [t for _ in range(N_SCENES_OF_THEME) for t in rng.permutation(len(topics)).tolist()]
    scenes = np.repeat(order, N_PAIRS_OF_SCENE)
    lines = {t: list(rng.permutation(_lines(name, language))) for t, name in enumerate(topics)}
    texts = tuple(str(lines[t].pop()) for t in scenes.tolist())
    labels = scenes.astype(np.int32)
    wrong = np.flatnonzero(rng.random(len(labels)) < MISPLACED)
    labels[wrong] = rng.integers(len(topics), size=len(wrong))
    each = np.arange(len(labels))
    pairs = AlignedPairs(each, each, 2 * each.astype(np.float64), texts, "nearest_start", "")
    clusters = Clustering(len(topics), labels, np.zeros((len(topics), 2), np.float32), 0)
    described = Descriptions((), "labels")
    segments = tuple(Segment(2.0 * i, 2.0 * i + 2, text) for i, text in enumerate(texts))
    frames = Frames(pairs.times_s, Path(), 0, 0)  # no picture is opened: nothing was described
    video = Video(clusters, pairs, described, Transcript(segments, "en"), frames)
    themes = tag_clusters(video, Tagging(), "use", ctx)
    tagging = Tagging(backend="keywords" if null == "blocks" else "hub:a/model")
    return Tagged(themes, themes, clusters, pairs, described, tagging)


def _lines(topic: str, language: int) -> list[str]:
    draw = random.Random(f"{topic} {language}")
    return [line(topic, language, draw) for _ in range(N_LINES)]


def _row(kind: str, options: argparse.Namespace, trials: Sequence[Trial]) -> Row:
    false = [trial.is_above & ~trial.is_same for trial in trials]
    n_different = sum(int((~trial.is_same).sum()) for trial in trials)
    n_same = sum(int(trial.is_same.sum()) for trial in trials)
    found = sum(int((trial.is_above & trial.is_same).sum()) for trial in trials)
    low_p = sum(int(((trial.p <= 0.05) & ~trial.is_same).sum()) for trial in trials)
    return Row(
        kind=kind,
        measure=options.measure,
        null=options.null,
        n_pairs=len(trials),
        false_share=sum(int(cells.sum()) for cells in false) / max(n_different, 1),
        false_p=low_p / max(n_different, 1),
        false_pairs=float(np.mean([cells.any() for cells in false])),
        found_share=found / n_same if n_same else float("nan"),
        least_z=float(min((trial.z[trial.is_same].min() for trial in trials if n_same), default=np.nan)),
    )
