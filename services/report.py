"""The report of a finished project as one HTML page that needs nothing else (paper §5.3, §5.4)."""

import base64
import dataclasses
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from numpy.typing import NDArray

from crvae.records import Clustering, KScore, Latents
from services.backends import ROLE_TITLES
from services.cautions import score_of
from services.figures_clusters import stretches
from services.labels import clock, cluster_label, shortened, video_label
from services.palette import SEQUENTIAL, cluster_colour, is_dark_cell, similarity_range
from services.project_file import backend_facts, backend_names, command_line, project_file
from services.recipe import SIDES, Project, Side
from services.records import AlignedPairs, Comparison, Frames, Tag, Themes, TrainedModel, VideoFile
from services.stages import load, load_comparison
from services.store import Store
from services.workspace import Workspace

TEMPLATES = Path(__file__).resolve().parent.parent / "assets"
N_FRAMES, THUMB_WIDTH_PX, HEATMAP_DPI = 5, 240, 160
MARKS = {"image": "*", "text": "†", "both": "*†", "unsupported": ""}  # as in the paper's tables 3 and 4


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
    score: KScore | None
    clusters: tuple[ClusterView, ...]
    bands: tuple[tuple[str, float, float, str], ...]  # colour, left and width in percent, what it says
    duration: str
    trained: TrainedModel
    last_image_fvu: float
    last_text_fvu: float


def report_html(ws: Workspace, project: Project) -> str:
    """The report as one page with its pictures in it. Raises StageMissing if the project is not finished."""
    from services.heatmap_png import heatmap_png

    comparison = load_comparison(ws.store, project)
    titles = {side: video_label(project, side) for side in SIDES}
    picture = heatmap_png(
        comparison,
        title=project.topic,
        left_title=titles["left"],
        right_title=titles["right"],
        dpi=HEATMAP_DPI,
    )
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = clock
    return environment.get_template("report.html.j2").render(
        project=project,
        facts=project_file(ws.store, project),
        sides=[_side_view(ws.store, project, side) for side in SIDES],
        heatmap=_data_uri(picture, "image/png"),
        matrix=_matrix(comparison),
        measure=comparison.measure,
        findings=findings(comparison, titles["left"], titles["right"]),
        backends=[(ROLE_TITLES[role], backend_facts(role, name)) for role, name in backend_names(project).items()],
        settings=_settings(project),
        command=command_line(project),
        marks=MARKS,
    )


def findings(comparison: Comparison, left_title: str, right_title: str) -> list[str]:
    """What the numbers say, in sentences: the most alike clusters, and each video's most distant one."""
    similarity = comparison.similarity
    if not np.isfinite(similarity).any():
        return []
    left = [cluster_label(i, comparison.left_names) for i in range(similarity.shape[0])]
    right = [cluster_label(j, comparison.right_names) for j in range(similarity.shape[1])]
    filled = np.where(np.isfinite(similarity), similarity, -np.inf)
    i, j = (int(n) for n in np.unravel_index(int(filled.argmax()), filled.shape))
    sentences = [
        f"Most alike are “{left[i]}” ({left_title}) and “{right[j]}” ({right_title}) at {filled[i, j]:.2f}."
    ]
    for title, names, best in ((left_title, left, filled.max(1)), (right_title, right, filled.max(0))):
        known = np.where(np.isfinite(best), best, np.inf)
        n = int(known.argmin())
        if len(names) > 1 and np.isfinite(known[n]):
            sentences.append(
                f"{title}: “{names[n]}” is farthest from all that the other video tells; "
                f"its best match reaches {known[n]:.2f}."
            )
    return sentences


def _side_view(store: Store, project: Project, side: Side) -> SideView:
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
        n_edits=len(recipe.edits),
        k=clustering.k,
        score=score_of(load(store, recipe, "sweep"), clustering.k),
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
    latents: Latents = load(store, recipe, "latents")
    views: list[ClusterView] = []
    for theme in themes.themes:
        members = np.flatnonzero(clustering.labels == theme.cluster)
        shown = typical(latents.mu, clustering, theme.cluster, pairs, N_FRAMES)
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


def _matrix(comparison: Comparison) -> dict[str, Any]:
    """The heatmap as a table, for readers who copy numbers or hear the page."""
    low, high = similarity_range(comparison.similarity)

    def cell(value: float) -> tuple[str, str, bool]:
        if not np.isfinite(value):
            return "–", "transparent", False
        step = round((value - low) / (high - low) * (len(SEQUENTIAL) - 1))
        return f"{value:.2f}", SEQUENTIAL[step], is_dark_cell(value, low, high)

    return {
        "columns": [cluster_label(c, comparison.right_names) for c in comparison.column_order],
        "rows": [
            (
                cluster_label(r, comparison.left_names),
                [cell(float(comparison.similarity[r, c])) for c in comparison.column_order],
            )
            for r in comparison.row_order
        ],
    }


def _settings(project: Project) -> list[tuple[str, str]]:
    """Setting and value, as people name them; both videos share them."""
    recipe = project.left
    training, model = dataclasses.asdict(recipe.training), dataclasses.asdict(recipe.model)
    return [
        ("Preset", project.preset),
        ("One frame every", f"{recipe.sampling.interval_s:g} s"),
        ("Epochs", str(training["epochs"])),
        ("Batch size", str(training["batch_size"])),
        ("Learning rate", f"{training['learning_rate']:g}, {training['schedule']}"),
        ("Weight of the text loss (λ)", f"{training['text_weight']:g}"),
        ("Latent size", str(model["latent"])),
        ("Text network", f"{model['rnn'].upper()}, {model['rnn_layers']} × {model['hidden']}"),
        ("Word vectors", f"{model['word_vector_size']} numbers"),
        ("t-SNE perplexity", f"{recipe.projection.perplexity:g}"),
        ("Seed of the training", str(training["seed"])),
    ]


def _thumb(path: Path) -> str:
    from PIL import Image

    with Image.open(path) as image:
        small = image.convert("RGB")
        small.thumbnail((THUMB_WIDTH_PX, THUMB_WIDTH_PX))
        out = io.BytesIO()
        small.save(out, format="JPEG", quality=72)
    return _data_uri(out.getvalue(), "image/jpeg")


def _data_uri(data: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
