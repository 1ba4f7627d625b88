"""How fast fit() trains the paper's CRVAE, beside a plain loop and what the machine could do (§3.3)."""

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import torch

from benchmarks.floor import floor_of, measure
from benchmarks.plain_loop import plain_epochs
from crvae import training
from crvae.config import PRESETS
from crvae.records import EmbeddedDataset

N_WORDS = 11  # of the longest text of the paper's English video
PLAIN = "plain loop"
JOINT, WARM = "standard, all parts", "standard, parts alone"
KINDS = (PLAIN, "paper", JOINT, WARM)


@dataclass(frozen=True, slots=True)
class Row:
    """step_s: median over epochs; ratio: median over rounds of the plain loop's epoch over this one's"""

    kind: str
    epoch_s: float
    step_s: float
    ratio: float
    peak_memory_gb: float


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks training", description=__doc__)
    parser.add_argument("--pairs", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=5, help="epochs of each, one after the other")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, default=Path("out/training.json"))
    options = parser.parse_args(words)
    torch.set_num_threads(options.threads)
    device = training.pick_device()
    runners = {kind: Runner(kind, options.pairs, options.threads) for kind in KINDS}
    rounds = [_round(runners, n) for n in range(options.rounds)]
    memory = {kind: runner.stop() for kind, runner in runners.items()}
    steps = -(-options.pairs // 16)
    of_parts = -(-options.pairs // 4) + steps  # pictures and words in batches of their own
    rows = [_row(kind, rounds, memory[kind], of_parts if kind == WARM else steps) for kind in KINDS]
    machine = measure(device)
    floor = floor_of(PRESETS["paper"].model, machine, batch=16, words=N_WORDS, steps=steps)
    print(
        f"estimated floor of a step: {floor.factored_s:.3f} s with factored moments, "
        f"{floor.adamw_s:.3f} s with AdamW\n"
        f"({floor.operations / 1e9:.0f} billion operations at {machine.operations_per_s / 1e9:.0f} a second, "
        f"{floor.n_weights / 1e6:.0f} million weights, {machine.bytes_per_s / 1e9:.0f} GB/s)"
    )
    options.out.parent.mkdir(parents=True, exist_ok=True)
    found = {
        "device": training_device(device, options.threads),
        "rows": [asdict(row) for row in rows],
        "floor": asdict(floor),
        "machine": asdict(machine),
    }
    options.out.write_text(json.dumps(found, indent=1))
    return 0


def training_device(device: torch.device, threads: int) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name()
    return f"CPU, {threads} threads" if device.type == "cpu" else device.type


def drawn(n_pairs: int) -> EmbeddedDataset:
    """Pairs of the paper's sizes; what they show does not matter to the time."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (n_pairs, 3, 6, 10), dtype=np.uint8)
    lengths = rng.integers(N_WORDS // 2, N_WORDS + 1, n_pairs)
    vectors = rng.normal(size=(n_pairs, N_WORDS, 300)).astype(np.float32)
    vectors[np.arange(N_WORDS) >= lengths[:, None]] = 0
    return EmbeddedDataset(
        images=coarse.repeat(20, axis=2).repeat(20, axis=3),
        word_vectors=vectors,
        lengths=lengths.astype(np.int64),
        tokens=tuple(("word",) * int(length) for length in lengths),
        unknown=0.0,
    )


class Runner:
    """A training in a process of its own, so that its memory can be told, which waits between its epochs."""

    def __init__(self, kind: str, n_pairs: int, threads: int):
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(kind, n_pairs, threads, there), daemon=True)
        self._process.start()
        self.epoch()  # the first one makes the optimiser's memory, and compiles what is compiled

    def epoch(self) -> float:
        """Seconds of one epoch."""
        self._here.send("epoch")
        return self._here.recv()

    def stop(self) -> float:
        """Peak memory in GB: of the process, or of the accelerator."""
        self._here.send("stop")
        peak = self._here.recv()
        self._process.join()
        return peak


def _serve(kind: str, n_pairs: int, threads: int, connection: Connection) -> None:
    torch.set_num_threads(threads)
    epochs, device = _epochs(kind, drawn(n_pairs)), training.pick_device()
    while connection.recv() == "epoch":
        began = time.perf_counter()
        next(epochs)
        if device.type == "cuda":
            torch.cuda.synchronize()
        connection.send(time.perf_counter() - began)
    if device.type == "cuda":
        connection.send(torch.cuda.max_memory_allocated() / 1e9)
    else:
        connection.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9)  # Linux counts in kB


def _epochs(kind: str, dataset: EmbeddedDataset) -> Iterator[object]:
    if kind == PLAIN:
        return plain_epochs(dataset, PRESETS["paper"].model, training.pick_device())
    preset = PRESETS["paper" if kind == "paper" else "standard"]
    config = replace(preset.training, epochs=1000, warm_start=0.9 if kind == WARM else 0.0)
    return training.fit(training.start(dataset, preset.model, config), dataset)


def _round(runners: dict[str, Runner], n: int) -> dict[str, float]:
    found = {kind: runner.epoch() for kind, runner in runners.items()}
    print(f"round {n + 1}: " + "  ".join(f"{kind} {s:.2f} s" for kind, s in found.items()), flush=True)
    return found


def _row(kind: str, rounds: list[dict[str, float]], memory_gb: float, steps: int) -> Row:
    epoch_s = statistics.median(times[kind] for times in rounds)
    ratio = statistics.median(times[PLAIN] / times[kind] for times in rounds)
    row = Row(kind, epoch_s, epoch_s / steps, ratio, memory_gb)
    print(
        f"{row.kind:22} {row.epoch_s:6.2f} s an epoch of {steps} steps   {row.ratio:4.1f} x the plain loop   "
        f"{row.peak_memory_gb:.1f} GB"
    )
    return row
