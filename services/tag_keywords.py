"""Keyword tags: phrases that mark a cluster out, by class-based TF-IDF and MMR (paper §3.4.2, §7.2)."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from services.material import Material
from services.phrases import encode_phrases
from services.progress import stretch
from services.records import Progress, quiet
from services.tag_candidates import Candidate, candidates
from services.tag_unlike import SAME

VECTORS = "use"  # both languages in one space, and always there
SHORTLIST, COMMON = 60, 30  # candidates per cluster that get vectors
MIN_SHARE = 1.3  # times 1/K: a phrase as common in the other clusters is none of this one's (§7.2)
PICTURE_WEIGHT = (
    0.5  # of words read or named in pictures, against spoken ones: they repeat from frame to frame
)
OTHER_SCRIPT = 0.4  # an English label among Chinese words comes after the Chinese phrases
LONGER_IS_BETTER = {1: 0.85, 2: 1.0, 3: 0.9}  # by words
MEANING = 0.5  # weight of nearness in meaning to the cluster, against counts
DIVERSITY = 0.45  # MMR: weight of being unlike the tags already chosen


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
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
    found = phrases(materials, stretch(progress, 0.0, 0.5))
    shortlists = [_shortlists(found, cluster, n) for cluster in range(n)]
    vectors = _vectors({p.text for lists in shortlists for scored in lists for p, _ in scored}, progress)
    centres = _centres(materials)
    chosen: list[tuple[str, ...]] = []
    for cluster, lists in enumerate(shortlists):
        progress(n + cluster, 2 * n, f"tags of cluster {cluster + 1} of {n}")
        listed = [p for scored in lists for p, _ in scored]
        if not listed:
            chosen.append(())
            continue
        own = np.stack([vectors[p.text] for p in listed])
        scores = [np.array([score for _, score in scored]) for scored in lists]
        gain = relevances(scores, own @ centres.T, cluster)
        rows = diverse(listed, len(lists[0]), gain, own @ own.T, n_tags)
        chosen.append(tuple(listed[i].text for i in rows))
    return tuple(chosen)


def distinctive_phrases(materials: Sequence[Material], n: int) -> tuple[tuple[str, ...], ...]:
    """At most n phrases for each cluster that its segments use and the others do not, by counts alone."""
    found_phrases = phrases(materials)
    found: list[tuple[str, ...]] = []
    for cluster in range(len(materials)):
        kept: list[Phrase] = []
        own, common = _shortlists(found_phrases, cluster, len(materials))
        for phrase, _ in own or common:
            if len(kept) < n and not any(_repeats(phrase, other) for other in kept):
                kept.append(phrase)
        found.append(tuple(phrase.text for phrase in kept))
    return tuple(found)


def phrases(materials: Sequence[Material], progress: Progress = quiet) -> dict[str, Phrase]:
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
        key: Phrase(
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
    found: dict[str, Phrase], cluster: int, n_clusters: int
) -> tuple[list[tuple[Phrase, float]], list[tuple[Phrase, float]]]:
    """The cluster's phrases with the highest class-based TF-IDF, best first, with their scores.

    First those that mark it out, then those that are about as common in the other clusters.
    """
    totals = sum((p.weights for p in found.values()), np.zeros(n_clusters))
    mean_total = float(totals.mean()) if found else 0.0
    own = [p for p in found.values() if p.weights[cluster] > 0]
    is_han = sum(p.weights[cluster] for p in own if p.is_han) * 2 > sum(p.weights[cluster] for p in own)
    scored: list[tuple[Phrase, float]] = []
    common: list[tuple[Phrase, float]] = []
    for phrase in own:
        rates = phrase.weights / np.maximum(totals, 1e-9)
        share = float(rates[cluster] / rates.sum())
        score = float(rates[cluster]) * math.log(1 + mean_total / float(phrase.weights.sum()))
        score *= share * prior(phrase)
        score *= 1.0 if phrase.is_han == is_han else OTHER_SCRIPT
        is_own = n_clusters == 1 or share * n_clusters >= MIN_SHARE
        (scored if is_own else common).append((phrase, score))
    ranked = [sorted(listed, key=lambda pair: -pair[1]) for listed in (scored, common)]
    return ranked[0][:SHORTLIST], ranked[1][:COMMON]


def prior(phrase: Phrase) -> float:
    """How much a phrase reads like a tag, whatever is counted."""
    return phrase.nounness * LONGER_IS_BETTER.get(len(phrase.words), 0.9)


def relevance(counts: NDArray[np.float64], cosines: NDArray[np.float32], cluster: int) -> NDArray[np.float64]:
    """(n,) in [0, 1]: counts and meaning together, each spread over the shortlist's range.

    counts:  (n,) logarithms of the scores
    cosines: (n, K) of the phrases and the clusters' centres
    """
    others = np.delete(cosines, cluster, axis=1)
    nearest_other = others.max(axis=1) if others.shape[1] else np.zeros(len(counts), np.float32)
    meaning = (cosines[:, cluster] - nearest_other / 2).astype(np.float64)
    return (1 - MEANING) * _spread(counts) + MEANING * _spread(meaning)


def relevances(
    scores: Sequence[NDArray[np.float64]], cosines: NDArray[np.float32], cluster: int
) -> NDArray[np.float64]:
    """(n,) relevance of phrases that come in several lists, each spread over its own list's range."""
    ends = np.cumsum([len(each) for each in scores])
    parts = np.split(cosines, ends[:-1])
    return np.concatenate(
        [
            relevance(np.log(each), part, cluster)
            for each, part in zip(scores, parts, strict=True)
            if len(each)
        ]
    )


def _spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    width = float(values.max() - values.min())
    return (values - values.min()) / width if width > 0 else np.ones_like(values)


def diverse(
    found: Sequence[Phrase], n_own: int, gain: NDArray[np.float64], cosines: NDArray[np.float32], n: int
) -> list[int]:
    """At most n rows by maximal marginal relevance, none nearly the same as one before.

    n_own:   the first rows mark the cluster out; the others come only when these are used up
    gain:    (N,) relevance of each phrase
    cosines: (N, N) of the phrases
    Of each list first what is not made only of the words of another, as "launch" is beside "launch pad".
    """
    chosen: list[int] = []
    nearest = np.zeros(len(found))
    for rows, is_loose in product((slice(0, n_own), slice(n_own, len(found))), (False, True)):
        is_left = np.zeros(len(found), bool)
        is_left[rows] = True
        is_left[chosen] = False
        while is_left.any() and len(chosen) < n:
            gains = np.where(is_left, (1 - DIVERSITY) * gain - DIVERSITY * nearest, -np.inf)
            best = int(np.argmax(gains))
            is_left[best] = False
            is_same = bool(chosen) and nearest[best] >= SAME
            if not is_same and (is_loose or not any(_repeats(found[best], found[j]) for j in chosen)):
                nearest = np.maximum(nearest, cosines[best]) if chosen else cosines[best].astype(np.float64)
                chosen.append(best)
    return chosen


def _repeats(one: Phrase, other: Phrase) -> bool:
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
