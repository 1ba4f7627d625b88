"""Keyword tags of many clusterings of one video: its phrases are found and counted once (paper §3.4.2).

For the same clusters the tags are those of services.tag_keywords.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from crvae.records import Clustering
from services import tag_keywords as keywords
from services.material import materials
from services.phrases import encode_phrases
from services.records import AlignedPairs, Descriptions
from services.tag_candidates import candidates

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Listed:
    """Phrases, best first, and their scores."""

    rows: NDArray[np.int64]
    scores: Array


@dataclass(slots=True, eq=False)
class Wordbook:
    """What is counted of one video. P phrases, S segments, F frames, N pairs.

    spoken:     (S, P) how often a segment says a phrase
    seen:       (F, P) whether a frame shows it
    segment_of: (N,) row in spoken of each pair; frame_of the same for seen
    prior:      (P,) how much it reads like a tag by itself
    vectors:    row of each phrase that was ever asked for
    """

    phrases: tuple[keywords.Phrase, ...]
    spoken: csr_matrix
    seen: csr_matrix
    segment_of: NDArray[np.int64]
    frame_of: NDArray[np.int64]
    segment_vectors: NDArray[np.float32]
    prior: Array
    is_han: NDArray[np.bool_]
    vectors: dict[int, NDArray[np.float32]] = field(default_factory=dict[int, NDArray[np.float32]])

    def tags(self, labels: NDArray[np.int32], k: int, n_tags: int) -> list[list[int]]:
        """For each of the k clusters at most n_tags phrases, best first; labels (N,), -1 is in none."""
        counted = self._weights(labels, k)
        shortlists = [self._shortlists(counted, cluster) for cluster in range(k)]
        self._need({i for lists in shortlists for i in lists[0].rows.tolist()})
        centres = self._centres(labels, k)
        return [self._chosen(shortlists[cluster], centres, cluster, n_tags) for cluster in range(k)]

    def _weights(self, labels: NDArray[np.int32], k: int) -> Array:
        """(P, k): how often each phrase is found in each cluster, words of pictures at their weight."""
        n_of_segment = np.bincount(self.segment_of, minlength=len(self.segment_vectors))
        shares = np.zeros((k, len(self.segment_vectors)))
        inside = labels >= 0
        np.add.at(shares, (labels[inside], self.segment_of[inside]), 1.0)
        is_said = (self.spoken.T @ (shares > 0).T.astype(float)) > 0
        weights = np.asarray(self.spoken.T @ (shares / np.maximum(n_of_segment, 1)).T)
        in_cluster = np.zeros((k, int(self.frame_of.max(initial=-1)) + 1))
        in_cluster[labels[inside], self.frame_of[inside]] = 1.0
        n_frames = np.asarray(self.seen.T @ in_cluster.T)
        enough = np.where(in_cluster.sum(axis=1) > 2, 2, 1)
        counts = (n_frames > 0) & ((n_frames >= enough) | is_said)
        return weights + np.where(
            counts, keywords.PICTURE_WEIGHT * (1 + np.log(np.maximum(n_frames, 1))), 0.0
        )

    def _shortlists(self, weights: Array, cluster: int) -> tuple[_Listed, _Listed]:
        """Phrases of the cluster with the highest class-based TF-IDF: those of its own, then common ones."""
        own = np.flatnonzero(weights[:, cluster] > 0)
        totals, k = weights.sum(axis=0), weights.shape[1]
        of_han = weights[own[self.is_han[own]], cluster].sum()
        is_han = of_han * 2 > weights[own, cluster].sum()
        rates = weights[own] / np.maximum(totals, 1e-9)
        share = rates[:, cluster] / rates.sum(axis=1)
        scores = rates[:, cluster] * np.log(1 + totals.mean() / weights[own].sum(axis=1))
        scores *= share * self.prior[own] * np.where(self.is_han[own] == is_han, 1.0, keywords.OTHER_SCRIPT)
        is_own = share * k >= keywords.MIN_SHARE if k > 1 else np.ones(len(own), bool)
        found: list[_Listed] = []
        for is_here, most in ((is_own, keywords.SHORTLIST), (~is_own, keywords.COMMON)):
            kept = np.flatnonzero(is_here)
            ranked = kept[np.argsort(-scores[kept], kind="stable")][:most]
            found.append(_Listed(own[ranked], scores[ranked]))
        return found[0], found[1]

    def _centres(self, labels: NDArray[np.int32], k: int) -> NDArray[np.float32]:
        centres = np.zeros((k, self.segment_vectors.shape[1]), np.float32)
        for cluster in range(k):
            here = np.unique(self.segment_of[labels == cluster])
            if len(here):
                mean = self.segment_vectors[here].mean(axis=0)
                centres[cluster] = mean / max(float(np.linalg.norm(mean)), 1e-12)
        return centres

    def _chosen(
        self, lists: tuple[_Listed, _Listed], centres: NDArray[np.float32], cluster: int, n: int
    ) -> list[int]:
        """Common phrases are looked at only where those of the cluster's own do not suffice."""
        chosen = self._diverse(lists[:1], centres, cluster, n)
        if len(chosen) < n and len(lists[1].rows):
            self._need(set(lists[1].rows.tolist()))
            return self._diverse(lists, centres, cluster, n)
        return chosen

    def _diverse(
        self, lists: Sequence[_Listed], centres: NDArray[np.float32], cluster: int, n: int
    ) -> list[int]:
        rows = np.concatenate([listed.rows for listed in lists])
        if not len(rows):
            return []
        vectors = np.stack([self.vectors[i] for i in rows.tolist()])
        gain = keywords.relevances([listed.scores for listed in lists], vectors @ centres.T, cluster)
        found = [self.phrases[i] for i in rows.tolist()]
        chosen = keywords.diverse(found, len(lists[0].rows), gain, vectors @ vectors.T, n)
        return [int(rows[i]) for i in chosen]

    def _need(self, wanted: set[int]) -> None:
        lacking = sorted(wanted - self.vectors.keys())
        if lacking:
            made = encode_phrases([self.phrases[i].text for i in lacking], keywords.VECTORS)
            self.vectors.update(zip(lacking, made, strict=True))


