"""Every figure by name: records in, plotly figure out (paper §5); drawn in the files named figures_*."""

from services.figures_blocks import block_heatmap
from services.figures_clusters import pair_map
from services.figures_compare import similarity_heatmap
from services.figures_k import DENSITY, MAIN, MORE, k_metrics, sizes_per_k
from services.figures_k_flow import k_flow
from services.figures_ribbon import Axis, Strip, ribbon
from services.figures_training import loss_chart, run_curves, training_curves

__all__ = [
    "DENSITY",
    "MAIN",
    "MORE",
    "Axis",
    "Strip",
    "block_heatmap",
    "k_flow",
    "k_metrics",
    "loss_chart",
    "pair_map",
    "ribbon",
    "run_curves",
    "similarity_heatmap",
    "sizes_per_k",
    "training_curves",
]
