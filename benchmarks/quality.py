"""How well each model learns, and whether its clusters are the scenes that people see (paper §5.1, §5.2)."""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from benchmarks import material
from benchmarks.material import Material
from crvae import training
from crvae.baselines import encode_pixels
from crvae.clustering import find_clusters
from crvae.config import PAPER_EPOCHS, PRESETS, ModelConfig
from crvae.records import EmbeddedDataset, EpochMetrics, Latents
from services.baselines import encode_features, encode_texts
from services.workspace import open_workspace

CLUSTERINGS = 5  # k-means seeds
REACHED = (0.39, 0.064, 0.041, 0.032)  # image_fvu: the readings of the paper's losses (docs/models.md)
BASELINES: dict[str, Callable[[EmbeddedDataset], Latents]] = {
    "pixels": encode_pixels,
    "features": encode_features,
    "texts": encode_texts,
}
MODELS: dict[str, ModelConfig] = {
    "pure": ModelConfig(family="pure"),
    "dense": ModelConfig(family="dense"),
    "rnn": ModelConfig(rnn="rnn", teacher_forcing=False),
    "rnn-tf": ModelConfig(rnn="rnn"),
    "lstm": ModelConfig(teacher_forcing=False),
    "lstm-tf": ModelConfig(),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """When image_fvu first fell to a value, counted from the training's start, through the latent."""

    image_fvu: float
    epoch: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Row:
    """One training; ari and nmi are means over the k-means seeds, with K = the number of scenes.

    image_mse: on pixels in [0, 1]; the paper's scale if its losses are means of such
    """

    video: str
    method: str
    seed: int
    image_fvu: float
    image_mse: float
    text_fvu: float
    ari: float
    ari_least: float
    nmi: float
    seconds: float
    reached: tuple[Reach, ...] = ()
    history: tuple[EpochMetrics, ...] = ()


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks quality", description=__doc__)
    parser.add_argument("--pair", type=Path, help="folder with en/ and zh/; without it the bundled sample")
    parser.add_argument(
        "--pairs", choices=("auto", "frames"), default="auto", help="frames: one for each frame"
    )
    parser.add_argument("--preset", choices=tuple(PRESETS), default="quick")
    parser.add_argument("--epochs", type=int, help="instead of the preset's")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--methods", nargs="+", choices=(*BASELINES, *MODELS), default=(*BASELINES, *MODELS))
    parser.add_argument("--videos", nargs="+", choices=material.LANGUAGES, default=material.LANGUAGES)
    parser.add_argument("--out", type=Path, default=Path("out/quality.json"))
    options = parser.parse_args(words)
    ws = open_workspace()
    videos = (
        material.folder(ws, options.pair, is_every_frame=options.pairs == "frames")
        if options.pair
        else material.sample(ws)
    )
    options.out.parent.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    for video in (video for video in videos if video.name in options.videos):
        for method in options.methods:
            if method in BASELINES:
                rows.append(_of_baseline(video, method))
            else:
                epochs = options.epochs or _epochs(options.preset, method)
                rows += [_of_model(video, method, options.preset, epochs, n) for n in range(options.seeds)]
            # After each, for a long run may be ended before its time.
            options.out.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    return 0


def _epochs(preset: str, method: str) -> int:
    return PAPER_EPOCHS[MODELS[method].family] if preset == "paper" else PRESETS[preset].training.epochs


def _of_model(video: Material, method: str, name: str, epochs: int, seed: int) -> Row:
    preset, variant = PRESETS[name], MODELS[method]
    config = replace(preset.training, seed=seed, epochs=epochs)
    model = replace(
        preset.model,
        family=variant.family,
        rnn=variant.rnn,
        teacher_forcing=variant.teacher_forcing,
        word_vector_size=video.dataset.word_vectors.shape[2],
    )
    state = training.start(video.dataset, model, config)
    for _ in training.fit(state, video.dataset):
        pass
    latents = training.encode(state.model, video.dataset)
    return _row(video, method, seed, latents, state.history, state.config.warm_epochs)


def _of_baseline(video: Material, method: str) -> Row:
    """What the clusters of bare pixels or of ready-made features would be: a model must not be worse."""
    began = time.perf_counter()
    latents = BASELINES[method](video.dataset)
    row = _row(video, method, 0, latents, (), 0)
    return replace(row, seconds=time.perf_counter() - began)


def _row(
    video: Material, method: str, seed: int, latents: Latents, history: tuple[EpochMetrics, ...], warm: int
) -> Row:
    labels = [find_clusters(latents, video.n_scenes, seed=start).labels for start in range(CLUSTERINGS)]
    agreements = [float(adjusted_rand_score(video.scenes, found)) for found in labels]
    shared = [float(normalized_mutual_info_score(video.scenes, found)) for found in labels]
    last = history[-1] if history else None
    row = Row(
        video=video.name,
        method=method,
        seed=seed,
        image_fvu=last.image_fvu if last else np.nan,
        image_mse=last.image_mse if last else np.nan,
        text_fvu=last.text_fvu if last else np.nan,
        ari=float(np.mean(agreements)),
        ari_least=min(agreements),
        nmi=float(np.mean(shared)),
        seconds=sum(metrics.seconds for metrics in history),
        reached=reached(history, warm),
        history=history,
    )
    _tell(row)
    return row


def reached(history: tuple[EpochMetrics, ...], warm: int) -> tuple[Reach, ...]:
    found: list[Reach] = []
    for value in REACHED:
        epoch = next((m.epoch for m in history[warm:] if m.image_fvu <= value), None)
        if epoch is not None:
            found.append(Reach(value, epoch, sum(m.seconds for m in history[:epoch])))
    return tuple(found)


def _tell(row: Row) -> None:
    reached = "  ".join(f"{r.image_fvu:g} at epoch {r.epoch} ({r.seconds:.0f} s)" for r in row.reached)
    print(
        f"{row.video:3} {row.method:9} seed {row.seed}  image_fvu {row.image_fvu:.4f} "
        f"(mse {row.image_mse:.4f})  "
        f"text_fvu {row.text_fvu:.4f}  ARI {row.ari:.2f} (least {row.ari_least:.2f})  "
        f"NMI {row.nmi:.2f}  {row.seconds:.0f} s  {reached}",
        flush=True,
    )
