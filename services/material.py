"""What a cluster is made of: its segments and the descriptions of its frames (paper §3.4.2)."""

from dataclasses import dataclass

from crvae.records import Clustering
from services.records import AlignedPairs, Descriptions, FrameDescription


@dataclass(frozen=True, slots=True)
class Material:
    """One cluster's share of the video.

    segments:    different segments, in order of time
    shares:      for each segment, the share of its pairs that lie in this cluster, in (0, 1]
    frames:      the descriptions of its frames, in order of time
    indices:     for each segment, its place in the transcript
    """

    cluster: int
    segments: tuple[str, ...]
    shares: tuple[float, ...]
    frames: tuple[FrameDescription, ...]
    indices: tuple[int, ...] = ()


def materials(clusters: Clustering, pairs: AlignedPairs, descriptions: Descriptions) -> tuple[Material, ...]:
    """The material of each cluster, by cluster. Raises ValueError if labels and pairs differ in number."""
    if len(clusters.labels) != len(pairs.texts):
        raise ValueError(f"{len(clusters.labels)} labels for {len(pairs.texts)} pairs")
    described = {item.frame: item for item in descriptions.items}
    return tuple(_material(cluster, clusters, pairs, described) for cluster in range(clusters.k))


def _material(
    cluster: int, clusters: Clustering, pairs: AlignedPairs, described: dict[int, FrameDescription]
) -> Material:
    rows = [row for row, label in enumerate(clusters.labels.tolist()) if label == cluster]
    segment_of: list[int] = pairs.segment_index.tolist()
    segments = {segment_of[row]: pairs.texts[row] for row in rows}
    frames = sorted({int(pairs.frame_index[row]) for row in rows})
    here = [segment_of[row] for row in rows]
    return Material(
        cluster=cluster,
        segments=tuple(segments[s] for s in sorted(segments)),
        shares=tuple(here.count(s) / segment_of.count(s) for s in sorted(segments)),
        frames=tuple(described[frame] for frame in frames if frame in described),
        indices=tuple(sorted(segments)),
    )