def wordbook(clusters: Clustering, pairs: AlignedPairs, descriptions: Descriptions) -> Wordbook:
    """The video's phrases as they stand in these clusters, ready to be counted in others.

    Raises AnalysisError when the phrase vectors cannot be had.
    """
    known = keywords.phrases(materials(clusters, pairs, descriptions))
    column = {key: i for i, key in enumerate(known)}
    segments, segment_of = np.unique(pairs.segment_index, return_inverse=True)
    text_of = dict(zip(pairs.segment_index.tolist(), pairs.texts, strict=True))
    frames, frame_of = np.unique(pairs.frame_index, return_inverse=True)
    described = {item.frame: item for item in descriptions.items}
    shown = [described.get(int(frame)) for frame in frames]
    phrases = tuple(known.values())
    texts = [text_of[int(s)] for s in segments]
    return Wordbook(
        phrases=phrases,
        spoken=_counts([[c.key for c in candidates(text)] for text in texts], column),
        seen=_counts(
            [
                sorted({c.key for text in (f.sentence, *f.labels, *f.on_screen) for c in candidates(text)})
                if f
                else []
                for f in shown
            ],
            column,
        ),
        segment_of=segment_of.astype(np.int64),
        frame_of=frame_of.astype(np.int64),
        segment_vectors=encode_phrases(texts, keywords.VECTORS),
        prior=np.array([keywords.prior(phrase) for phrase in phrases]),
        is_han=np.array([phrase.is_han for phrase in phrases], bool),
    )


def _counts(rows: Sequence[Sequence[str]], column: dict[str, int]) -> csr_matrix:
    """(rows, P) how often each known phrase stands in each row."""
    places = [(r, column[key]) for r, keys in enumerate(rows) for key in keys if key in column]
    at = np.array(places, dtype=np.int64).reshape(-1, 2)
    return csr_matrix((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=(len(rows), len(column)))
