"""What a video's themes were made from: what is needed to make them anew under chance."""

from dataclasses import dataclass

from crvae.records import Clustering
from services.recipe import Tagging
from services.records import AlignedPairs, Descriptions, Themes


@dataclass(frozen=True, slots=True)
class Tagged:
    """One video's themes and what they were made from.

    tags: the machine's, before the analyst's corrections
    """

    themes: Themes
    tags: Themes
    clusters: Clustering
    pairs: AlignedPairs
    descriptions: Descriptions
    tagging: Tagging
