"""Tables 1 and 2 of the paper, filled from a project's own trainings (paper §5.1.1)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from crvae.records import EpochMetrics
from services import jobs, stages
from services.jobs import JobStatus
from services.labels import video_label
from services.recipe import SIDES, Project, Side
from services.variants import Variant, preset_in, variant_name, with_model
from services.workspace import Workspace

TABLE_1 = (Variant("pure"), Variant("dense"), Variant())
TABLE_2 = (
    Variant(rnn="rnn", teacher_forcing=False),
    Variant(rnn="rnn"),
    Variant(teacher_forcing=False),
    Variant(),
)
Reading = Literal["pixels", "batches", "standardised"]
Loss = Literal["image", "text", "total"]
# What the paper's printed losses may be: it does not say (docs/models.md).
READINGS: Mapping[Reading, str] = {
    "pixels": "a mean over values as they are, pixels in [0, 1]",
    "batches": "that mean, summed over the batches of an epoch",
    "standardised": "a mean over standardised values: the share that is not explained",
}
# As printed, of its COVID-19 pair: English, Chinese.
PRINTED_1: Mapping[Variant, tuple[str, str]] = {
    Variant("pure"): ("0.3645", "0.1461"),
    Variant("dense"): ("0.1653", "0.0955"),
    Variant(): ("0.0408", "0.0323"),
}
PRINTED_2: Mapping[tuple[Variant, Loss], tuple[str, str]] = {
    (Variant(rnn="rnn"), "total"): ("0.1064", "0.1002"),
    (Variant(teacher_forcing=False), "total"): ("0.0520", "0.0539"),
    (Variant(), "total"): ("0.0441", "0.0340"),
    (Variant(), "image"): ("0.0408", "0.0323"),
    (Variant(), "text"): ("0.0011", "0.0009"),
}
NOT_TRAINED = "not trained yet"


@dataclass(frozen=True, slots=True)
class Cell:
    """One model of one video, and how its training stands."""

    variant: Variant
    side: Side
    project: Project  # with this model, not stored
    status: JobStatus
    n_batches: int

    @property
    def is_open(self) -> bool:
        """Whether somebody has to start it."""
        return self.status.state not in ("done", "queued", "running")

    @property
    def is_busy(self) -> bool:
        return self.status.state in ("queued", "running")


def cells(ws: Workspace, project: Project, variants: Sequence[Variant]) -> tuple[Cell, ...]:
    """Each model of a table for each video: with the project's preset, seed and pairs, and its epochs.

    Epochs that are the preset's own become the model's, as services.variants.with_model has them.
    """
    n_pairs = {side: len(stages.load(ws.store, project.recipe(side), "pairs").texts) for side in SIDES}
    return tuple(
        _cell(ws, with_model(project, variant), variant, side, n_pairs[side])
        for variant in variants
        for side in SIDES
    )


def train_missing(ws: Workspace, found: Sequence[Cell]) -> None:
    """Queue every training that is neither there nor on its way; the project's own choice stays.

    Raises EngineFailed or EngineUnreachable.
    """
    for cell in found:
        if cell.is_open:
            jobs.submit(ws, cell.project, cell.side, "model")


def stop(ws: Workspace, found: Sequence[Cell]) -> None:
    """Stop the table's trainings, those that wait first, so that none begins meanwhile."""
    busy = [cell for cell in found if cell.is_busy]
    for cell in sorted(busy, key=lambda cell: cell.status.state == "running"):
        jobs.cancel(ws, cell.project, cell.side, "model")


def settings(found: Sequence[Cell]) -> str:
    """What all trainings of a table have in common: 'preset Quick, 40 epochs, seed 0'."""
    first = found[0].project
    preset = preset_in(first.left.model, first.left.training)
    sizes = f"preset {preset.capitalize()}" if preset else "sizes and schedule of your own"
    epochs = sorted({cell.project.left.training.epochs for cell in found})
    told = " / ".join(map(str, epochs))
    return f"{sizes}, {told} epochs, seed {first.left.training.seed}"


