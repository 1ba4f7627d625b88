"""The kinds of map of a video's pairs, as pages name and explain them (paper §5.2)."""

from dataclasses import dataclass

from crvae.records import Flat


@dataclass(frozen=True, slots=True)
class MapKind:
    title: str
    axis: str  # its two axes are this and a number
    says: str


MAPS: dict[Flat, MapKind] = {
    "tsne": MapKind(
        "t-SNE",
        "t-SNE",
        "Each mark is a pair, and near marks mean alike. t-SNE keeps neighbours together: distances between "
        "far groups mean little.",
    ),
    "pca": MapKind(
        "PCA",
        "Main axis",
        "Each mark is a pair. PCA is a plain shadow of the points on their two main axes: distances are true "
        "as far as two axes can tell, and groups may lie on top of one another.",
    ),
    "umap": MapKind(
        "UMAP",
        "UMAP",
        "Each mark is a pair, and near marks mean alike. UMAP keeps neighbours together and draws groups "
        "tight: distances between far groups mean little. The first one takes up to a minute.",
    ),
}
