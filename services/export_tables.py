"""Results as the bytes of the output folder's files; names and columns are told in docs/files.md."""

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from crvae.records import Clustering, EpochMetrics, KSweep, Latents, Projection
from services.captions import write_srt
from services.records import AlignedPairs, Comparison, Descriptions, Frames, Tag, Themes, Transcript


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 CSV with a header line; numbers with a point."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


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
    header = ("k", "within", "between", "stability", "silhouette")
    return csv_bytes(header, ([_number(getattr(score, name)) for name in header] for score in sweep.scores))


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


def comparison_json(comparison: Comparison, backend: dict[str, str]) -> bytes:
    matrix = [[_number(value, None) for value in row] for row in comparison.similarity]
    return json_bytes(
        {
            "measure": comparison.measure,
            "phrase_vectors": backend,
            "left_names": list(comparison.left_names),
            "right_names": list(comparison.right_names),
            "matrix": matrix,
            "row_order": list(comparison.row_order),
            "column_order": list(comparison.column_order),
        }
    )


def _number(value: Any, for_nan: Any = "") -> Any:
    """An int as it is; a float with seven significant digits; `for_nan` for what is no number."""
    if isinstance(value, int | np.integer):
        return int(value)
    number = float(value)
    return float(f"{number:.7g}") if math.isfinite(number) else for_nan
