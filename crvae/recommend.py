"""Which K the measures speak for, with reasons and doubts in one sentence; it may be none (paper §3.4.1)."""

from collections.abc import Callable, Sequence
from typing import Literal

from crvae.k_gap import later_peak, preferred_k
from crvae.k_limits import DISSOLVES, HOLDS, LITTLE_STRUCTURE, STABLE, STRUCTURE
from crvae.records import KRecommendation, KScore, KSweep

Mark = Literal["stable", "doubtful", "dissolves"]

MOST_NOISE = 0.5  # share of the pairs in no cluster above which HDBSCAN tells too little
GAP = "the gap statistic's choice"
_WORDS: tuple[tuple[Callable[[KScore], float | None], str], ...] = (
    (lambda score: score.silhouette, "best silhouette ({:.2f})"),
    (lambda score: score.stability, "highest stability"),
    (lambda score: score.coherence, "best temporal coherence ({:.2f})"),
)


def recommend(sweep: KSweep) -> KRecommendation:
    """The K that most measures speak for among those whose clusters come back, if there is any.

    Where no K is supported the one that comes closest is given, and the sentence says so.
    Raises ValueError when nothing could be scored.
    """
    scored = [score for score in sweep.scores if score.silhouette is not None]
    if not scored:
        raise ValueError("no K could be scored: clustering needs at least 3 different pairs")
    gap_k, peak = preferred_k(sweep.scores), later_peak(sweep.scores)
    supported = [score for score in scored if is_supported(score, gap_k, peak)]
    if not supported:
        best = max(scored, key=merit)
        return KRecommendation(best.k, _none(best, gap_k, peak), is_supported=False, min_pairs=best.min_pairs)
    votes = _votes(supported, gap_k)
    # Silhouette and stability lean towards few clusters, so the gap statistic decides between equals.
    best = max(supported, key=lambda score: (len(votes[score]), GAP in votes[score], merit(score)))
    doubts = _doubts(best, supported, votes, _gap_doubt(best, gap_k, peak))
    reason = f"{_short(best)}: {_joined([*votes[best], _stable(best)])}"
    reason += f"; but {_joined(doubts)}." if doubts else "."
    return KRecommendation(best.k, reason[0].upper() + reason[1:], min_pairs=best.min_pairs)


def merit(score: KScore) -> float:
    """Silhouette times stability, the part of the pairs that are in no cluster left out; 0 at the least."""
    return max(score.silhouette or 0.0, 0.0) * max(score.stability or 0.0, 0.0) * (1 - score.noise)


def is_supported(score: KScore, gap_k: int | None, peak: int | None = None) -> bool:
    """Whether clusters come back and are apart, by their silhouette or as the gap statistic's choice.

    gap_k, peak: what it prefers and where it is highest, see crvae.k_gap; where it finds no clusters the
    silhouette must be a clear one
    """
    if score.silhouette is None or score.stability is None or score.noise > MOST_NOISE:
        return False
    least = STRUCTURE if gap_k == 1 and peak is None else 0.0 if gap_k == score.k else LITTLE_STRUCTURE
    return score.silhouette >= least and score.stability >= STABLE


def mark(jaccard: float) -> Mark:
    """What one cluster's Jaccard index says of it."""
    return "stable" if jaccard > HOLDS else "dissolves" if jaccard < DISSOLVES else "doubtful"


def _votes(supported: Sequence[KScore], gap_k: int | None) -> dict[KScore, list[str]]:
    """For each supported K the measures that speak for it, in words."""
    votes: dict[KScore, list[str]] = {score: [] for score in supported}
    for score in supported:
        if score.k == gap_k:
            votes[score].append(GAP)
    for value, words in _WORDS:
        known = [(value(score), score) for score in supported]
        top = max(
            ((v, -score.k, score) for v, score in known if v is not None), default=None, key=lambda t: t[:2]
        )
        if top is not None:
            votes[top[2]].append(words.format(top[0]))
    return votes


def _doubts(
    best: KScore, supported: Sequence[KScore], votes: dict[KScore, list[str]], of_gap: str
) -> list[str]:
    """What speaks for another K, or against clusters of this one; the gravest first, at most three."""
    found: list[str] = []
    if best.silhouette is not None and best.silhouette < LITTLE_STRUCTURE:
        found.append(f"its silhouette is weak ({best.silhouette:.2f})")
    found += [of_gap] if of_gap else []
    others = sorted(
        (s for s in supported if s is not best and set(votes[s]) - {GAP}), key=merit, reverse=True
    )
    found += [
        f"{_short(other)} has the {_joined([w for w in votes[other] if w != GAP])}" for other in others[:1]
    ]
    lost = [i + 1 for i, jaccard in enumerate(best.jaccards) if mark(jaccard) == "dissolves"]
    if lost:
        found.append(f"cluster {_and(lost)} {'dissolves' if len(lost) == 1 else 'dissolve'} in other draws")
    if best.noise:
        found.append(f"{best.noise:.0%} of the pairs are in no cluster")
    return found[:3]


def _gap_doubt(best: KScore, gap_k: int | None, peak: int | None) -> str:
    """What the gap statistic says against the choice; "" for nothing."""
    if gap_k == 1 and peak is not None:
        return "" if peak == best.k else f"the gap statistic is highest at {peak}"
    if gap_k == 1:
        return "the gap statistic finds no clusters"
    return f"the gap statistic prefers {gap_k}" if gap_k is not None and gap_k != best.k else ""


def _stable(score: KScore) -> str:
    return f"stable (ARI {score.stability:.2f})"


def _none(best: KScore, gap_k: int | None, peak: int | None) -> str:
    gap = "the gap statistic finds no clusters, and " if gap_k == 1 and peak is None else ""
    silhouette, stability = best.silhouette or 0.0, best.stability or 0.0
    words = [
        f"its silhouette is {silhouette:.2f} ({'clear' if silhouette >= STRUCTURE else 'weak'})",
        f"its clusters come back{'' if stability >= STABLE else ' only in part'} (ARI {stability:.2f})",
    ]
    return f"No K is supported: {gap}{_short(best)} comes closest, but {' and '.join(words)}."


def _short(score: KScore) -> str:
    return f"at least {score.min_pairs} pairs (K = {score.k})" if score.min_pairs else f"K = {score.k}"


def _and(numbers: Sequence[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def _joined(doubts: Sequence[str]) -> str:
    return ", ".join(doubts[:-1]) + (" and " if len(doubts) > 1 else "") + doubts[-1]
