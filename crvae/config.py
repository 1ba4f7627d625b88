"""Settings of the models and of their training, the paper's values as defaults, and presets (paper §3)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, get_args

from crvae.ranges import EPOCHS_MAX, SEED_MAX, require_within

Family = Literal["crvae", "dense", "pure"]
Rnn = Literal["lstm", "rnn"]
TextEncoding = Literal["rnn", "transformer"]
Schedule = Literal["constant", "one_cycle"]
Rates = Literal["uniform", "by_inputs"]
Moments = Literal["full", "factored"]
Statistics = Literal["batch", "running"]
Precision = Literal["auto", "float32", "bfloat16"]


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Kind and sizes of a model; JSON-able, and part of what names a trained model."""

    family: Family = "crvae"  # §3; "dense" and "pure" are the CVAEs of §2.1, which see pictures alone
    height_px: int = 120  # §3.1.1 lists "200 x 120 x 3": W, H, C; three halvings must leave whole numbers
    width_px: int = 200
    channels: int = 32  # §3.1.1, the same in every convolution of the CRVAE; the CVAEs end in twice as many
    text_encoder: TextEncoding = "rnn"  # §3.1.2; "transformer" is an idea of §6
    rnn: Rnn = "lstm"  # §3.1.2
    hidden: int = 512  # §3.1.2, per direction
    rnn_layers: int = 2  # §3.1.2
    bidirectional: bool = True  # §3.1.2, encoder only: the decoder reads forwards
    fused: int = 4000  # §3.1.3
    latent: int = 1000  # §3.1.3; latent_size is what a model really has
    word_vector_size: int = 300  # §4.1.2 (§3.1.2 says 200)
    teacher_forcing: bool = True  # §3.2.3
    # What the normalisation of §3.1.3 takes mean and spread from while it trains: the 16 pairs at hand, or
    # running figures of the whole video. 16 pairs shift all latents by chance, which no decoder can undo.
    norm_statistics: Statistics = "batch"
    # Not in the paper: from ln σ near 0, the sampled noise drowns the mean and nothing is ever learnt.
    log_sigma_start: float = -4.0
    log_sigma_min: float = -8.0
    log_sigma_max: float = 0.0

    @property
    def has_text(self) -> bool:
        """Whether the model reads and draws words."""
        return self.family == "crvae"

    @property
    def latent_size(self) -> int:
        """Numbers in the vector that is clustered: in the pure CVAE one for each of its last maps."""
        return 2 * self.channels if self.family == "pure" else self.latent

    def __post_init__(self) -> None:
        # Far beyond the paper's sizes, and still what a machine can be asked for.
        require_within(self, 1, 2048, "height_px", "width_px")
        require_within(self, 1, 512, "channels")
        require_within(self, 1, 16, "rnn_layers")
        require_within(self, 1, 8192, "hidden", "word_vector_size")
        require_within(self, 1, 32_768, "fused", "latent")
        require_within(self, -100, 100, "log_sigma_min", "log_sigma_max")
        for name in ("height_px", "width_px"):
            _require(getattr(self, name) % 8 == 0, name, getattr(self, name), "a multiple of 8")
        _require_one("family", self.family, get_args(Family))
        _require_one("text_encoder", self.text_encoder, get_args(TextEncoding))
        _require_one("rnn", self.rnn, get_args(Rnn))
        _require_one("norm_statistics", self.norm_statistics, get_args(Statistics))
        _require(
            self.log_sigma_min <= self.log_sigma_start <= self.log_sigma_max,
            "log_sigma_start",
            self.log_sigma_start,
            f"between log_sigma_min {self.log_sigma_min} and log_sigma_max {self.log_sigma_max}",
        )


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How a model is trained; JSON-able, and part of what names a trained model."""

    epochs: int = 500  # §3.3
    stop_after: int = 0  # ends early, after so many epochs, on the schedule of all of them; 0: does not
    batch_size: int = 16  # §3.1.1; the real batches of an epoch are of equal size, within one
    learning_rate: float = 1e-4  # §3.3; the peak when the schedule is "one_cycle"
    weight_decay: float = 0.01  # AdamW's default; §3.3 gives none
    text_weight: float = 3.0  # lambda in L = image + lambda * text, §3.3
    kl_weight: float = 0.0  # §3.3 has no KL term although the latent is sampled
    gradient_clip: float = 0.01  # per gradient value, not by norm, §3.3; 0 turns it off
    denoising: float = 0.0  # probability that picture or words of a pair are zero at the input, §2.3
    warm_start: float = 0.0  # share of the epochs before crvae.warm_start joins the parts; 0: none, as in §3
    warm_rate: float = 3e-3  # peak learning rate of these epochs
    warm_batch_size: int = 4  # pictures in these epochs: small batches cost the convolutions nothing
    warm_text_batch_size: int = 16  # texts in these epochs: recurrent cells take as long for one as for many
    schedule: Schedule = "constant"  # a function of epoch / epochs, so a shorter run still ends well
    warmup: float = 0.1  # share of the epochs in which "one_cycle" rises to the peak
    rates: Rates = "uniform"  # "by_inputs": crvae.optimizer says why
    moments: Moments = "full"  # of the wide layers' gradients; "factored": crvae.wide says why
    beta2: float = 0.999  # AdamW's default; a run of few steps does better with a shorter memory
    seed: int = 0
    precision: Precision = "auto"  # bfloat16 where the device computes in it, else float32

    @property
    def warm_epochs(self) -> int:
        """Epochs before the parts are joined; at least one is left for all together."""
        return min(round(self.warm_start * self.epochs), self.epochs - 1)

    @property
    def last_epoch(self) -> int:
        """Epochs that are really trained."""
        return self.stop_after or self.epochs

    def __post_init__(self) -> None:
        require_within(self, 1, EPOCHS_MAX, "epochs")
        require_within(self, 0, SEED_MAX, "seed")
        _require(0 <= self.stop_after <= self.epochs, "stop_after", self.stop_after, "from 0 to epochs")
        require_within(self, 2, 100_000, "batch_size")  # one pair has no batch normalisation
        require_within(self, 1, 100_000, "warm_batch_size", "warm_text_batch_size")
        require_within(self, 0, 1e6, "weight_decay", "text_weight", "kl_weight", "gradient_clip")
        for name in ("learning_rate", "warm_rate"):
            _require(0 < getattr(self, name) < math.inf, name, getattr(self, name), "above 0")
        _require(0 <= self.denoising <= 1, "denoising", self.denoising, "in [0, 1]")
        _require_one("schedule", self.schedule, get_args(Schedule))
        _require(0 <= self.warm_start < 1, "warm_start", self.warm_start, "in [0, 1)")
        _require_one("rates", self.rates, get_args(Rates))
        _require_one("moments", self.moments, get_args(Moments))
        _require(
            self.moments == "full" or self.gradient_clip == 0,
            "moments",
            self.moments,
            "'full' to clip gradients",
        )
        _require(0 <= self.beta2 < 1, "beta2", self.beta2, "in [0, 1)")
        _require(0 <= self.warmup < 1, "warmup", self.warmup, "in [0, 1)")
        _require_one("precision", self.precision, get_args(Precision))


@dataclass(frozen=True, slots=True)
class Preset:
    """A named choice of model and training, as the analyst sees it."""

    name: str
    title: str
    model: ModelConfig
    training: TrainingConfig


def _require(is_valid: bool, name: str, value: object, expected: str) -> None:
    if not is_valid:
        raise ValueError(f"{name} is {value!r}, expected {expected}")


def _require_one(name: str, value: object, choices: tuple[str, ...]) -> None:
    _require(value in choices, name, value, f"one of {', '.join(map(repr, choices))}")


PAPER_EPOCHS: Mapping[Family, int] = MappingProxyType({"crvae": 500, "dense": 300, "pure": 100})  # §5.1.1


# What reaches the paper's losses soonest; docs/benchmarks.md has the measurements.
SOONEST = TrainingConfig(
    epochs=100,
    learning_rate=2e-2,
    gradient_clip=0.0,
    warm_start=0.7,
    schedule="one_cycle",
    rates="by_inputs",
    moments="factored",
    beta2=0.99,
)


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset(
                name="quick",
                title="Quick: a small model, a minute or two a video on a laptop",
                model=ModelConfig(channels=16, hidden=128, fused=512, latent=128, norm_statistics="running"),
                training=replace(SOONEST, epochs=40, warm_text_batch_size=4),
            ),
            Preset(
                name="standard",
                title="Standard: the paper's model, started and scheduled to learn sooner",
                model=ModelConfig(norm_statistics="running"),
                training=SOONEST,
            ),
            Preset(
                name="paper",
                title="Paper: the paper's model and hyperparameters, 500 epochs (wants a GPU)",
                model=ModelConfig(),
                training=TrainingConfig(),
            ),
        )
    }
)
