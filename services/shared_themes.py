"""Which themes both videos tell and which only one does, as far as the numbers allow (paper §5.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from services.records import Comparison, Significance, Themes
from services.said import Said
from services.views import Cell, cells

ONE_ALONE = Said(
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


def told(shared: SharedThemes) -> Said:
    """What the numbers allow to be said, in a few plain sentences."""
    if shared.n_cells == 0:
        return Said("No two themes can be compared, because none has tags on both sides.")
    if shared.n_above == 0 and shared.n_cells == 1:
        return Said(
            "The only cell is not above chance: from these tags nothing can be said to be shared. That is no "
            "proof that nothing is."
        )
    if shared.n_above == 0:
        return Said(
            "None of the {cells} is above chance: from these tags nothing can be said to be shared. That is "
            "no proof that nothing is.",
            cells=_cells(shared.n_cells),
        )
    pairs = [Said("“{a}” with “{b}”", a=cell.left.name, b=cell.right.name) for cell in shared.matched]
    rest = shared.n_cells - shared.n_above
    others = Said(" Of the other {cells} nothing can be said.", cells=_cells(rest)) if rest else Said("")
    if shared.n_above > 1:
        return Said(
            "{n} of {cells} are above chance: {names}.{others}",
            n=shared.n_above,
            cells=_cells(shared.n_cells),
            names=_listed(pairs),
            others=others,
        )
    return Said(
        "1 of {cells} is above chance: {names}.{others} {hint}",
        cells=_cells(shared.n_cells),
        names=_listed(pairs),
        others=others,
        hint=ONE_ALONE,
    )


def _cells(n: int) -> Said:
    return Said("1 cell") if n == 1 else Said("{n} cells", n=n)


def _listed(items: Sequence[Said]) -> Said:
    if len(items) == 1:
        return items[0]
    first = reduce(lambda some, more: Said("{some}, {more}", some=some, more=more), items[:-1])
    return Said("{some} and {last}", some=first, last=items[-1])
