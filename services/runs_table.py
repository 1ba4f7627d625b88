"""The runs of a project in rows, for the page and for spreadsheets."""

from collections.abc import Sequence

from services.choose import PRESET_TITLES
from services.export_tables import csv_bytes
from services.labels import video_label
from services.recipe import Project
from services.runs import Run
from services.variants import epochs_told

COLUMNS = (
    "run", "video", "model", "preset", "epochs", "seed", "image_fvu", "text_fvu", "image_mse", "text_mse",
    "kl", "total", "epoch_s", "seconds", "parameters", "device", "precision", "peak_memory_gb", "in_use",
    "pairs",
)  # fmt: skip
DIGITS = 7  # significant ones in the file


def run_rows(project: Project, runs: Sequence[Run]) -> list[dict[str, object]]:
    """One row for each run with the names of COLUMNS.

    Left out are text losses of a model of pictures alone, all losses of one that was kept before its parts
    were joined, and what an earlier version did not record.
    """
    return [dict(zip(COLUMNS, _row(project, run), strict=True)) for run in runs]


def runs_csv(project: Project, runs: Sequence[Run]) -> bytes:
    rows = run_rows(project, runs)
    return csv_bytes(COLUMNS, ([_written(value) for value in row.values()] for row in rows))


def run_title(run: Run) -> str:
    """'Run 3 · CRVAE, LSTM · Quick · 40 epochs · seed 0'."""
    parts = (f"Run {run.number}", run.name, _preset(run), _epochs(run), f"seed {run.training.seed}")
    return " · ".join(parts)


def _row(project: Project, run: Run) -> tuple[object, ...]:
    trained, has_text = run.trained, run.model.has_text
    # Figures of the parts alone did not pass the latent: they cannot stand beside the others.
    last = None if run.is_of_parts else run.last
    return (
        run.number,
        video_label(project, run.side),
        run.name,
        _preset(run),
        epochs_told(run.training),
        run.training.seed,
        last and last.image_fvu,
        last.text_fvu if last and has_text else None,
        last and last.image_mse,
        last.text_mse if last and has_text else None,
        last and last.kl,
        last and last.total,
        run.epoch_s,
        trained.seconds,
        trained.n_parameters,
        trained.device,
        trained.precision or None,
        trained.peak_memory_gb or None,
        run.is_in_use,
        "present" if run.has_present_pairs else "earlier",
    )


def _preset(run: Run) -> str:
    return run.preset.capitalize() if run.preset in PRESET_TITLES else "Own settings"


def _epochs(run: Run) -> str:
    return f"{epochs_told(run.training)} epoch{'s' if run.training.epochs > 1 else ''}"


def _written(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
