"""Stage "profile": what each cluster of a video is, and what holds it together (docs/clusters.md)."""

import numpy as np
from numpy.typing import NDArray

from crvae.clustering import by_first_appearance
from crvae.records import Clustering, EmbeddedDataset, KSweep, Latents
from services.context import Context
from services.material import Material
from services.profile_records import Basis, ClusterProfile, Outside, Profile
from services.recipe import Encoder
from services.records import AlignedPairs, TrainedModel
from services.repeated_shots import repeated_shot, shots_of
from services.screen_time import screen_times
from services.stretches import seconds_of_pairs

N_TYPICAL, N_TELLING, N_WORDS = 7, 3, 8


def profile(
    points: Latents,
    dataset: EmbeddedDataset,
    trained: TrainedModel,
    sweep: KSweep,
    clustering: Clustering,
    pairs: AlignedPairs,
    encoder: Encoder,
    ctx: Context,
) -> Profile:
    """The clusters one by one, and the pairs in none. progress(done, total, note) hears of the four parts."""
    from services import modality
    from services.tag_keywords import distinctive_phrases

    ctx.progress(0, 4, "repeated shots")
    shots = shots_of(dataset.images)
    ctx.progress(1, 4, "what holds the clusters together")
    held = modality.held_by(points, dataset, trained, clustering, encoder)
    ctx.progress(2, 4, "words")
    words = distinctive_phrases([_spoken(clustering, pairs, c) for c in range(clustering.k)], N_WORDS)
    ctx.progress(3, 4, "representative frames")
    silhouettes, jaccards = _silhouettes(points, clustering), _jaccards(sweep, clustering)
    seconds, screen_s = seconds_of_pairs(pairs.times_s), screen_times(clustering, pairs)
    whole_s = max(float(seconds.sum()), 1e-9)
    made: list[ClusterProfile] = []
    for cluster in range(clustering.k):
        members = np.flatnonzero(clustering.labels == cluster)
        near = _by_nearness(points.mu, members, clustering.centroids[cluster])
        made.append(
            ClusterProfile(
                cluster=cluster,
                n_pairs=len(members),
                screen_s=float(screen_s[cluster]),
                screen_share=float(screen_s[cluster]) / whole_s,
                typical=typical(members, near, pairs.frame_index, N_TYPICAL),
                telling=_telling(near, pairs.texts, N_TELLING),
                words=words[cluster],
                silhouette=silhouettes[cluster] if silhouettes else None,
                jaccard=jaccards[cluster] if jaccards else None,
                shot=repeated_shot(shots, clustering.labels, cluster),
                by_picture=held.by_picture[cluster] if held else None,
                by_words=held.by_words[cluster] if held else None,
            )
        )
    basis: Basis = modality.basis(trained.model, encoder)
    return Profile(tuple(made), _outside(clustering, pairs, seconds), basis)


def typical(
    members: NDArray[np.int64], near: NDArray[np.int64], frame_index: NDArray[np.int64], n: int
) -> tuple[int, ...]:
    """At most n pairs with different frames, in order of time: the nearest of each part of the cluster.

    members: the cluster's pairs, ascending; near: the same, nearest to the centroid first
    """
    rank = {int(pair): place for place, pair in enumerate(near)}
    shown: dict[int, int] = {}  # frame -> pair
    for part in np.array_split(members, min(n, len(members)) or 1):
        for pair in sorted(part.tolist(), key=rank.__getitem__):
            if int(frame_index[pair]) not in shown:
                shown[int(frame_index[pair])] = pair
                break
    return tuple(sorted(shown.values()))


def _by_nearness(
    mu: NDArray[np.float32], members: NDArray[np.int64], centroid: NDArray[np.float32]
) -> NDArray[np.int64]:
    return members[np.argsort(np.linalg.norm(mu[members] - centroid, axis=1), kind="stable")]


def _telling(near: NDArray[np.int64], texts: tuple[str, ...], n: int) -> tuple[int, ...]:
    shown: dict[str, int] = {}
    for pair in near.tolist():
        text = texts[pair].strip()
        if text:
            shown.setdefault(text, pair)
    return tuple(shown.values())[:n]


def _spoken(clustering: Clustering, pairs: AlignedPairs, cluster: int) -> Material:
    """What is said in a cluster, without what its frames show."""
    here = clustering.labels == cluster
    n_of = np.bincount(pairs.segment_index, minlength=int(pairs.segment_index.max(initial=0)) + 1)
    n_here = np.bincount(pairs.segment_index[here], minlength=len(n_of))
    text_of = dict(zip(pairs.segment_index.tolist(), pairs.texts, strict=True))
    segments = np.flatnonzero(n_here).tolist()
    return Material(
        cluster, tuple(text_of[s] for s in segments), tuple(float(n_here[s] / n_of[s]) for s in segments), ()
    )


def _silhouettes(points: Latents, clustering: Clustering) -> tuple[float, ...]:
    """Mean silhouette of each cluster; () where there are not two, or each pair is one of its own."""
    from sklearn.metrics import silhouette_samples

    is_in = clustering.labels >= 0
    labels = clustering.labels[is_in]
    if clustering.k < 2 or len(labels) <= clustering.k:
        return ()
    each = np.asarray(silhouette_samples(points.mu[is_in].astype(np.float64), labels))
    return tuple(float(each[labels == cluster].mean()) for cluster in range(clustering.k))


def _jaccards(sweep: KSweep, clustering: Clustering) -> tuple[float, ...]:
    """Mean Jaccard index of each cluster from the sweep that found the same ones; () if none did."""
    for score, labels in zip(sweep.scores, sweep.labels, strict=False):
        if not score.jaccards or len(labels) != len(clustering.labels):
            continue
        left = np.where(clustering.labels < 0, -1, labels)
        if np.array_equal(by_first_appearance(left), clustering.labels):
            first = [int(np.flatnonzero(clustering.labels == c)[0]) for c in range(clustering.k)]
            return tuple(score.jaccards[int(labels[pair])] for pair in first)
    return ()


def _outside(
    clustering: Clustering, pairs: AlignedPairs, seconds: NDArray[np.float64]
) -> tuple[Outside, ...]:
    no_cluster = clustering.labels < 0
    aside = clustering.set_aside if len(clustering.set_aside) else np.zeros(len(no_cluster), np.bool_)
    found: list[Outside] = []
    for is_set_aside, rows in ((True, no_cluster & aside), (False, no_cluster & ~aside)):
        members = np.flatnonzero(rows)
        if len(members):
            spent_s = float(seconds[members].sum())
            shown = typical(members, members, pairs.frame_index, N_TYPICAL)
            whole_s = max(float(seconds.sum()), 1e-9)
            found.append(Outside(is_set_aside, len(members), spent_s, spent_s / whole_s, shown))
    return tuple(found)
