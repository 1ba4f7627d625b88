"""Times are written as people of subtitles write them, and read in any of their ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import AnalysisError
from services.timecodes import seconds_of, timecode


@pytest.mark.parametrize(
    ("text", "time_s"),
    [
        ("12", 12.0),
        ("12.5", 12.5),
        ("1:02.5", 62.5),
        ("0:00:12,340", 12.34),
        (" 1:00:00 ", 3600.0),
        ("90", 90.0),
        ("100:00.5", 6000.5),
    ],
)
def test_each_way_of_writing_a_time_is_read(text: str, time_s: float):
    assert seconds_of(text) == time_s


@pytest.mark.parametrize("text", ["", "abc", "-1", "1:2:3:4", "1:", "1e9", "9" * 400, "nan", "12 s"])
def test_what_is_no_time_is_refused_with_an_example(text: str):
    with pytest.raises(AnalysisError, match=r"is no time, .* as in 1:23\.5"):
        seconds_of(text)


@given(st.integers(0, 40_000_000))
def test_a_written_time_is_read_as_it_was(ms: int):
    assert seconds_of(timecode(ms / 1000)) == ms / 1000


def test_hours_are_written_when_there_are_some():
    assert (timecode(59.9994), timecode(3599.9996)) == ("0:59.999", "1:00:00.000")
