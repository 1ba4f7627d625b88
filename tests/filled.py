"""A workspace with one finished project: small valid results under their real keys, for pages and export."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw
from safetensors.numpy import save_file

from crvae.config import PRESETS
from crvae.k_sweep import Effort, sweep_k
from crvae.records import (
    Clustering,
    EmbeddedDataset,
    EpochMetrics,
    Latents,
    Projection,
)
from services import stages
from services.projects import Projects
from services.recipe import ClusterChoice, Project, Recipe, Source, TranscriptChoice
from services.recipe_key import key_form
from services.records import (
    AlignedPairs,
    Comparison,
    Descriptions,
    Evidence,
    FrameDescription,
    Frames,
    Medium,
    Segment,
    Significance,
    Tag,
    Theme,
    Themes,
    TrainedModel,
    Transcript,
    VideoFile,
)
from services.segment_ids import numbered
from services.store import Store
from services.versions import versions
from services.workspace import Workspace
from tests.filled_profile import drawn_profile

N_PAIRS, INTERVAL_S, WIDTH_PX, HEIGHT_PX = 24, 2.0, 320, 180

# Cluster name, spoken sentence, label in the picture; one colour for each.
LEFT_STORY = (
    ("Venues under construction", "thousands of workers are busy on the slopes above the city", "crane"),
    ("Steel frameworks", "this arch of steel will carry the roof of the new ice rink", "steel arch"),
    ("Voices from the site", "I have never worked on a project as large as this one", "hard hat"),
)
RIGHT_STORY = (
    ("开幕式彩排", "演员们正在为开幕式进行最后一次彩排", "舞台"),
    ("总导演专访", "总导演介绍了今年开幕式的创意和构想", "麦克风"),
    ("服装与道具", "每一件服装都由手工制作完成，雪花图案各不相同", "服装"),
    ("志愿者的故事", "来自各地的志愿者已经做好了准备", "志愿者"),
)
COLOURS = ((46, 94, 140), (196, 120, 52), (92, 130, 84), (128, 84, 132))
TAG_MEDIA: tuple[Medium, ...] = ("text", "image", "both", "unsupported", "text")


def filled_workspace(tmp_path: Path) -> tuple[Workspace, Project]:
    """A workspace below `tmp_path` and its finished project: 2 × 24 pairs, K = 3 (English) and 4 (Chinese).

    To see it in the app or on the command line set DIPTYCH_HOME to the workspace's root.
    """
    root = tmp_path / "workspace"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    ws = Workspace(root.resolve(), Store(root.resolve() / "cache"), Projects(root / "projects.sqlite"))
    project = ws.projects.add(
        Project(
            project_id="",
            topic="Winter Olympics: how a venue and a ceremony are made",
            left=_recipe("en", "Building for the Games", "ab" * 16, k=len(LEFT_STORY)),
            right=_recipe("zh-Hans", "冬奥会开幕式幕后", "cd" * 16, k=len(RIGHT_STORY)),
        )
    )
    fill_side(ws.store, project.left, LEFT_STORY, seed=1)
    fill_side(ws.store, project.right, RIGHT_STORY, seed=2)
    fill_comparison(ws.store, project)
    return ws, project


def _recipe(language: str, title: str, digest: str, k: int) -> Recipe:
    preset = PRESETS["quick"]
    return Recipe(
        source=Source("file", digest, location=f"/videos/{language}.mp4", title=title),
        transcript=TranscriptChoice(
            language=language, digest=digest[::-1], location=f"/videos/{language}.srt"
        ),
        model=preset.model,
        training=dataclasses.replace(preset.training, epochs=20),
        clustering=ClusterChoice(k=k),
    )


def put(store: Store, recipe: Recipe, name: str, value: object, seconds: float = 1.5) -> None:
    """Store a stage's result under its real key, with the same notes that a run leaves."""
    stage = stages.STAGES[name]
    named = {field: key_form(getattr(recipe, field)) for field in stage.reads}
    group, _, field = stage.backend.partition(".")
    backend = str(named[group][field]) if group else ""
    meta = {"stage": name, "settings": named, "backend": backend, "seconds": seconds, "versions": versions()}
    store.put(stages.key(recipe, name), value, meta)


