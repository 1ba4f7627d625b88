"""Keyword tags: phrases that mark a cluster out, by class-based TF-IDF and MMR (paper §3.4.2, §7.2)."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.material import Material
from services.phrases import encode_phrases
from services.progress import stretch
from services.records import Progress, quiet
from services.tag_candidates import Candidate, candidates
from services.tag_unlike import SAME

VECTORS = "use"  # both languages in one space, and always there
SHORTLIST = 60  # candidates per cluster that get vectors
MIN_SHARE = 1.3  # times 1/K: a phrase as common in the other clusters is none of this one's (§7.2)
PICTURE_WEIGHT = (
    0.5  # of words read or named in pictures, against spoken ones: they repeat from frame to frame
)
OTHER_SCRIPT = 0.4  # an English label among Chinese words comes after the Chinese phrases
LONGER_IS_BETTER = {1: 0.85, 2: 1.0, 3: 0.9}  # by words
MEANING = 0.5  # weight of nearness in meaning to the cluster, against counts
DIVERSITY = 0.45  # MMR: weight of being unlike the tags already chosen


@dataclass(frozen=True, slots=True, eq=False)
class _Phrase:
    """What is known of a phrase over all clusters."""

    text: str
    words: tuple[str, ...]
    is_han: bool
    weights: NDArray[np.float64]  # (K,) how often in each cluster
    nounness: float


def keyword_tags(
    materials: Sequence[Material], n_tags: int, progress: Progress = quiet
) -> tuple[tuple[str, ...], ...]:
    """n_tags tags for each cluster, best first, each one standing in its segments or pictures.

    Phrases that mark the cluster out come first, then such ones that share words with one before, then those
    that are as common elsewhere. Fewer than n_tags only where a cluster has no more phrases.
    Raises AnalysisError if the phrase vectors cannot be had.
    """
    n = len(materials)
    phrases = _phrases(materials, stretch(progress, 0.0, 0.5))
    chosen: list[tuple[str, ...]] = []
    shortlists = [_shortlists(phrases, cluster, n) for cluster in range(n)]
    vectors = _vectors({p.text for lists in shortlists for scored in lists for p, _ in scored}, progress)
    centres = _centres(materials)
    for cluster, lists in enumerate(shortlists):
        progress(n + cluster, 2 * n, f"tags of cluster {cluster + 1} of {n}")
        found: list[_Phrase] = []
        for scored in lists:
            for is_loose in (False, True):
                relevance = _relevance(scored, vectors, centres, cluster)
                phrases_here = [p for p, _ in scored]
                found = _diverse(phrases_here, relevance, vectors, n_tags, found, is_loose=is_loose)
        chosen.append(tuple(phrase.text for phrase in found))
    return tuple(chosen)


def _phrases(materials: Sequence[Material], progress: Progress) -> dict[str, _Phrase]:
    """Every candidate of the video by its key."""
    weights: dict[str, NDArray[np.float64]] = defaultdict(lambda: np.zeros(len(materials)))
    texts: dict[str, Counter[str]] = defaultdict(Counter)
    best: dict[str, Candidate] = {}
    nounness: dict[str, list[float]] = defaultdict(list)
    for column, material in enumerate(materials):
        progress(column, len(materials), f"words of cluster {column + 1} of {len(materials)}")
        for candidate, weight in _weighted(material):
            weights[candidate.key][column] += weight
            texts[candidate.key][candidate.text] += 1
            nounness[candidate.key].append(candidate.nounness)
            best.setdefault(candidate.key, candidate)
    return {
        key: _Phrase(
            text=texts[key].most_common(1)[0][0],
            words=candidate.words,
            is_han=candidate.is_han,
            weights=weights[key],
            nounness=float(np.mean(nounness[key])),
        )
        for key, candidate in best.items()
    }


def _weighted(material: Material) -> list[tuple[Candidate, float]]:
    """The cluster's candidates with what each finding counts."""
    found = [
        (candidate, share)
        for text, share in zip(material.segments, material.shares, strict=True)
        for candidate in candidates(text)
    ]
    spoken = {candidate.key for candidate, _ in found}
    seen: dict[str, Candidate] = {}
    n_frames: Counter[str] = Counter()
    for frame in material.frames:
        here = {
            c.key: c for text in (frame.sentence, *frame.labels, *frame.on_screen) for c in candidates(text)
        }
        seen.update({key: c for key, c in here.items() if key not in seen})
        n_frames.update(here.keys())
    # A line misread in one frame alone is no tag; in a cluster of one or two frames there is no second look.
    enough = 2 if len(material.frames) > 2 else 1
    for key, candidate in seen.items():
        if n_frames[key] >= enough or key in spoken:
            found.append((candidate, PICTURE_WEIGHT * (1 + math.log(n_frames[key]))))
    return found


