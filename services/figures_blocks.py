"""Figure of more than two videos: all themes against each other, a block for each pair of videos."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from services.figures_base import calm
from services.figures_compare import hatching
from services.labels import plain, shortened, stacked
from services.palette import QUIET, SEQUENTIAL, similarity_range
from services.video_blocks import BlockMap

ROW_PX, NAME_COLUMNS = 30, 30


def block_heatmap(blocks: BlockMap) -> go.Figure:
    """The themes of all videos by video; a video beside itself and pairs not compared are empty.

    Hatched cells are not above chance, or were not held against it.
    """
    n = len(blocks.names)
    low, high = similarity_range(blocks.similarity.astype(np.float32))
    labels = _labels(blocks)
    figure = go.Figure(
        go.Heatmap(
            z=blocks.similarity,
            zmin=low,
            zmax=high,
            colorscale=[[i / (len(SEQUENTIAL) - 1), colour] for i, colour in enumerate(SEQUENTIAL)],
            xgap=1,
            ygap=1,
            hoverongaps=False,
            text=[[f"{a}<br>{b}" for b in labels] for a in labels],
            hovertemplate="%{text}<br><b>%{z:.2f}</b><extra></extra>",
            colorbar={"title": {"text": "similarity", "side": "right"}, "thickness": 14},
        )
    )
    ticks: dict[str, Any] = {"tickvals": list(range(n)), "showgrid": False, "showline": False}
    texts = [stacked(shortened(label, NAME_COLUMNS), NAME_COLUMNS) for label in labels]
    figure.update_yaxes(title="Themes, by video", autorange="reversed", ticktext=texts, **ticks)
    figure.update_xaxes(title="The same themes", ticktext=texts, tickangle=90, **ticks)
    calm(figure, height_px=330 + ROW_PX * n)
    return figure.update_layout(
        shapes=[*hatching(blocks.similarity, blocks.is_above, n_lines=4), *_borders(blocks)]
    )


def _labels(blocks: BlockMap) -> list[str]:
    """Each theme with its video, as 'EN 1: Crew'."""
    owner = np.searchsorted(blocks.starts, np.arange(len(blocks.names)), side="right") - 1
    return [
        f"{blocks.videos[int(video)].label}: {plain(name)}"
        for video, name in zip(owner, blocks.names, strict=True)
    ]


def _borders(blocks: BlockMap) -> list[dict[str, Any]]:
    line, last = {"color": QUIET, "width": 3}, len(blocks.names) - 0.5
    shapes: list[dict[str, Any]] = []
    for start in blocks.starts[1:]:
        at = start - 0.5
        shapes.append({"type": "line", "x0": at, "x1": at, "y0": -0.5, "y1": last, "line": line})
        shapes.append({"type": "line", "y0": at, "y1": at, "x0": -0.5, "x1": last, "line": line})
    return shapes
