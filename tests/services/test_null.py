"""What chance does to a video: labels move in blocks, tags change clusters, nothing is lost."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from services.null import relabelled

labels = arrays(np.int32, st.integers(0, 40), elements=st.integers(-1, 4))


@given(labels, st.integers(0, 9999))
def test_sizes_stay_and_pairs_in_no_cluster_stay_where_they_are(before: np.ndarray, seed: int):
    after = relabelled(before, np.random.default_rng(seed))
    assert sorted(after.tolist()) == sorted(before.tolist())
    assert ((after == -1) == (before == -1)).all()


def test_themes_are_torn_into_moments_from_all_over_the_video():
    before = np.repeat(np.arange(4, dtype=np.int32), 10)
    rng = np.random.default_rng(0)
    kept = [(relabelled(before, rng) == before).mean() for _ in range(200)]
    assert 0.15 < np.mean(kept) < 0.35  # a quarter stays by chance
    assert max(kept) < 0.8


def test_neighbours_stay_together():
    before = np.repeat(np.arange(4, dtype=np.int32), 10)
    rng = np.random.default_rng(0)
    together = [(np.diff(relabelled(before, rng)) == 0).mean() for _ in range(50)]
    assert np.mean(together) > 0.5  # 0.23 when single pairs are shuffled
