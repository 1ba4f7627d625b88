"""Ids name segments for good, and are found again when captions come anew."""

from hypothesis import given
from hypothesis import strategies as st

from services.records import Segment
from services.segment_ids import REACH_MS, located, numbered

ids = st.lists(st.integers(0, 20_000), max_size=30, unique=True)


def test_a_segment_is_named_by_its_start_and_a_tie_goes_up():
    starts_s = [0.0, 1.5, 1.5, 1.501]
    assert [s.id for s in numbered(Segment(s, s + 1, "x") for s in starts_s)] == [0, 1500, 1501, 1502]


def test_an_exact_place_wins_and_the_rest_take_the_nearest_free_one():
    assert located([1000, 1300, 9000], [1000, 1400, 5000]) == {1000: 1000, 1300: 1400}


@given(ids, ids)
def test_no_place_is_given_twice_or_too_far_away(wanted: list[int], present: list[int]):
    found = located(wanted, present)
    assert len(set(found.values())) == len(found)
    assert set(found.values()) <= set(present)
    assert all(abs(a - b) <= REACH_MS for a, b in found.items())
    assert all(found[one] == one for one in wanted if one in present)