def fill_side(store: Store, recipe: Recipe, story: tuple[tuple[str, str, str], ...], seed: int) -> None:
    """Every stage's result for one video."""
    k, rng = len(story), np.random.default_rng(seed)
    labels = np.repeat(np.arange(k), -(-N_PAIRS // k))[:N_PAIRS].astype(np.int32)
    labels[-2:] = 0  # the first theme comes back at the end
    times_s = np.arange(N_PAIRS) * INTERVAL_S
    texts = tuple(f"{story[c][1]} ({i + 1})" for i, c in enumerate(labels))
    _put_sources(store, recipe, labels, times_s, texts)
    _put_model(store, recipe, rng)
    _put_clusters(store, recipe, labels, rng)
    described = tuple(FrameDescription(i, "", (f"NEWS {i}",), (story[c][2],)) for i, c in enumerate(labels))
    put(store, recipe, "descriptions", Descriptions(described, "labels"))
    themes = Themes(tuple(Theme(c, name, _tags(name, seen)) for c, (name, _, seen) in enumerate(story)))
    put(store, recipe, "tags", themes)
    put(store, recipe, "themes", themes)


def _put_sources(store: Store, recipe: Recipe, labels: np.ndarray, times_s: np.ndarray, texts: tuple) -> None:
    pictures = [draw_frame(int(c), i) for i, c in enumerate(labels)]
    path = store.scratch(stages.key(recipe, "video")) / "video.mp4"
    write_video(path, pictures)
    duration_s = N_PAIRS * INTERVAL_S
    put(
        store,
        recipe,
        "video",
        VideoFile(path, recipe.source.title, "Channel 1", "", duration_s, WIDTH_PX, HEIGHT_PX),
    )
    folder = store.scratch(stages.key(recipe, "frames")) / "frames"
    folder.mkdir()
    frames = Frames(times_s, folder, WIDTH_PX, HEIGHT_PX)
    for i, picture in enumerate(pictures):
        picture.save(frames.path(i), quality=85)
    put(store, recipe, "frames", frames)
    segments = numbered(
        Segment(float(t), float(t) + 2.4, text) for t, text in zip(times_s, texts, strict=True)
    )
    for stage in ("transcript", "segments"):
        put(store, recipe, stage, Transcript(segments, recipe.transcript.language, source="captions.srt"))
    each = np.arange(N_PAIRS, dtype=np.int64)
    reason = "Segments are about as long as the time between frames."
    put(store, recipe, "pairs", AlignedPairs(each, each, times_s, texts, "nearest_start", reason))


def _put_model(store: Store, recipe: Recipe, rng: np.random.Generator) -> None:
    images = rng.integers(0, 256, (N_PAIRS, 3, 120, 200), dtype=np.uint8)
    words = tuple(tuple(f"word{j}" for j in range(4)) for _ in range(N_PAIRS))
    vectors = rng.standard_normal((N_PAIRS, 4, 300)).astype(np.float32)
    lengths = np.full(N_PAIRS, 4, dtype=np.int64)
    put(store, recipe, "dataset", EmbeddedDataset(images, vectors, lengths, words, unknown=0.02))
    weights = store.scratch(stages.key(recipe, "model")) / "weights.safetensors"
    save_file({"bias": np.zeros(4, dtype=np.float32)}, weights)
    epochs = range(1, recipe.training.epochs + 1)
    history = tuple(
        EpochMetrics(e, 0.1 / e, 0.05 / e, 1.2, 2.0 / e, 0.9 / e + 0.05, 0.8 / e + 0.1, 0.4) for e in epochs
    )
    trained = TrainedModel(weights, recipe.model, recipe.training, history, 7_900_000, "cpu", 8.0)
    put(store, recipe, "model", trained, seconds=8.0)


def _put_clusters(store: Store, recipe: Recipe, labels: np.ndarray, rng: np.random.Generator) -> None:
    k = int(labels.max()) + 1
    centres = rng.standard_normal((k, recipe.model.latent)).astype(np.float32)
    mu = centres[labels] + 0.2 * rng.standard_normal((N_PAIRS, recipe.model.latent)).astype(np.float32)
    mu = mu.astype(np.float32)
    for stage in ("latents", "points"):
        put(store, recipe, stage, Latents(mu))
    ks = range(recipe.sweep.k_min, recipe.sweep.k_max + 1)
    put(store, recipe, "sweep", sweep_k(Latents(mu), ks, Effort(n_bootstrap=8, n_references=6)))
    angle = 2 * np.pi * labels / k
    xy = np.stack([np.cos(angle), np.sin(angle)], 1) * 20 + rng.standard_normal((N_PAIRS, 2)) * 3
    put(store, recipe, "projection", Projection(xy.astype(np.float32), 8.0))
    put(store, recipe, "clusters", Clustering(k, labels, centres, seed=0))
    put(store, recipe, "profile", drawn_profile(labels, INTERVAL_S))


def _tags(name: str, seen: str) -> tuple[Tag, ...]:
    return tuple(
        Tag(
            f"{seen if i % 2 else name} {i + 1}",
            TAG_MEDIA[i % len(TAG_MEDIA)],
            round(0.92 - 0.06 * i, 2),
            gloss="" if name.isascii() else f"gloss {i + 1}",
            evidence=(Evidence("speech", i, i * INTERVAL_S, f"{name} is told", 0.8),)
            if i % 2
            else (Evidence("picture", i, i * INTERVAL_S, seen, 0.7),),
            distinctness=0.2,
        )
        for i in range(10)
    )


def fill_comparison(store: Store, project: Project) -> None:
    """The comparison of the two sides, under its real key."""
    rng = np.random.default_rng(3)
    shape = (len(LEFT_STORY), len(RIGHT_STORY))
    nearness = np.linspace(0.5, 0.05, shape[0] * shape[1]).reshape(shape)
    cosines = np.clip(rng.normal(nearness[..., None, None], 0.1, (*shape, 10, 10)), -1, 1).astype(np.float32)
    similarity = np.sort(cosines.reshape(*shape, -1))[:, :, -10:].mean(-1)
    comparison = Comparison(
        similarity=similarity.astype(np.float32),
        tag_similarity=cosines,
        row_order=tuple(int(i) for i in np.argsort(-similarity.mean(1))),
        column_order=tuple(int(i) for i in np.argsort(-similarity.mean(0))),
        left_names=tuple(name for name, _, _ in LEFT_STORY),
        right_names=tuple(name for name, _, _ in RIGHT_STORY),
        measure="mean of the 10 best cosines of the tags",
    )
    meta = {
        "stage": "comparison",
        "settings": {"comparing": key_form(project.comparing)},
        "backend": project.comparing.phrases,
        "seconds": 0.3,
        "versions": versions(),
    }
    store.put(stages.comparison_key(project), comparison, meta)
    store.put(stages.significance_key(project), fill_chance(comparison), {**meta, "stage": "significance"})


def fill_chance(comparison: Comparison) -> Significance:
    """Chance under which the first two themes of both sides match one-to-one and no others."""
    seen = comparison.similarity.astype(np.float64)
    p = np.full(seen.shape, 0.5)
    p[0, 0] = p[1, 1] = 0.001
    return Significance(
        null_mean=np.full(seen.shape, 0.3),
        null_sd=np.full(seen.shape, 0.05),
        z=(seen - 0.3) / 0.05,
        p=p,
        q=np.where(p < 0.01, 0.006, 0.6),
        p_left=p,
        p_right=p,
        low=seen - 0.05,
        high=seen + 0.05,
        null="blocks",
        n_draws=1000,
    )


def draw_frame(cluster: int, number: int) -> Image.Image:
    """A picture that shows its cluster by colour and shape and its number in the corner."""
    image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), COLOURS[cluster % len(COLOURS)])
    draw = ImageDraw.Draw(image)
    x = 40 + number * 8
    shape = (x, 50, x + 70, 130)
    if cluster % 2:
        draw.ellipse(shape, fill=(240, 236, 228))
    else:
        draw.rectangle(shape, fill=(240, 236, 228))
    draw.rectangle((0, 150, WIDTH_PX, HEIGHT_PX), fill=(24, 28, 36))
    draw.text((10, 158), f"frame {number:02d}", fill=(255, 255, 255))
    return image


def write_video(path: Path, pictures: list[Image.Image]) -> None:
    """A video at 2 frames a second in which each picture stands for INTERVAL_S."""
    rate = 2.0
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), rate, (WIDTH_PX, HEIGHT_PX))
    assert writer.isOpened(), "this OpenCV cannot write MPEG-4"
    for picture in pictures:
        for _ in range(int(rate * INTERVAL_S)):
            writer.write(np.asarray(picture)[:, :, ::-1])
    writer.release()
