"""Every figure by name: records in, plotly figure out (paper §5); drawn in the files named figures_*."""

from services.figures_blocks import block_heatmap
from services.figures_clusters import Strip, ribbon, tsne
from services.figures_compare import similarity_heatmap
from services.figures_k import k_metrics, sizes_per_k
from services.figures_training import loss_chart, run_curves, training_curves

__all__ = [
    "Strip",
    "block_heatmap",
    "k_metrics",
    "loss_chart",
    "ribbon",
    "run_curves",
    "similarity_heatmap",
    "sizes_per_k",
    "training_curves",
    "tsne",
]
