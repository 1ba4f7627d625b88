"""How strongly a cluster's pictures and words speak for a tag (paper §5.3.2, tables 3 and 4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.material import Material
from services.phrases import encode_phrases
from services.places import Spot, Spots, plain, spots_of
from services.records import Evidence, Medium, Place, Progress, Tag, quiet

# Cosine from which a text counts as saying the same. Chosen on a labelled set with USE-multilingual, see
# docs/tags.md and tests/services/test_provenance_labelled.py. Other encoders have other scales.
SUPPORT = 0.625
N_EVIDENCE = 2  # of each place
MIN_EVIDENCE = 0.3  # cosine; below it a text has nothing to do with the tag
EVIDENCE_CHARS = 200
BATCH = 256  # texts at a time; progress hears of each

TimeOf = Callable[[Place, int], float]  # (place, index of a frame or segment) -> seconds


@dataclass(frozen=True, slots=True)
class Support:
    """The best match of a tag in each medium of one cluster, cosines in [0, 1]."""

    seen: float
    said: float

    @property
    def medium(self) -> Medium:
        if min(self.seen, self.said) >= SUPPORT:
            return "both"
        if self.best < SUPPORT:
            return "unsupported"
        return "text" if self.said >= SUPPORT else "image"

    @property
    def best(self) -> float:
        return max(self.seen, self.said)


@dataclass(frozen=True, slots=True, eq=False)
class Placer:
    """The material of every cluster, ready to be asked about tags."""

    clusters: tuple[Spots, ...]
    vectors: NDArray[np.float32]  # (P, d) of all different texts, of length 1
    phrases: str  # backend for phrase vectors
    time_of: TimeOf

    def place(self, cluster: int, tags: Sequence[str]) -> tuple[Tag, ...]:
        """The tags with their medium, the cosine of their best support, evidence, and how distinct they are.

        A tag that stands word for word in a segment or a description scores 1. Otherwise it is compared with
        whole segments, sentences, labels and lines, and with the phrases in them.
        """
        if not tags:
            return ()
        cosines = _cosines(encode_phrases(list(tags), self.phrases), self.vectors)  # (n, P)
        return tuple(self._placed(cluster, tag, row) for tag, row in zip(tags, cosines, strict=True))

    def _placed(self, cluster: int, tag: str, cosines: NDArray[np.float32]) -> Tag:
        scores = [_spot_scores(spots, tag, cosines) for spots in self.clusters]
        supports = [_support(spots, found) for spots, found in zip(self.clusters, scores, strict=True)]
        here = supports[cluster]
        elsewhere = [support.best for i, support in enumerate(supports) if i != cluster]
        return Tag(
            text=tag,
            medium=here.medium,
            score=round(here.best, 4),
            evidence=self._evidence(self.clusters[cluster], scores[cluster]),
            distinctness=round(here.best - max(elsewhere), 4) if elsewhere else 0.0,
        )

    def _evidence(self, spots: Spots, scores: NDArray[np.float32]) -> tuple[Evidence, ...]:
        """The best spots of each place, none with the text of one before it."""
        found: list[Evidence] = []
        texts: set[tuple[Place, str]] = set()
        counts = dict.fromkeys(("picture", "screen", "speech"), 0)
        for i in np.argsort(-scores, kind="stable").tolist():
            spot: Spot = spots.spots[i]
            cosine = round(float(scores[i]), 4)
            if cosine < MIN_EVIDENCE:
                break
            if counts[spot.place] < N_EVIDENCE and (spot.place, spot.text) not in texts:
                counts[spot.place] += 1
                texts.add((spot.place, spot.text))
                time_s = self.time_of(spot.place, spot.index)
                found.append(Evidence(spot.place, spot.index, time_s, spot.text[:EVIDENCE_CHARS], cosine))
        return tuple(found)


def placer(
    materials: Sequence[Material], phrases: str, time_of: TimeOf, progress: Progress = quiet
) -> Placer:
    """Raises AnalysisError when the backend for phrase vectors cannot be had."""
    clusters, texts = spots_of(materials)
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)] or [[]]
    vectors: list[NDArray[np.float32]] = []
    for batch in batches:
        progress(len(vectors), len(batches), f"where each tag comes from: {len(texts)} phrases")
        vectors.append(encode_phrases(batch, phrases))
    return Placer(clusters, np.concatenate(vectors), phrases, time_of)


def place_tags(
    tags: Sequence[Sequence[str]],
    materials: Sequence[Material],
    phrases: str,
    time_of: TimeOf,
    progress: Progress = quiet,
) -> tuple[tuple[Tag, ...], ...]:
    """Each cluster's tags as Placer.place gives them. Raises AnalysisError without the phrase vectors."""
    made = placer(materials, phrases, time_of, progress)
    return tuple(made.place(cluster, found) for cluster, found in enumerate(tags))


def _cosines(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, P) in [0, 1]; against is worth as little as nothing."""
    return np.clip(a @ b.T, 0, 1) if len(b) else np.zeros((len(a), 0), np.float32)


def _spot_scores(spots: Spots, tag: str, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """(S,) how well each spot of the cluster supports the tag."""
    wanted = plain(tag)
    is_there = [bool(wanted.strip()) and wanted in spot.plain for spot in spots.spots]
    best = [float(cosines[list(spot.rows)].max(initial=0.0)) for spot in spots.spots]
    return np.where(is_there, 1.0, best).astype(np.float32)


def _support(spots: Spots, scores: NDArray[np.float32]) -> Support:
    is_seen = np.array([spot.is_seen for spot in spots.spots], bool)
    return Support(
        float(scores[is_seen].max(initial=0.0)),
        float(scores[~is_seen].max(initial=0.0)),
    )
