"""What the benchmarks measure against: the plain loop learns, the floor counts what there is to count."""

import json
import math
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks import clusters
from benchmarks.floor import Machine, floor_of
from benchmarks.plain_loop import plain_epochs
from benchmarks.quality import reached
from benchmarks.training import N_WORDS, drawn
from crvae.model import Crvae
from crvae.records import EpochMetrics
from tests.crvae import small

MACHINE = Machine(bytes_per_s=1e9, operations_per_s=1e9)


def test_the_plain_loop_trains_the_same_model_on_the_same_losses():
    dataset = small.drawn(32)
    losses = list(islice(plain_epochs(dataset, small.MODEL, torch.device("cpu")), 60))
    assert all(map(math.isfinite, losses))
    assert losses[0] == pytest.approx(1 + 3, abs=1.5)  # nothing is learnt yet: image 1 and three times text 1
    assert losses[-1] < losses[0]


def test_the_floor_counts_each_weight_once_for_each_place_where_it_is_used():
    config = replace(small.MODEL, bidirectional=False)
    counted = floor_of(config, MACHINE, batch=2, words=5, steps=3)
    model = Crvae(config)
    assert counted.n_weights == sum(p.numel() for p in model.parameters())
    dense = (model.encoder_fused, model.to_latent, model.decoder_fused, model.from_fused)
    of_dense = 3 * 2 * 2 * sum(p.numel() for layer in dense for p in layer.parameters())
    assert of_dense < counted.operations
    twice = floor_of(config, MACHINE, batch=4, words=5, steps=3)
    assert twice.operations == pytest.approx(2 * counted.operations)
    assert counted.factored_s <= counted.adamw_s


def test_drawn_pairs_have_the_sizes_of_the_paper():
    dataset = drawn(3)
    assert dataset.images.shape == (3, 3, 120, 200)
    assert dataset.word_vectors.shape == (3, N_WORDS, 300)
    assert not dataset.word_vectors[np.arange(N_WORDS) >= dataset.lengths[:, None]].any()


def test_a_value_is_reached_only_through_the_latent():
    def epoch(number: int, image_fvu: float) -> EpochMetrics:
        return EpochMetrics(number, 0.0, 0.0, 0.0, 0.0, image_fvu, 0.0, seconds=2.0)

    history = tuple(epoch(n, fvu) for n, fvu in enumerate((0.3, 0.05, 0.2, 0.06), start=1))
    assert [(r.image_fvu, r.epoch, r.seconds) for r in reached(history, warm=2)] == [
        (0.39, 3, 6.0),
        (0.064, 4, 8.0),
    ]


def test_the_benchmark_of_clusters_writes_seconds_of_the_clock_and_of_the_processor(tmp_path: Path):
    out = tmp_path / "clusters.json"
    assert clusters.main(["--pairs", "30", "--latent", "8", "--out", str(out)]) == 0
    (row,) = json.loads(out.read_text())
    assert row["n_pairs"] == 30
    assert min(row["seconds"], row["cpu_s"]) > 0
