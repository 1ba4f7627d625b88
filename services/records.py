"""What the stages hand to each other: values with shapes and units (paper §3–§5).

Seconds end in _s, pixels in _px. N frames or pairs, K clusters.
Training and clustering results are in crvae.records.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crvae.config import ModelConfig, TrainingConfig
from crvae.records import EpochMetrics

Progress = Callable[[int, int, str], None]  # done, total, note
Origin = Literal["captions", "asr", "subtitles", "edited"]
Medium = Literal["image", "text", "both", "unsupported"]
Measure = Literal["best", "match", "pairs", "centre"]  # of two clusters' likeness, services.measures
TagSource = Literal["model", "keywords", "hand"]
Place = Literal["picture", "screen", "speech"]  # where a tag may be found: drawn, written there, or said
Method = Literal["nearest_start", "uniform", "all_frames"]


def quiet(done: int, total: int, note: str) -> None:
    """A progress call that tells nobody."""


@dataclass(frozen=True, slots=True)
class VideoFile:
    path: Path  # a video, or a folder of frames
    title: str
    channel: str
    url: str  # "" for a file
    duration_s: float  # 0.0 for a folder, whose frames are interval_s apart
    width_px: int
    height_px: int
    is_folder: bool = False
    published: str = ""  # ISO date; "" if it is not known


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    times_s: NDArray[np.float64]  # (N,) from the video's start, ascending
    folder: Path  # holds 00000.jpg … at source size
    width_px: int
    height_px: int

    def path(self, frame: int) -> Path:
        return self.folder / f"{frame:05d}.jpg"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the transcript; it may reach past the start of the next one."""

    start_s: float
    end_s: float
    text: str
    origin: Origin = "captions"
    id: int = 0  # its original start in ms, unique in its transcript (services.segment_ids)


@dataclass(frozen=True, slots=True)
class Transcript:
    segments: tuple[Segment, ...]  # by start_s
    language: str  # BCP 47: en, zh-Hans
    is_generated: bool = False
    source: str = ""  # file name, or the caption track's name
    # Results of earlier versions lack these.
    detected: str = ""  # BCP 47, the language that the text itself reads as; "" if that is not plain
    is_spread: bool = False  # the text came without times; these are spread over the video


@dataclass(frozen=True, slots=True, eq=False)
class AlignedPairs:
    """One row is one training example: a frame and a segment (§4.1.2, §4.2.2)."""

    frame_index: NDArray[np.int64]  # (N,) into Frames
    segment_index: NDArray[np.int64]  # (N,) into Transcript
    times_s: NDArray[np.float64]  # (N,) the frame's time
    texts: tuple[str, ...]  # N, with the analyst's corrections
    method: Method
    reason: str  # why this method, in one sentence for the page


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a pair, and what the model says in the place of each; "" where it names no word."""

    pair: int
    words: tuple[str, ...]
    said: tuple[str, ...]
    is_right: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a model made of some pairs after an epoch."""

    epoch: int
    jpeg: bytes  # frames above, the model's drawings of them below
    sentences: tuple[Sentence, ...] = ()  # none from a model of pictures alone


@dataclass(frozen=True, slots=True)
class Machine:
    """What a training runs on."""

    device: str
    precision: str  # in which matrices are multiplied
    memory_gb: float  # in use now: of the process, or of its share of the graphics card


@dataclass(frozen=True, slots=True)
class TrainedModel:
    weights: Path  # safetensors
    model: ModelConfig
    training: TrainingConfig
    history: tuple[EpochMetrics, ...]
    n_parameters: int
    device: str
    seconds: float
    # Results of earlier versions lack these.
    precision: str = ""
    peak_memory_gb: float = 0.0
    preview: Path | None = None  # JPEG as in Preview, of the finished model
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class FrameDescription:
    frame: int
    sentence: str  # a model's sentence; "" when the backend gives labels
    on_screen: tuple[str, ...]  # lines read in the picture
    labels: tuple[str, ...]  # things recognised, best first

    @property
    def text(self) -> str:
        return "; ".join([self.sentence, *self.labels, *self.on_screen]).strip("; ")


@dataclass(frozen=True, slots=True)
class Descriptions:
    items: tuple[FrameDescription, ...]  # one for each frame that is in a pair, by frame
    kind: Literal["sentence", "labels"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A frame or a segment that speaks for a tag."""

    place: Place
    index: int  # into Frames, or for speech into Transcript
    time_s: float  # the frame's time, or the segment's start
    text: str  # what stands there
    cosine: float  # to the tag, 0 … 1; 1 where it stands there word for word


@dataclass(frozen=True, slots=True)
class Tag:
    text: str
    medium: Medium
    score: float  # cosine of the tag and its best support, 0 … 1
    # Results of earlier versions lack these.
    gloss: str = ""  # English, where the tag is not
    source: TagSource = "model"
    evidence: tuple[Evidence, ...] = ()  # the best of each place, best first
    distinctness: float = 0.0  # score here less the best score in another cluster, -1 … 1
    is_kept: bool = False  # the analyst has looked at it and keeps it


@dataclass(frozen=True, slots=True)
class Theme:
    """A cluster as people see it: its name and tags (§3.4.2)."""

    cluster: int
    name: str
    tags: tuple[Tag, ...]
    # Results of earlier versions lack these.
    draws: tuple[tuple[str, ...], ...] = ()  # tags of every draw with its own seed; `tags` are the first's
    share_read: float = 1.0  # of the cluster's texts that the model was shown, in (0, 1]


@dataclass(frozen=True, slots=True)
class Themes:
    themes: tuple[Theme, ...]  # by cluster

    @property
    def all_tags(self) -> tuple[Tag, ...]:
        return tuple(tag for theme in self.themes for tag in theme.tags)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Similarity of each left cluster with each right cluster (§5.4)."""

    similarity: NDArray[np.float32]  # (K_left, K_right) in [-1, 1], by cluster
    tag_similarity: NDArray[np.float32]  # (K_left, K_right, n_tags, n_tags), nan where a tag is lacking
    row_order: tuple[int, ...]  # left clusters, most similar first
    column_order: tuple[int, ...]
    left_names: tuple[str, ...]  # by cluster
    right_names: tuple[str, ...]
    measure: str


@dataclass(frozen=True, slots=True, eq=False)
class Significance:
    """Each cell of a comparison against chance (docs/comparison.md).

    Arrays are (K_left, K_right) by cluster, nan where a cell has no value.
    """

    null_mean: NDArray[np.float64]  # similarity that chance alone gives
    null_sd: NDArray[np.float64]
    z: NDArray[np.float64]  # how many null_sd a cell lies above null_mean
    p: NDArray[np.float64]  # share of the draws that reach the cell, in (0, 1]
    q: NDArray[np.float64]  # p after allowing for the number of cells (Benjamini-Hochberg)
    p_left: NDArray[np.float64]  # the left theme as it is, against chance in the right video
    p_right: NDArray[np.float64]
    low: NDArray[np.float64]  # 95 % interval of the similarity
    high: NDArray[np.float64]
    null: Literal["blocks", "pool"]  # clusters re-labelled in time, or tags dealt anew in each video
    n_draws: int
    alpha: float = 0.05

    @property
    def is_above(self) -> NDArray[np.bool_]:
        """(K_left, K_right) whether a cell is above chance, and each of its themes by itself."""
        worst = np.maximum(self.q, np.maximum(self.p_left, self.p_right))
        return np.nan_to_num(worst, nan=1.0) <= self.alpha
