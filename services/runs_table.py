"""The runs of a project in rows, for the page and for spreadsheets."""

from collections.abc import Sequence

from services.choose import PRESET_TITLES
from services.export_tables import csv_bytes
from services.labels import video_label
from services.recipe import Project
from services.runs import Run

COLUMNS = (
    "run", "video", "model", "preset", "epochs", "seed", "image_fvu", "text_fvu", "image_mse", "text_mse",
    "kl", "total", "epoch_s", "seconds", "parameters", "device", "precision", "peak_memory_gb", "in_use",
    "pairs",
)  # fmt: skip
DIGITS = 7  # significant ones in the file


def run_rows(project: Project, runs: Sequence[Run]) -> list[dict[str, object]]:
    """One row for each run with the names of COLUMNS.

    A model of pictures alone has no text losses; what an earlier version did not record is left out too.
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
    last, trained, has_text = run.last, run.trained, run.model.has_text
    return (
        run.number,
        video_label(project, run.side),
        run.name,
        _preset(run),
        len(trained.history),
        run.training.seed,
        last.image_fvu,
        last.text_fvu if has_text else None,
        last.image_mse,
        last.text_mse if has_text else None,
        last.kl,
        last.total,
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
    n = len(run.trained.history)
    return f"{n} epoch{'s' if n > 1 else ''}"


def _written(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
