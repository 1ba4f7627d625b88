"""How long every measure for K = 1 … 10 takes on as many pairs as a long video has (paper §3.4.1)."""

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

import numpy as np

from crvae.k_sweep import Effort, sweep_k
from crvae.records import ClusterMethod, Latents

SCENE_PAIRS, N_THEMES = 10, 5


@dataclass(frozen=True, slots=True)
class Row:
    """seconds: of the clock; cpu_s: of all cores together; load: processes that wanted the machine"""

    what: str
    n_pairs: int
    seconds: float
    cpu_s: float
    load: float


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks clusters", description=__doc__)
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--latent", type=int, default=1000)
    parser.add_argument("--methods", nargs="+", default=["kmeans"], choices=get_args(ClusterMethod))
    parser.add_argument("--out", type=Path, default=Path("out/clusters.json"))
    options = parser.parse_args(words)
    points = drawn(options.pairs, options.latent)
    rows = [_timed(f"sweep, {name}", points, _sweep(name)) for name in options.methods]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    return 0


def drawn(n_pairs: int, n_latent: int) -> Latents:
    """Scenes of ten pairs that take turns among five themes; noise along thirty axes and a little on all."""
    rng = np.random.default_rng(0)
    themes = np.arange(n_pairs) // SCENE_PAIRS % N_THEMES
    centres = rng.normal(size=(N_THEMES, n_latent))
    along = rng.normal(size=(n_pairs, 30)) @ rng.normal(size=(30, n_latent)) * 0.1
    return Latents((centres[themes] + along + rng.normal(size=(n_pairs, n_latent)) * 0.3).astype(np.float32))


def _sweep(method: ClusterMethod) -> Callable[[Latents], object]:
    return lambda points: sweep_k(points, range(2, 11), Effort(method))


def _timed(what: str, points: Latents, run: Callable[[Latents], object]) -> Row:
    started, worked = time.perf_counter(), time.process_time()
    run(points)
    row = Row(
        what,
        len(points.mu),
        time.perf_counter() - started,
        time.process_time() - worked,
        os.getloadavg()[0],
    )
    took = f"{row.seconds:.1f} s, {row.cpu_s:.1f} s of processor (load {row.load:.1f})"
    print(f"{row.what}: {row.n_pairs} pairs, {took}")
    return row
