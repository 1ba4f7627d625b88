"""A flat view of the latents by t-SNE, for looking only: never clustered (paper §5.2)."""

import numpy as np
from sklearn.manifold import TSNE

from crvae.clustering import principal_axes
from crvae.records import Latents, Projection

TSNE_PAIRS_MIN = 4


def project(latents: Latents, perplexity: float = 8.0, seed: int = 0) -> Projection:
    """Positions of the pairs in the plane; neighbours mean something, far distances do not.

    perplexity: the paper's 8, lowered to (N - 1) / 3 for a short video
    With fewer than 4 pairs, or none that differ, the two main axes stand in, and the perplexity says 0.
    Raises ValueError when a latent is not finite or the perplexity not above 0.
    """
    n = len(latents.mu)
    if not np.isfinite(latents.mu).all():
        raise ValueError("the latents hold values that are not finite: train the model again")
    if perplexity <= 0:
        raise ValueError(f"perplexity is {perplexity}, expected above 0")
    if n == 0:
        return Projection(xy=np.zeros((0, 2), np.float32), perplexity=0.0)
    axes = principal_axes(latents.mu)
    axes = np.pad(axes, ((0, 0), (0, max(0, 2 - axes.shape[1]))))
    if n < TSNE_PAIRS_MIN or not np.ptp(axes[:, 0]) > 0:
        return Projection(xy=axes[:, :2].astype(np.float32), perplexity=0.0)
    used = min(perplexity, (n - 1) / 3)
    # float32 as scikit-learn computes in it; "pca" keeps the large order and does without random numbers
    xy = TSNE(perplexity=used, init="pca", random_state=seed).fit_transform(axes.astype(np.float32))
    return Projection(xy=xy.astype(np.float32), perplexity=float(used))