def table_1(project: Project, found: Sequence[Cell], reading: Reading) -> list[dict[str, str]]:
    """Rows of the paper's table 1: the image loss of each model at its end."""
    return [
        {
            "Model": variant_name(variant),
            "Epochs": str(_cell_of(found, variant, "left").project.left.training.epochs),
            **_values(project, found, variant, "image", reading),
            **_printed(PRINTED_1.get(variant)),
        }
        for variant in TABLE_1
    ]


def table_2(project: Project, found: Sequence[Cell], reading: Reading) -> list[dict[str, str]]:
    """Rows of the paper's table 2: the losses of the CRVAE with each cell, with and without help."""
    losses: tuple[Loss, ...] = ("total", "image", "text")
    return [
        {
            "Model": _subvariant(variant),
            "Loss": loss.capitalize(),
            **_values(project, found, variant, loss, reading),
            **_printed(PRINTED_2.get((variant, loss))),
        }
        for variant in TABLE_2
        for loss in losses
    ]


def loss_of(metrics: EpochMetrics, loss: Loss, reading: Reading, text_weight: float, n_batches: int) -> float:
    """A loss on the scale of a reading; total is image + λ text (§3.3).

    n_batches: of an epoch, for the reading "batches"
    """
    if loss == "total":
        image, text = (loss_of(metrics, part, reading, text_weight, n_batches) for part in ("image", "text"))
        return image + text_weight * text
    if reading == "standardised":
        return metrics.image_fvu if loss == "image" else metrics.text_fvu
    mean = metrics.image_mse if loss == "image" else metrics.text_mse
    return mean * n_batches if reading == "batches" else mean


def progress(found: Sequence[Cell]) -> tuple[float, str]:
    """Share of the table that is trained, in [0, 1], and in words what is at work."""
    n_done = sum(cell.status.state == "done" for cell in found)
    running = [cell for cell in found if cell.status.state == "running"]
    part = sum(cell.status.done / cell.status.total for cell in running if cell.status.total)
    told = f"{n_done} of {len(found)} trained"
    for cell in running[:1]:
        name, video = variant_name(cell.variant), video_label(cell.project, cell.side)
        told += f" · {name}, {video}: {cell.status.note or 'starting'}"
    return min(1.0, (n_done + part) / len(found)), told


def failures(found: Sequence[Cell]) -> tuple[str, ...]:
    """What failed and why, one sentence each."""
    return tuple(
        f"{variant_name(cell.variant)}, {video_label(cell.project, cell.side)}: {cell.status.error}"
        for cell in found
        if cell.status.state in ("failed", "interrupted")
    )


def _cell(ws: Workspace, project: Project, variant: Variant, side: Side, n_pairs: int) -> Cell:
    n_batches = math.ceil(n_pairs / project.recipe(side).training.batch_size)
    return Cell(variant, side, project, jobs.status(ws, project, side, "model"), n_batches)


def _cell_of(found: Sequence[Cell], variant: Variant, side: Side) -> Cell:
    return next(cell for cell in found if (cell.variant, cell.side) == (variant, side))


def _values(
    project: Project, found: Sequence[Cell], variant: Variant, loss: Loss, reading: Reading
) -> dict[str, str]:
    return {
        video_label(project, side): _value(_cell_of(found, variant, side), loss, reading) for side in SIDES
    }


def _value(cell: Cell, loss: Loss, reading: Reading) -> str:
    if cell.status.state == "done":
        weight = cell.project.recipe(cell.side).training.text_weight
        return f"{loss_of(cell.status.history[-1], loss, reading, weight, cell.n_batches):.4f}"
    told = {"queued": "waiting", "running": "training", "stopped": "stopped", "failed": "failed"}
    return told.get(cell.status.state, NOT_TRAINED)


def _printed(values: tuple[str, str] | None) -> dict[str, str]:
    english, chinese = values or ("–", "–")
    return {"Paper, English": english, "Paper, Chinese": chinese}


def _subvariant(variant: Variant) -> str:
    cells = "RNN" if variant.rnn == "rnn" else "LSTM"
    return f"{cells} + teacher forcing" if variant.teacher_forcing else cells
