"""The settings that shape each result, and a project's two recipes.

A stage's key is made from the settings it reads, so what changes a result must be here. Fields marked
`apart()` say where or how to look and change nothing: they stay out of keys.
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

from crvae.config import ModelConfig, TrainingConfig
from crvae.ranges import SEED_MAX, require_within
from crvae.records import ClusterMethod, Flat
from services.records import Measure, Medium, Method, Origin

Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")
Encoder = Literal["model", "pixels", "features", "texts"]


def apart(default: str = "") -> Any:
    return field(default=default, metadata={"in_key": False})


@dataclass(frozen=True, slots=True)
class Source:
    kind: Literal["file", "frames", "youtube"]
    digest: str  # of the content; the 11-character id for YouTube
    location: str = apart()
    title: str = apart()


INTERVAL_MIN_S, INTERVAL_MAX_S = 0.04, 600.0
LONGEST_S = 1e9  # what a caption file may claim
K_MAX = 10_000  # clusters


@dataclass(frozen=True, slots=True)
class Sampling:
    interval_s: float = 2.0  # §4: 1 frame / 2 s, or / 2.5 s
    method: Literal["interval", "shots"] = "interval"  # shots: the middle of each; interval_s is not read

    def __post_init__(self) -> None:
        require_within(self, INTERVAL_MIN_S, INTERVAL_MAX_S, "interval_s")


@dataclass(frozen=True, slots=True)
class TranscriptChoice:
    origin: Origin = "captions"
    language: str = "en"
    digest: str = ""  # of the caption file; "" takes YouTube's captions
    location: str = apart()
    backend: str = ""  # what recognizes speech, a name of services.backends; "" for other origins


@dataclass(frozen=True, slots=True)
class Alignment:
    method: Literal["auto"] | Method = "auto"


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment as the analyst wrote it; its id stays when its times change."""

    id: int
    start_s: float
    end_s: float
    text: str

    def __post_init__(self) -> None:
        require_within(self, -LONGEST_S, LONGEST_S, "start_s", "end_s")


@dataclass(frozen=True, slots=True)
class TextEdit:
    """The segments of the transcript with these ids are replaced by these (docs/decisions/008).

    One for one is a rewrite, one for two a split, two for one a merge, none for one an insertion.
    """

    replaces: tuple[int, ...] = ()
    by: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class PairEdit:
    """Another frame for a segment, or none at all; frame None leaves the method's."""

    segment: int  # id of the segment as it is after the text edits
    frame: int | None = None
    is_dropped: bool = False


@dataclass(frozen=True, slots=True)
class Embedding:
    backend: str = "use-pca300"  # a name of services.backends, role "word-vectors"
    max_words: int = 64  # longer segments are cut, and the page says how many
    digests: tuple[str, ...] = ()  # of the word-vector files, for backend "files"
    locations: tuple[str, ...] = field(default=(), metadata={"in_key": False})

    def __post_init__(self) -> None:
        require_within(self, 1, 10_000, "max_words")


@dataclass(frozen=True, slots=True)
class Sweep:
    k_min: int = 2  # K = 1 is always measured beside them: the gap statistic can prefer it
    k_max: int = 10
    seed: int = 0
    method: ClusterMethod = "kmeans"  # that of ClusterChoice, see services.choose.with_method
    n_bootstrap: int = 50
    n_references: int = 40  # of the gap statistic; with six it picks another K

    def __post_init__(self) -> None:
        require_within(self, 1, K_MAX, "k_min", "k_max")
        require_within(self, 0, SEED_MAX, "seed")
        require_within(self, 0, 10_000, "n_bootstrap", "n_references")


PERPLEXITY_MIN, PERPLEXITY_MAX = 2.0, 100.0


@dataclass(frozen=True, slots=True)
class Projecting:
    """The map of the pairs; perplexity is read by t-SNE alone."""

    perplexity: float = 8.0  # §5.2
    seed: int = 0
    method: Flat = "tsne"

    def __post_init__(self) -> None:
        require_within(self, PERPLEXITY_MIN, PERPLEXITY_MAX, "perplexity")
        require_within(self, 0, SEED_MAX, "seed")


