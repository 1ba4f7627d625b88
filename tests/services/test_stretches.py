"""Stretches leave no gap, and the pairs' seconds add up to the whole."""

import numpy as np

from services.stretches import longest, seconds_of_pairs, stretches


def test_stretches_join_neighbours_and_leave_no_gap():
    runs = stretches(np.array([0, 0, 1, 0], np.int32), np.array([1.0, 3.0, 5.0, 7.0]))
    assert [(r.cluster, r.first, r.last, r.start_s, r.end_s) for r in runs] == [
        (0, 0, 1, 1.0, 5.0),
        (1, 2, 2, 5.0, 7.0),
        (0, 3, 3, 7.0, 9.0),
    ]


def test_stretches_of_no_pairs_are_none():
    assert stretches(np.zeros(0, np.int32), np.zeros(0)) == []


def test_each_pair_stands_for_the_time_until_the_next_and_the_last_for_a_typical_step():
    assert seconds_of_pairs(np.array([0.0, 2.0, 4.0, 9.0])).tolist() == [2.0, 2.0, 5.0, 2.0]
    assert seconds_of_pairs(np.array([3.0])).tolist() == [1.0]
    assert seconds_of_pairs(np.zeros(0)).tolist() == []


def test_the_longest_stretches_come_in_order_of_time_and_those_in_no_cluster_last_of_all():
    labels = np.array([0] * 3 + [-1] * 9 + [1] * 2 + [2] * 5 + [0], np.int32)
    runs = stretches(labels, np.arange(len(labels), dtype=np.float64))
    assert [run.cluster for run in longest(runs, 2)] == [0, 2]
    assert [run.cluster for run in longest(runs, 9)] == [0, -1, 1, 2, 0]
