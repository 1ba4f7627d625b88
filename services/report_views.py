"""What the report shows of one video: facts, clusters with frames and tags, and the band along its time."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crvae.records import Clustering, KScore, Latents
from services.cautions import score_of
from services.labels import clock, cluster_label, shortened, video_label
from services.palette import cluster_colour
from services.recipe import Project, Side
from services.records import AlignedPairs, Frames, Tag, Themes, TrainedModel, VideoFile
from services.stages import load
from services.store import Store
from services.stretches import stretches

N_FRAMES, THUMB_WIDTH_PX = 5, 240


@dataclass(frozen=True, slots=True)
class ClusterView:
    name: str
    colour: str
    n_pairs: int
    share: float  # of the video's pairs, 0 … 1
    tags: tuple[Tag, ...]
    frames: tuple[tuple[str, str], ...]  # data URI and time, nearest to the cluster's centre first
    texts: tuple[str, ...]  # of the same pairs


@dataclass(frozen=True, slots=True)
class SideView:
    title: str
    video: VideoFile
    source: str  # an address to follow, or ""
    language: str
    transcript: str
    n_frames: int
    n_pairs: int
    n_edits: int
    k: int
    n_set_aside: int  # pairs of repeated shots
    score: KScore | None
    clusters: tuple[ClusterView, ...]
    bands: tuple[tuple[str, float, float, str], ...]  # colour, left and width in percent, what it says
    duration: str
    trained: TrainedModel
    last_image_fvu: float
    last_text_fvu: float


def side_view(store: Store, project: Project, side: Side) -> SideView:
    recipe = project.recipe(side)
    video: VideoFile = load(store, recipe, "video")
    frames: Frames = load(store, recipe, "frames")
    pairs: AlignedPairs = load(store, recipe, "pairs")
    clustering: Clustering = load(store, recipe, "clusters")
    trained: TrainedModel = load(store, recipe, "model")
    transcript = load(store, recipe, "segments")
    last = trained.history[-1]
    return SideView(
        title=video_label(project, side),
        video=video,
        source=video.url if video.url.startswith(("https://", "http://")) else "",
        language=transcript.language,
        transcript=transcript.source or recipe.transcript.origin,
        n_frames=len(frames.times_s),
        n_pairs=len(pairs.times_s),
        n_edits=len(recipe.edits) + len(recipe.text_edits),
        k=clustering.k,
        n_set_aside=int(clustering.set_aside.sum()),
        score=score_of(load(store, recipe, "sweep"), recipe.clustering),
        clusters=_clusters(store, project, side, clustering, pairs, frames),
        bands=_bands(clustering, pairs, load(store, recipe, "themes")),
        duration=clock(video.duration_s),
        trained=trained,
        last_image_fvu=last.image_fvu,
        last_text_fvu=last.text_fvu,
    )


def _clusters(
    store: Store, project: Project, side: Side, clustering: Clustering, pairs: AlignedPairs, frames: Frames
) -> tuple[ClusterView, ...]:
    recipe = project.recipe(side)
    themes: Themes = load(store, recipe, "themes")
    points: Latents = load(store, recipe, "points")
    views: list[ClusterView] = []
    for theme in themes.themes:
        members = np.flatnonzero(clustering.labels == theme.cluster)
        shown = typical(points.mu, clustering, theme.cluster, pairs, N_FRAMES)
        views.append(
            ClusterView(
                name=cluster_label(theme.cluster, tuple(t.name for t in themes.themes)),
                colour=cluster_colour(theme.cluster),
                n_pairs=len(members),
                share=len(members) / max(len(pairs.times_s), 1),
                tags=theme.tags,
                frames=tuple(
                    (_thumb(frames.path(int(pairs.frame_index[p]))), clock(float(pairs.times_s[p])))
                    for p in shown
                ),
                texts=tuple(shortened(pairs.texts[p], 160) for p in shown[:3]),
            )
        )
    return tuple(views)


def typical(
    mu: NDArray[np.float32], clustering: Clustering, cluster: int, pairs: AlignedPairs, n: int
) -> list[int]:
    """At most n pairs of the cluster with different frames, nearest to its centroid first."""
    members = np.flatnonzero(clustering.labels == cluster)
    distances = np.linalg.norm(mu[members] - clustering.centroids[cluster], axis=1)
    shown: dict[int, int] = {}  # frame -> pair
    for pair in members[np.argsort(distances, kind="stable")]:
        shown.setdefault(int(pairs.frame_index[pair]), int(pair))
    return list(shown.values())[:n]


def _bands(
    clustering: Clustering, pairs: AlignedPairs, themes: Themes
) -> tuple[tuple[str, float, float, str], ...]:
    runs = stretches(clustering.labels, pairs.times_s)
    whole_s = max(runs[-1].end_s - runs[0].start_s, 1e-9) if runs else 1.0
    names = tuple(theme.name for theme in themes.themes)
    return tuple(
        (
            cluster_colour(run.cluster),
            round(100 * (run.start_s - runs[0].start_s) / whole_s, 3),
            round(100 * (run.end_s - run.start_s) / whole_s, 3),
            f"{cluster_label(run.cluster, names)}, {clock(run.start_s)} – {clock(run.end_s)}",
        )
        for run in runs
    )


def _thumb(path: Path) -> str:
    from PIL import Image

    with Image.open(path) as image:
        small = image.convert("RGB")
        small.thumbnail((THUMB_WIDTH_PX, THUMB_WIDTH_PX))
        out = io.BytesIO()
        small.save(out, format="JPEG", quality=72)
    return data_uri(out.getvalue(), "image/jpeg")


def data_uri(data: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