@dataclass(frozen=True, slots=True)
class ClusterChoice:
    k: int | None = None  # None until the analyst has chosen; HDBSCAN finds its own and takes min_pairs
    seed: int = 0
    method: ClusterMethod = "kmeans"  # §3.4
    min_pairs: int | None = None  # HDBSCAN's smallest cluster; None until the analyst has chosen
    sets_aside: bool = False  # leave repeated shots out of the clusters

    def __post_init__(self) -> None:
        require_within(self, 0, SEED_MAX, "seed")
        for name in ("k", "min_pairs"):
            if getattr(self, name) is not None:
                require_within(self, 1, K_MAX, name)

    @property
    def is_chosen(self) -> bool:
        return (self.min_pairs if self.method == "hdbscan" else self.k) is not None


@dataclass(frozen=True, slots=True)
class Describing:
    backend: str = "labels"
    prompt: str = "A news photo of"  # §7.1


MAX_DRAWS, MAX_TAGS = 20, 50


@dataclass(frozen=True, slots=True)
class Tagging:
    backend: str = "keywords"
    n_tags: int = 10  # §3.4.2
    temperature: float = 0.9  # §7.2
    seed: int = 0
    n_draws: int = 1  # how often a model is asked about each cluster, each time with another seed

    def __post_init__(self) -> None:
        require_within(self, 1, MAX_TAGS, "n_tags")
        require_within(self, 0, 5, "temperature")
        require_within(self, 0, SEED_MAX, "seed")
        require_within(self, 1, MAX_DRAWS, "n_draws")


@dataclass(frozen=True, slots=True)
class TagEdit:
    """A change to a machine's tag or cluster name; it holds for the tags with this digest alone."""

    tags_digest: str
    cluster: int
    name: str | None = None  # a new cluster name
    tag: str | None = None  # the tag that is meant
    text: str | None = None  # its new text
    medium: Medium | None = None
    is_dropped: bool = False
    is_kept: bool | None = None  # the analyst has looked at it: True keeps it, False takes that back


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that shapes the results of one video."""

    source: Source
    transcript: TranscriptChoice
    text_edits: tuple[TextEdit, ...] = ()
    sampling: Sampling = Sampling()
    alignment: Alignment = Alignment()
    edits: tuple[PairEdit, ...] = ()
    embedding: Embedding = Embedding()
    model: ModelConfig = ModelConfig()
    training: TrainingConfig = TrainingConfig()
    encoder: Encoder = "model"  # what is clustered: the paper's latents, or ready-made features
    sweep: Sweep = Sweep()
    projection: Projecting = Projecting()
    clustering: ClusterChoice = ClusterChoice()
    describing: Describing = Describing()
    tagging: Tagging = Tagging()
    phrases: str = "use"  # phrase vectors that place tags in pictures or words
    tag_edits: tuple[TagEdit, ...] = ()
    # Starts in milliseconds of recognized segments that the analyst found right; shapes no result.
    confirmed: tuple[int, ...] = field(default=(), metadata={"in_key": False})


@dataclass(frozen=True, slots=True)
class Comparing:
    phrases: str = "use"  # a name of services.backends, role "phrases"
    n_best: int = 10  # mean of the ten best of the cosines, §5.4
    measure: Measure = "best"  # §5.4; the others are in services.measures
    in_english: bool = False  # tags of another language stand in by their glosses

    def __post_init__(self) -> None:
        require_within(self, 1, 10_000, "n_best")


@dataclass(frozen=True, slots=True)
class Testing:
    """How a comparison is held against chance (docs/decisions/010)."""

    n_draws: int = 2000
    n_bootstrap: int = 400
    seed: int = 0

    def __post_init__(self) -> None:
        require_within(self, 100, 100_000, "n_draws")
        require_within(self, 100, 10_000, "n_bootstrap")
        require_within(self, 0, SEED_MAX, "seed")


@dataclass(frozen=True, slots=True)
class Project:
    project_id: str
    topic: str
    left: Recipe
    right: Recipe
    comparing: Comparing = Comparing()
    testing: Testing = Testing()
    preset: str = "quick"
    revision: int = 0
    created: str = ""  # ISO 8601, UTC
    changed: str = ""

    def recipe(self, side: Side) -> Recipe:
        return self.left if side == "left" else self.right

    def with_recipe(self, side: Side, recipe: Recipe) -> "Project":
        if side == "left":
            return dataclasses.replace(self, left=recipe)
        return dataclasses.replace(self, right=recipe)
