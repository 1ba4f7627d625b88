"""Results as the bytes of the output folder's files; names and columns are told in docs/files.md."""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crvae.records import Clustering, EpochMetrics, KScore, KSweep, Latents, Projection
from services.captions import write_srt
from services.records import (
    AlignedPairs,
    Comparison,
    Descriptions,
    Frames,
    Significance,
    Tag,
    Themes,
    Transcript,
)

_FORMULA = re.compile(r"\s*(?:[=@]|[+-][\w.$]+[(|+*/])")


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 CSV with a header line; numbers with a point.

    A text that a spreadsheet would run as a formula gets an apostrophe before it; a dash before what
    somebody says, as captions have it, is none.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def json_bytes(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def segments_srt(segments: Transcript, pairs: AlignedPairs) -> bytes:
    """The corrected segments that are in a pair."""
    return write_srt(segments.segments[s] for s in sorted(set(pairs.segment_index.tolist()))).encode()


def pairs_csv(pairs: AlignedPairs) -> bytes:
    columns = zip(pairs.segment_index, pairs.frame_index, pairs.times_s, pairs.texts, strict=True)
    return csv_bytes(
        ("pair", "segment", "frame", "time_s", "text"),
        ((i, int(s), int(f), _number(t), text) for i, (s, f, t, text) in enumerate(columns)),
    )


def training_csv(history: Sequence[EpochMetrics]) -> bytes:
    header = ("epoch", "image_mse", "text_mse", "total", "image_fvu", "text_fvu", "seconds")
    return csv_bytes(header, ([_number(getattr(m, name)) for name in header] for m in history))


def latents_npy(latents: Latents) -> bytes:
    out = io.BytesIO()
    np.save(out, latents.mu, allow_pickle=False)
    return out.getvalue()


def k_sweep_csv(sweep: KSweep) -> bytes:
    plain = ("k", "within", "between", "stability", "silhouette", "stability_low", "stability_high")
    plain += ("seed_stability", "gap", "gap_error", "inertia", "davies_bouldin", "calinski_harabasz")
    plain += ("coherence", "noise", "min_pairs")
    lists = ("sizes", "silhouettes", "jaccards")

    def row(score: KScore) -> list[object]:
        numbers = [_number(math.nan if v is None else v) for v in (getattr(score, name) for name in plain)]
        return [*numbers, *("; ".join(str(_number(v)) for v in getattr(score, name)) for name in lists)]

    return csv_bytes((*plain, *lists), map(row, sweep.scores))


def clusters_csv(clustering: Clustering, pairs: AlignedPairs) -> bytes:
    columns = zip(pairs.times_s, clustering.labels, strict=True)
    return csv_bytes(
        ("pair", "time_s", "cluster"), ((i, _number(t), int(c)) for i, (t, c) in enumerate(columns))
    )


def projection_csv(projection: Projection, pairs: AlignedPairs) -> bytes:
    columns = zip(pairs.times_s, projection.xy, strict=True)
    return csv_bytes(
        ("pair", "time_s", "x", "y"),
        ((i, _number(t), _number(xy[0]), _number(xy[1])) for i, (t, xy) in enumerate(columns)),
    )


def descriptions_csv(descriptions: Descriptions, frames: Frames) -> bytes:
    return csv_bytes(
        ("frame", "time_s", "sentence", "labels", "on_screen"),
        (
            (
                d.frame,
                _number(frames.times_s[d.frame]),
                d.sentence,
                "; ".join(d.labels),
                "; ".join(d.on_screen),
            )
            for d in descriptions.items
        ),
    )


def tags_json(themes: Themes) -> bytes:
    return json_bytes(
        [
            {
                "cluster": theme.cluster,
                "name": theme.name,
                "tags": [_tag(tag) for tag in theme.tags],
                "draws": [list(draw) for draw in theme.draws],
                "share_read": _number(theme.share_read),
            }
            for theme in themes.themes
        ]
    )


def _tag(tag: Tag) -> dict[str, Any]:
    return {
        "text": tag.text,
        "medium": tag.medium,
        "score": _number(tag.score),
        "gloss": tag.gloss,
        "source": tag.source,
        "distinctness": _number(tag.distinctness),
        "is_kept": tag.is_kept,
        "evidence": [
            {
                "place": spot.place,
                "index": spot.index,
                "time_s": _number(spot.time_s),
                "text": spot.text,
                "cosine": _number(spot.cosine),
            }
            for spot in tag.evidence
        ],
    }


def similarity_csv(comparison: Comparison) -> bytes:
    """A matrix in the heatmap's order: right clusters' names above, left clusters' in the first column."""
    rows, columns = comparison.row_order, comparison.column_order
    return csv_bytes(
        ("cluster", *(comparison.right_names[c] for c in columns)),
        (
            (comparison.left_names[r], *(_number(comparison.similarity[r, c], "") for c in columns))
            for r in rows
        ),
    )


CELL_COLUMNS = ("similarity", "null_mean", "null_sd", "z", "p", "q", "p_left", "p_right", "low", "high")


def cells_csv(comparison: Comparison, significance: Significance | None) -> bytes:
    """One row for each cell, in the heatmap's order, with what chance gives; empty where it was not asked."""

    def row(i: int, j: int) -> tuple[object, ...]:
        names = (comparison.left_names[i], comparison.right_names[j])
        value = _number(comparison.similarity[i, j])
        if significance is None:
            return (*names, value, *[""] * len(CELL_COLUMNS))
        told = [_number(getattr(significance, name)[i, j]) for name in CELL_COLUMNS[1:]]
        return (*names, value, *told, int(significance.is_above[i, j]))

    header = ("left", "right", *CELL_COLUMNS, "above_chance")
    return csv_bytes(header, (row(i, j) for i in comparison.row_order for j in comparison.column_order))


def comparison_json(
    comparison: Comparison, backend: dict[str, str], significance: Significance | None = None
) -> bytes:
    """The matrix with its names and order, and what chance gives; null where that was not asked."""
    matrix = _matrix(comparison.similarity)
    return json_bytes(
        {
            "measure": comparison.measure,
            "phrase_vectors": backend,
            "left_names": list(comparison.left_names),
            "right_names": list(comparison.right_names),
            "matrix": matrix,
            "row_order": list(comparison.row_order),
            "column_order": list(comparison.column_order),
            **_chance(significance),
        }
    )


def _chance(found: Significance | None) -> dict[str, Any]:
    if found is None:
        return dict.fromkeys(("null", "z", "p", "q", "p_left", "p_right", "interval", "above_chance"))
    low, high = _matrix(found.low), _matrix(found.high)
    return {
        "null": {
            "kind": found.null,
            "n_draws": found.n_draws,
            "alpha": found.alpha,
            "mean": _matrix(found.null_mean),
            "sd": _matrix(found.null_sd),
        },
        **{name: _matrix(getattr(found, name)) for name in ("z", "p", "q", "p_left", "p_right")},
        "interval": [
            [list(ends) for ends in zip(*rows, strict=True)] for rows in zip(low, high, strict=True)
        ],
        "above_chance": found.is_above.tolist(),
    }


def _matrix(values: NDArray[Any]) -> list[list[Any]]:
    return [[_number(value, None) for value in row] for row in values]


def _number(value: Any, for_nan: Any = "") -> Any:
    """An int as it is; a float with seven significant digits; `for_nan` for what is no number."""
    if isinstance(value, int | np.integer):
        return int(value)
    number = float(value)
    return float(f"{number:.7g}") if math.isfinite(number) else for_nan