def _shortlists(
    phrases: dict[str, _Phrase], cluster: int, n_clusters: int
) -> tuple[list[tuple[_Phrase, float]], list[tuple[_Phrase, float]]]:
    """The cluster's phrases with the highest class-based TF-IDF, best first, with their scores.

    First those that mark it out, then those that are about as common in the other clusters.
    """
    totals = sum((p.weights for p in phrases.values()), np.zeros(n_clusters))
    mean_total = float(totals.mean()) if len(phrases) else 0.0
    own = [p for p in phrases.values() if p.weights[cluster] > 0]
    is_han = sum(p.weights[cluster] for p in own if p.is_han) * 2 > sum(p.weights[cluster] for p in own)
    scored: list[tuple[_Phrase, float]] = []
    common: list[tuple[_Phrase, float]] = []
    for phrase in own:
        rates = phrase.weights / np.maximum(totals, 1e-9)
        share = float(rates[cluster] / rates.sum())
        score = float(rates[cluster]) * math.log(1 + mean_total / float(phrase.weights.sum()))
        score *= share * phrase.nounness * LONGER_IS_BETTER.get(len(phrase.words), 0.9)
        score *= 1.0 if phrase.is_han == is_han else OTHER_SCRIPT
        is_own = n_clusters == 1 or share * n_clusters >= MIN_SHARE
        (scored if is_own else common).append((phrase, score))
    ranked = [sorted(found, key=lambda pair: -pair[1]) for found in (scored, common)]
    return ranked[0][:SHORTLIST], ranked[1][: SHORTLIST // 2]


def _relevance(
    scored: Sequence[tuple[_Phrase, float]],
    vectors: dict[str, NDArray[np.float32]],
    centres: NDArray[np.float32],
    cluster: int,
) -> NDArray[np.float64]:
    """(n,) in [0, 1]: counts and meaning together, each spread over the shortlist's range."""
    if not scored:
        return np.zeros(0)
    counts = np.log([score for _, score in scored])
    cosines = np.stack([vectors[p.text] for p, _ in scored]) @ centres.T  # (n, K)
    others = np.delete(cosines, cluster, axis=1)
    nearest_other = others.max(axis=1) if others.shape[1] else np.zeros(len(scored), np.float32)
    meaning = (cosines[:, cluster] - nearest_other / 2).astype(np.float64)
    return (1 - MEANING) * _spread(counts) + MEANING * _spread(meaning)


def _spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    width = float(values.max() - values.min())
    return (values - values.min()) / width if width > 0 else np.ones_like(values)


def _diverse(
    phrases: Sequence[_Phrase],
    relevance: NDArray[np.float64],
    vectors: dict[str, NDArray[np.float32]],
    n: int,
    before: Sequence[_Phrase],
    *,
    is_loose: bool,
) -> list[_Phrase]:
    """Those before, and up to n in all by maximal marginal relevance.

    is_loose: also takes what is made only of the words of another, as "launch" beside "launch pad"
    """
    chosen = list(before)
    left = [i for i, phrase in enumerate(phrases) if phrase not in chosen]
    while left and len(chosen) < n:
        gains = [
            (1 - DIVERSITY) * relevance[i]
            - DIVERSITY * max((float(vectors[phrases[i].text] @ vectors[p.text]) for p in chosen), default=0)
            for i in left
        ]
        best = left[int(np.argmax(gains))]
        left.remove(best)
        is_same = any(float(vectors[phrases[best].text] @ vectors[p.text]) >= SAME for p in chosen)
        if not is_same and (is_loose or not any(_repeats(phrases[best], p) for p in chosen)):
            chosen.append(phrases[best])
    return chosen


def _repeats(one: _Phrase, other: _Phrase) -> bool:
    a, b = one.text.casefold(), other.text.casefold()
    return a in b or b in a or set(one.words) <= set(other.words) or set(other.words) <= set(one.words)


def _vectors(texts: set[str], progress: Progress) -> dict[str, NDArray[np.float32]]:
    ordered = sorted(texts)
    progress(1, 2, f"vectors of {len(ordered)} phrases")
    return dict(zip(ordered, encode_phrases(ordered, VECTORS), strict=True)) if ordered else {}


def _centres(materials: Sequence[Material]) -> NDArray[np.float32]:
    """(K, d): each cluster's mean segment vector, of length 1."""
    centres: list[NDArray[np.float32]] = []
    for material in materials:
        mean = encode_phrases(list(material.segments) or [" "], VECTORS).mean(axis=0)
        centres.append(mean / max(float(np.linalg.norm(mean)), 1e-12))
    return np.stack(centres)
