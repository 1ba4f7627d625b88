import numpy as np

from crvae.records import Clustering
from services.records import AlignedPairs
from services.screen_time import screen_times


def test_a_pair_lasts_until_the_next_and_pairs_in_no_cluster_count_for_none():
    labels = np.array([0, 0, 1, -1, 1], np.int32)
    times_s = np.array([0.0, 2.0, 5.0, 7.0, 9.0])
    each = np.arange(5)
    pairs = AlignedPairs(each, each, times_s, ("",) * 5, "nearest_start", "")
    clusters = Clustering(2, labels, np.zeros((2, 2), np.float32), 0)
    assert screen_times(clusters, pairs).tolist() == [5.0, 4.0]
