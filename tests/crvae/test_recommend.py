"""The sentence names the choice, its reasons and its doubts."""

from crvae.recommend import recommend
from crvae.records import KScore, KSweep


def score(k: int, silhouette: float, stability: float, **more: object) -> KScore:
    return KScore(k, 1.0, 1.0, stability, silhouette, (1,) * k, **more)  # pyright: ignore[reportArgumentType]


def one(gap: float) -> KScore:
    return KScore(1, 1.0, None, None, None, (9,), gap=gap, gap_error=0.0)


def test_the_best_silhouette_and_stability_win_and_another_choice_of_the_gap_is_told():
    sweep = KSweep(
        (
            one(0.1),
            score(2, 0.4, 0.8, gap=0.2, gap_error=0.0),
            score(3, 0.49, 0.97, gap=0.3, gap_error=0.0, coherence=0.4),
            score(4, 0.48, 0.8, gap=0.5, gap_error=0.0),
            score(5, 0.4, 0.5, gap=0.4, gap_error=0.0),
        )
    )
    assert recommend(sweep).reason == (
        "K = 3: best silhouette (0.49), highest stability, best temporal coherence (0.40) and stable "
        "(ARI 0.97); but the gap statistic prefers 4."
    )


def test_without_a_stable_k_none_is_supported_and_the_nearest_is_named():
    advice = recommend(KSweep((one(0.9), score(2, 0.2, 0.4, gap=0.1, gap_error=0.0), score(3, 0.1, 0.3))))
    assert (advice.k, advice.is_supported) == (2, False)
    assert advice.reason == (
        "No K is supported: the gap statistic finds no clusters, and K = 2 comes closest, but its silhouette "
        "is 0.20 (weak) and its clusters come back only in part (ARI 0.40)."
    )


def test_clusters_that_dissolve_are_named_as_people_count_them():
    reason = recommend(KSweep((score(2, 0.6, 0.9, jaccards=(0.9, 0.4)),))).reason
    assert reason.endswith("; but cluster 2 dissolves in other draws.")


def test_against_the_gap_statistic_clusters_must_be_plainly_apart():
    weak = KSweep((one(0.9), score(2, 0.45, 0.9, gap=0.1, gap_error=0.0)))
    clear = KSweep((one(0.9), score(2, 0.65, 0.9, gap=0.1, gap_error=0.0)))
    assert (recommend(weak).is_supported, recommend(clear).is_supported) == (False, True)
    assert "but the gap statistic finds no clusters" in recommend(clear).reason


def test_where_the_gap_rises_after_its_rule_stopped_the_silhouette_need_not_be_a_clear_one():
    sweep = KSweep(
        (
            KScore(1, 1.0, 1.0, None, None, (9,), gap=0.61, gap_error=0.01),
            score(2, 0.2, 0.9, gap=0.6, gap_error=0.01),
            score(3, 0.4, 0.9, gap=0.8, gap_error=0.01),
            score(4, 0.3, 0.8, gap=0.7, gap_error=0.01),
        )
    )
    advice = recommend(sweep)
    assert (advice.k, advice.is_supported) == (3, True)
    assert "gap statistic" not in advice.reason


def test_much_noise_supports_nothing():
    half = score(3, 0.6, 0.9, noise=0.7, min_pairs=5)
    assert not recommend(KSweep((half,), "hdbscan")).is_supported
    reason = recommend(KSweep((score(3, 0.6, 0.9, noise=0.1, min_pairs=5),), "hdbscan")).reason
    assert reason.startswith("At least 5 pairs (K = 3): ")
    assert "10% of the pairs are in no cluster" in reason


def test_among_equals_the_smallest_k_is_recommended():
    assert recommend(KSweep((score(2, 0.5, 0.9), score(3, 0.5, 0.9)))).k == 2
