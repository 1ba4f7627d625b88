"""Flat views of the points that are clustered, for looking only: t-SNE (paper §5.2), PCA, UMAP."""

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.manifold import TSNE

from crvae.clustering import principal_axes
from crvae.records import Flat, Latents, Projection

PAIRS_MIN = 4  # for a map by neighbours
NEIGHBOURS = 15  # UMAP's own default


def project(points: Latents, method: Flat = "tsne", perplexity: float = 8.0, seed: int = 0) -> Projection:
    """Positions of the pairs in the plane; in t-SNE and UMAP far distances mean nothing.

    perplexity: of t-SNE alone; the paper's 8, lowered to (N - 1) / 3 for a short video
    With fewer than 4 pairs, or none that differ, the two main axes stand in: the view says method "pca".
    Raises ValueError when a point is not finite or the perplexity not above 0.
    """
    n = len(points.mu)
    if not np.isfinite(points.mu).all():
        raise ValueError("the latents hold values that are not finite: train the model again")
    if perplexity <= 0:
        raise ValueError(f"perplexity is {perplexity}, expected above 0")
    if n == 0:
        return Projection(np.zeros((0, 2), np.float32), 0.0, "pca")
    axes = principal_axes(points.mu)
    axes = np.pad(axes, ((0, 0), (0, max(0, 2 - axes.shape[1]))))
    if method == "pca" or n < PAIRS_MIN or not np.ptp(axes[:, 0]) > 0:
        return Projection(axes[:, :2].astype(np.float32), 0.0, "pca")
    if method == "umap":
        return Projection(_umap(axes, seed), 0.0, "umap")
    used = min(perplexity, (n - 1) / 3)
    # float32 as scikit-learn computes in it; "pca" keeps the large order and does without random numbers
    xy = TSNE(perplexity=used, init="pca", random_state=seed).fit_transform(axes.astype(np.float32))
    return Projection(xy.astype(np.float32), float(used), "tsne")


def _umap(axes: NDArray[np.float64], seed: int) -> NDArray[np.float32]:
    """(N, 2), begun from the main axes so that the large order stays, as in t-SNE."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that a seed costs threads, and what numba thinks
        from umap import UMAP  # brings numba, which compiles for some seconds

        begun = 10 * axes[:, :2] / np.abs(axes[:, :2]).max()
        made = UMAP(
            n_neighbors=min(NEIGHBOURS, len(axes) - 1),
            init=begun.astype(np.float32),  # pyright: ignore[reportArgumentType]
            random_state=seed,
            n_jobs=1,
        ).fit_transform(axes.astype(np.float32))
    return np.asarray(made, np.float32)
