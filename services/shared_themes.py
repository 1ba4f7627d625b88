"""Which themes both videos tell and which only one does, as far as the numbers allow (paper §5.4)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.records import Comparison, Significance, Themes
from services.views import Cell, cells

ONE_ALONE = (
    "One cell alone can be a coincidence, the more cells the likelier: in trials with 25 cells, half of the "
    "pairs of videos with no theme in common had at least one. Take it as a hint, and look at its evidence."
)  # docs/benchmarks.md: 49 of 100 pairs with 25 cells, 4 of 40 with 9


@dataclass(frozen=True, slots=True)
class SharedThemes:
    """The themes of two videos, sorted by what chance leaves of their likeness.

    matched:    one-to-one pairs above chance, most alike first
    also:       further cells above chance: one theme is matched with another already
    only_left, only_right: clusters that are above chance with no theme of the other video
    n_cells, n_above: cells with a value, and those of them above chance
    """

    matched: tuple[Cell, ...]
    also: tuple[Cell, ...]
    only_left: tuple[int, ...]
    only_right: tuple[int, ...]
    n_cells: int
    n_above: int


def shared_themes(
    comparison: Comparison, significance: Significance, left: Themes, right: Themes
) -> SharedThemes:
    """The one-to-one matching with the highest sum of similarities among the cells above chance."""
    from scipy.optimize import linear_sum_assignment

    above = significance.is_above
    # Every cell above chance counts more than any that is not, whatever its similarity.
    gain = np.where(above, 2 + np.nan_to_num(comparison.similarity), 0.0)
    pairs = {
        (int(i), int(j))
        for i, j in zip(*linear_sum_assignment(gain, maximize=True), strict=True)
        if above[i, j]
    }
    found = [c for c in cells(comparison, left, right) if above[c.left.cluster, c.right.cluster]]
    taken = [cell for cell in found if (cell.left.cluster, cell.right.cluster) in pairs]
    return SharedThemes(
        matched=tuple(taken),
        also=tuple(cell for cell in found if cell not in taken),
        only_left=tuple(i for i in comparison.row_order if not above[i].any()),
        only_right=tuple(j for j in comparison.column_order if not above[:, j].any()),
        n_cells=int(np.isfinite(comparison.similarity).sum()),
        n_above=int(above.sum()),
    )


def told(shared: SharedThemes) -> str:
    """What the numbers allow to be said, in a few plain sentences."""
    if shared.n_cells == 0:
        return "No two themes can be compared, because none has tags on both sides."
    if shared.n_above == 0:
        return (
            f"None of the {_cells(shared.n_cells)} is above chance: from these tags nothing can be said to "
            "be shared. That is no proof that nothing is."
        )
    names = _listed([f"“{cell.left.name}” with “{cell.right.name}”" for cell in shared.matched])
    rest = shared.n_cells - shared.n_above
    others = f" Of the other {_cells(rest)} nothing can be said." if rest else ""
    is_are = "is" if shared.n_above == 1 else "are"
    hint = f" {ONE_ALONE}" if shared.n_above == 1 else ""
    return f"{shared.n_above} of {_cells(shared.n_cells)} {is_are} above chance: {names}.{others}{hint}"


def _cells(n: int) -> str:
    return "1 cell" if n == 1 else f"{n} cells"


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
