"""What a filled project's clusters are said to be: one of each mark, for pages and the report."""

import numpy as np

from services.profile_records import ClusterProfile, Profile
from services.repeated_shots import RepeatedShot


def drawn_profile(labels: np.ndarray, interval_s: float) -> Profile:
    """One entry for each cluster of labels (N,), whose pairs are interval_s apart."""
    return Profile(tuple(_cluster(c, labels, interval_s) for c in range(int(labels.max()) + 1)), (), "both")


def _cluster(cluster: int, labels: np.ndarray, interval_s: float) -> ClusterProfile:
    """The first cluster comes back, as a newsreader does; the last one dissolves."""
    members = tuple(int(pair) for pair in np.flatnonzero(labels == cluster))
    share = len(members) / len(labels)
    return ClusterProfile(
        cluster=cluster,
        n_pairs=len(members),
        screen_s=len(members) * interval_s,
        screen_share=share,
        typical=members[:7],
        telling=members[:3],
        words=(f"phrase {cluster + 1}", "冰雪"),
        silhouette=0.4,
        jaccard=0.9 if cluster < labels.max() else 0.4,
        shot=None if cluster else RepeatedShot(len(members), 1.0, 2),
        by_picture=(0.92, 0.2, 0.8, 0.3)[cluster % 4],
        by_words=(0.31, 0.7, 0.9, 0.2)[cluster % 4],
    )
