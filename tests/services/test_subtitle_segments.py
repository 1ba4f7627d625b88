"""Subtitles are told from logos, tickers and titles by how they come and go."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Cancelled
from services.subtitle_lines import Line, Reading, are_alike, showings_of
from services.subtitle_segments import joined_lines, subtitles_of

INTERVAL_S = 0.5
NEWS = (
    "老年人应该接种疫苗",
    "今天的发布会上",
    "专家回答了记者的提问",
    "各地正在加快进度",
    "市民排队等候接种",
)


def line(text: str, *, left_px: float = 170, top_px: float = 390, height_px: float = 30) -> Line:
    return Line(text, 0.9, left_px, top_px, left_px + 26 * len(text), top_px + height_px)


def shown(lines: list[tuple[Line, float, float]], seconds: float) -> list[Reading]:
    """Readings every half second; each line from its second to its second."""
    return [
        Reading(n * INTERVAL_S, tuple(i for i, start, end in lines if start <= n * INTERVAL_S < end))
        for n in range(int(seconds / INTERVAL_S))
    ]


def news(each_s: float = 3.0) -> list[tuple[Line, float, float]]:
    return [(line(text), n * each_s, (n + 1) * each_s) for n, text in enumerate(NEWS)]


def texts(readings: list[Reading]) -> list[str]:
    return [segment.text for segment in subtitles_of(readings, INTERVAL_S)]


def test_lines_that_come_and_go_are_timed_segments():
    segments = subtitles_of(shown(news(), 15), INTERVAL_S)
    assert [(s.start_s, s.end_s, s.text) for s in segments] == [
        (n * 3, n * 3 + 3, text) for n, text in enumerate(NEWS)
    ]
    assert {segment.origin for segment in segments} == {"subtitles"}


def test_a_logo_beside_them_is_left_out_also_where_it_flickers():
    logo = [(line("焦点访谈", left_px=75, top_px=400), start, start + 2.5) for start in range(0, 15, 3)]
    assert texts(shown(news() + logo, 15)) == list(NEWS)


def test_a_ticker_is_left_out():
    headline = "全国多地发布高温预警请市民注意防暑降温减少户外活动及时补充水分" * 3
    ticker = [
        (line(headline[2 * n : 2 * n + 20], left_px=0, top_px=440), n * 0.5, n * 0.5 + 0.5) for n in range(30)
    ]
    assert texts(shown(news() + ticker, 15)) == list(NEWS)


def test_a_speaker_s_name_above_several_lines_is_left_out():
    names = [(line("王华庆 首席专家", top_px=355), 0, 9), (line("武汉居民", top_px=355), 9, 15)]
    assert texts(shown(news() + names, 15)) == list(NEWS)


def test_two_rows_that_keep_time_are_one_text():
    first_rows = ("医生告诉我们", "在北京召开", "随后的时间里", "为了保护大家", "上午八点开始")
    above = [(line(text, top_px=355), n * 3, n * 3 + 3) for n, text in enumerate(first_rows)]
    assert texts(shown(news() + above, 15)) == [a + b for a, b in zip(first_rows, NEWS, strict=True)]


def test_the_reading_that_comes_most_often_is_taken():
    wrong, right = line("老年人应该接神疫苗"), line(NEWS[0])
    readings = [Reading(n * 0.5, (wrong if n == 2 else right,)) for n in range(6)]
    readings += [Reading(3 + n * 0.5, (line(NEWS[1]),)) for n in range(6)]
    assert texts(readings) == list(NEWS[:2])


def test_a_line_that_is_lost_for_a_moment_goes_on():
    readings = shown([(line(NEWS[0]), 0, 2), (line(NEWS[0]), 3, 5), (line(NEWS[1]), 5, 9)], 9)
    found = subtitles_of(readings, INTERVAL_S)
    assert [(s.start_s, s.end_s) for s in found] == [(0, 5), (5, 9)]


def test_pictures_without_lines_and_one_line_alone_give_nothing():
    assert subtitles_of([], INTERVAL_S) == ()
    assert texts(shown([], 10)) == []
    assert texts(shown([(line("LIVE"), 0, 10)], 10)) == []


def test_lines_are_joined_with_a_space_only_where_one_is_written():
    assert joined_lines(["老年人", "接种疫苗"]) == "老年人接种疫苗"
    assert joined_lines(["older people", " get it "]) == "older people get it"


def test_readings_that_differ_in_a_character_are_alike_and_others_are_not():
    assert are_alike("老年人应该接种疫苗", "老年人应该接神疫苗")
    assert are_alike("接种疫苗", "老年人应该接种疫苗")
    assert not are_alike(NEWS[0], NEWS[1])


def test_telling_subtitles_from_the_rest_is_told_and_hears_of_stop():
    notes: list[str] = []

    def stop_at_rows(done: int, total: int, note: str) -> None:
        notes.append(note)
        if note.startswith("telling subtitles from titles"):
            raise Cancelled

    with pytest.raises(Cancelled):
        subtitles_of(shown(news(), 15), INTERVAL_S, stop_at_rows)
    assert notes[0] == "telling subtitles from logos, 0 of 5 lines"


schedules = st.lists(
    st.tuples(
        st.sampled_from(NEWS), st.integers(0, 40), st.integers(1, 12), st.sampled_from([390, 355, 300])
    ),
    max_size=12,
)


@given(schedules)
def test_segments_never_overlap_and_have_been_read(rows: list[tuple[str, int, int, int]]):
    lines = [(line(text, top_px=top), start / 2, (start + n) / 2) for text, start, n, top in rows]
    segments = subtitles_of(shown(lines, 30), INTERVAL_S)
    for before, after in pairwise(segments):
        assert before.start_s <= after.start_s
        assert before.end_s <= after.start_s or before.start_s == after.start_s
    for segment in segments:
        assert segment.start_s < segment.end_s
        assert any(text in segment.text for text, *_ in rows)


@given(schedules)
def test_every_reading_of_a_line_is_in_one_showing(rows: list[tuple[str, int, int, int]]):
    lines = [(line(text, top_px=top), start / 2, (start + n) / 2) for text, start, n, top in rows]
    readings = shown(lines, 30)
    assert sum(len(s.lines) for s in showings_of(readings, INTERVAL_S)) == sum(
        len(reading.lines) for reading in readings
    )
