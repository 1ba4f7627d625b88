"""What is known of each cluster of a video, as the stage "profile" leaves it (docs/clusters.md)."""

from dataclasses import dataclass
from typing import Literal

from services.repeated_shots import RepeatedShot

HOLDS = 0.5  # of a cluster that stays by one modality alone, from which that one holds it together

Basis = Literal["both", "picture", "words"]  # what the points were made of
Stability = Literal["stable", "doubtful", "dissolves", "unknown"]
Hold = Literal["picture", "words", "both", "together", "unknown"]


@dataclass(frozen=True, slots=True)
class ClusterProfile:
    """One cluster.

    screen_s:     seconds for which its frames stand
    screen_share: of the time of all pairs, in [0, 1]
    typical:      pairs with different frames, nearest to the centroid in each part of its time
    telling:      pairs with different texts, nearest to the centroid first
    words:        phrases that mark it out among the clusters, best first
    silhouette:   mean over its pairs, in [-1, 1]; None for a single cluster
    jaccard:      mean over block bootstraps of how well it is found again, in [0, 1]; None if not measured
    shot:         the repeated shot that it is, if it is one
    by_picture, by_words: how much of it stays by one alone, in [0, 1]; None where that has no meaning
    """

    cluster: int
    n_pairs: int
    screen_s: float
    screen_share: float
    typical: tuple[int, ...]
    telling: tuple[int, ...]
    words: tuple[str, ...]
    silhouette: float | None
    jaccard: float | None
    shot: RepeatedShot | None
    by_picture: float | None
    by_words: float | None

    @property
    def stability(self) -> Stability:
        from crvae.recommend import mark

        return "unknown" if self.jaccard is None else mark(self.jaccard)

    @property
    def hold(self) -> Hold:
        """Which modality alone keeps half of the cluster or more; "together" if neither does."""
        if self.by_picture is None or self.by_words is None:
            return "unknown"
        by_picture, by_words = self.by_picture >= HOLDS, self.by_words >= HOLDS
        if by_picture and by_words:
            return "both"
        if not by_picture and not by_words:
            return "together"
        return "picture" if by_picture else "words"


@dataclass(frozen=True, slots=True)
class Outside:
    """Pairs in no cluster: repeated shots that were set aside, or what no cluster takes."""

    is_set_aside: bool
    n_pairs: int
    screen_s: float
    screen_share: float
    typical: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    clusters: tuple[ClusterProfile, ...]  # by cluster
    outside: tuple[Outside, ...]
    basis: Basis
