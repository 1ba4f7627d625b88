"""The report of a finished project as one HTML page that needs nothing else (paper §5.3, §5.4)."""

from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crvae.config import ModelConfig, TrainingConfig
from services.backends import ROLE_TITLES
from services.labels import cluster_label, sampling_label, video_label
from services.palette import SEQUENTIAL, is_dark_cell, similarity_range
from services.project_file import backend_facts, backend_names, command_line, project_file
from services.recipe import SIDES, Project
from services.records import Comparison
from services.report_views import data_uri, side_view
from services.stages import load_comparison
from services.variants import FAMILY_TITLES, epochs_told
from services.workspace import Workspace

TEMPLATES = Path(__file__).resolve().parent.parent / "assets"
HEATMAP_DPI = 160
MARKS = {"image": "*", "text": "†", "both": "*†", "unsupported": ""}  # as in the paper's tables 3 and 4


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
    return environment.get_template("report.html.j2").render(
        project=project,
        facts=project_file(ws.store, project),
        sides=[side_view(ws.store, project, side) for side in SIDES],
        heatmap=data_uri(picture, "image/png"),
        matrix=_matrix(comparison),
        measure=comparison.measure,
        findings=findings(comparison, titles["left"], titles["right"]),
        backends=[(ROLE_TITLES[r], backend_facts(r, name)) for r, name in backend_names(project).items()],
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
    training = recipe.training
    return [
        ("Preset", project.preset),
        ("Model", FAMILY_TITLES[recipe.model.family]),
        ("One frame", sampling_label(recipe.sampling)),
        ("Epochs", epochs_told(training)),
        ("Batch size", str(training.batch_size)),
        ("Learning rate", f"{training.learning_rate:g}, {training.schedule}"),
        ("Latent size", str(recipe.model.latent_size)),
        *(_text_settings(recipe.model, recipe.training) if recipe.model.has_text else []),
        ("Word vectors", f"{recipe.model.word_vector_size} numbers"),
        ("t-SNE perplexity", f"{recipe.projection.perplexity:g}"),
        ("Seed of the training", str(training.seed)),
    ]


def _text_settings(model: ModelConfig, training: TrainingConfig) -> list[tuple[str, str]]:
    """What a model of pictures alone does not have."""
    network = model.rnn.upper()
    reader = f"Transformer, then {network}" if model.text_encoder == "transformer" else network
    return [
        ("Weight of the text loss (λ)", f"{training.text_weight:g}"),
        ("Text network", f"{reader}, {model.rnn_layers} × {model.hidden}"),
        ("Teacher forcing", "yes" if model.teacher_forcing else "no"),
        ("Pairs with one side hidden", f"{training.denoising:.0%}"),
    ]
