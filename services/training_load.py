"""What a training will ask of the machine: memory, time and disk, before it starts (docs/training.md).

Every figure that follows from how crvae trains stands at the top: whoever changes that loop changes it here.
"""

from dataclasses import dataclass

from crvae.config import ModelConfig, Moments, TrainingConfig
from services.model_size import GATES, ModelSize, model_size

# Bytes for each weight while it trains: itself, its gradient and the two moments of AdamW, all in float32.
BYTES_PER_WEIGHT = 16
# The dense layers around the latent; with "factored" moments the weight and a copy in bfloat16 (crvae.wide).
BYTES_PER_WIDE_WEIGHT: dict[Moments, int] = {"full": BYTES_PER_WEIGHT, "factored": 6}
PROGRAM_GB = 0.9  # libraries, the video's data, what a batch of 16 leaves behind in all layers ...
GB_PER_CHANNEL = 0.009  # ... and for each channel of the convolutions; measured on a processor
# The weight and its two moments; two checkpoints lie there for a moment.
CHECKPOINT_BYTES_PER_WEIGHT = 12
CHECKPOINT_BYTES_PER_WIDE_WEIGHT: dict[Moments, int] = {"full": 12, "factored": 4}
N_CHECKPOINTS = 2
KEPT_BYTES_PER_WEIGHT = 4
# Seconds for one pair in one epoch on two processor cores: rough, measured on a slow machine.
S_PER_CHANNEL = 1.5e-3
# Spent only once the parts are joined, see crvae.warm_start.
S_PER_WIDE_WEIGHT: dict[Moments, float] = {"full": 3e-10, "factored": 1.2e-10}
S_PER_CELL_WEIGHT = 2.5e-8  # of the cells that read and write words
OWN_WORDS = 2  # so many times as long where words are written one after another, without teacher forcing


@dataclass(frozen=True, slots=True)
class TrainingLoad:
    """What the training of one video asks of a machine, roughly.

    seconds: on two processor cores unless measured; a graphics card takes a tenth of it or less
    measured_on: the device of the earlier run that the seconds come from; "" when they are reckoned
    """

    memory_gb: float
    disk_gb: float  # at most, while it trains
    kept_gb: float
    seconds: float
    measured_on: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """How long an earlier run with the same kind of model took."""

    pair_s: float  # for one pair in one epoch
    device: str


def training_load(
    model: ModelConfig, training: TrainingConfig, n_pairs: int, measured: Measured | None = None
) -> TrainingLoad:
    """What the training takes from beginning to end; `measured` speeds come before reckoned ones."""
    size = model_size(model)
    pair_s = measured.pair_s if measured else _pair_s(model, training, size)
    return TrainingLoad(
        memory_gb=_memory_gb(model, training, size),
        disk_gb=_disk_gb(training, size),
        kept_gb=KEPT_BYTES_PER_WEIGHT * size.total / 1e9,
        seconds=training.last_epoch * n_pairs * pair_s,
        measured_on=measured.device if measured else "",
    )


def lack_of_memory(needed_gb: float, free_bytes: int) -> str:
    """A warning when the memory is not there; "" when it is."""
    free_gb = free_bytes / 1e9
    if needed_gb <= free_gb:
        return ""
    return (
        f"This training needs about {needed_gb:.1f} GB of memory, and {free_gb:.1f} GB are free on this "
        "machine: the system may end it halfway. Close other programs, or choose Quick."
    )


def _memory_gb(model: ModelConfig, training: TrainingConfig, size: ModelSize) -> float:
    weights = size.wide * BYTES_PER_WIDE_WEIGHT[training.moments] + size.others * BYTES_PER_WEIGHT
    return PROGRAM_GB + GB_PER_CHANNEL * model.channels + weights / 1e9


def _disk_gb(training: TrainingConfig, size: ModelSize) -> float:
    wide = size.wide * CHECKPOINT_BYTES_PER_WIDE_WEIGHT[training.moments]
    return N_CHECKPOINTS * (wide + size.others * CHECKPOINT_BYTES_PER_WEIGHT) / 1e9


def _pair_s(model: ModelConfig, training: TrainingConfig, size: ModelSize) -> float:
    pictures = S_PER_CHANNEL * model.channels
    wide = S_PER_WIDE_WEIGHT[training.moments] * size.wide
    if not model.has_text:  # it has no parts to be trained first
        return pictures + wide
    joined = 1 - training.warm_epochs / training.epochs
    words = S_PER_CELL_WEIGHT * GATES[model.rnn] * model.hidden**2
    if not model.teacher_forcing:
        words *= OWN_WORDS
    return pictures + wide * joined + words
