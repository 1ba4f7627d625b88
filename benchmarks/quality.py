"""How well a preset learns, and whether its clusters are the scenes that a person sees (paper §5.1, §5.2)."""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from benchmarks import material
from benchmarks.material import Material
from crvae import training
from crvae.clustering import kmeans
from crvae.config import PRESETS
from crvae.records import Latents
from services.workspace import open_workspace

CLUSTERINGS = 5  # k-means seeds


@dataclass(frozen=True, slots=True)
class Row:
    """One training; ari and nmi are means over the k-means seeds, with K = the number of scenes."""

    video: str
    method: str
    seed: int
    image_fvu: float
    text_fvu: float
    ari: float
    ari_least: float
    nmi: float
    seconds: float


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks quality", description=__doc__)
    parser.add_argument("--pair", type=Path, help="folder with en/ and zh/; without it the bundled sample")
    parser.add_argument("--preset", choices=tuple(PRESETS), default="quick")
    parser.add_argument("--epochs", type=int, help="instead of the preset's")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("out/quality.json"))
    options = parser.parse_args(words)
    ws = open_workspace()
    materials = material.folder(ws, options.pair) if options.pair else material.sample(ws)
    rows: list[Row] = []
    for video in materials:
        rows.append(_told(_of_pixels(video)))
        for seed in range(options.seeds):
            rows.append(_told(_of_preset(video, options.preset, options.epochs, seed)))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    return 0


def _of_preset(video: Material, name: str, epochs: int | None, seed: int) -> Row:
    preset = PRESETS[name]
    config = replace(preset.training, seed=seed, epochs=epochs or preset.training.epochs)
    model = replace(preset.model, word_vector_size=video.dataset.word_vectors.shape[2])
    began = time.perf_counter()
    state = training.start(video.dataset, model, config)
    for _ in training.fit(state, video.dataset):
        pass
    seconds, last = time.perf_counter() - began, state.history[-1]
    latents = training.encode(state.model, video.dataset)
    return _row(video, name, seed, (last.image_fvu, last.text_fvu), latents, seconds)


def _of_pixels(video: Material) -> Row:
    """What the clusters of the bare pixels would be: a model must not be worse than none."""
    n_pairs = len(video.dataset.images)
    pixels = np.asarray(video.dataset.images.reshape(n_pairs, -1) / 255, dtype=np.float32)
    return _row(video, "pixels", 0, (0.0, 1.0), Latents(mu=pixels), 0.0)


def _row(
    video: Material, method: str, seed: int, fvu: tuple[float, float], latents: Latents, seconds: float
) -> Row:
    labels = [kmeans(latents, video.n_scenes, start).labels for start in range(CLUSTERINGS)]
    agreements = [float(adjusted_rand_score(video.scenes, found)) for found in labels]
    shared = [float(normalized_mutual_info_score(video.scenes, found)) for found in labels]
    ari, nmi = float(np.mean(agreements)), float(np.mean(shared))
    return Row(video.name, method, seed, *fvu, ari, min(agreements), nmi, seconds)


def _told(row: Row) -> Row:
    print(
        f"{row.video:3} {row.method:9} seed {row.seed}  image_fvu {row.image_fvu:.3f}  "
        f"text_fvu {row.text_fvu:.3f}  ARI {row.ari:.2f} (least {row.ari_least:.2f})  "
        f"NMI {row.nmi:.2f}  {row.seconds:.0f} s",
        flush=True,
    )
    return row
