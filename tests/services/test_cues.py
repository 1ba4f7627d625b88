"""Cues of every format are read as they stand, and no text whatever does more than be refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cues import Cue, NotCaptions, UnreadableCaptions, cues_of_rows, parse_cues, plain
from services.segment_texts import UNSEEN

times_ms = st.integers(0, 35_999_999)
lines = st.lists(
    st.text(st.characters(categories=["L"], include_characters=" ,'!"), min_size=1, max_size=10)
    .map(str.strip)
    .filter(bool),
    min_size=1,
    max_size=3,
)
scraps = st.lists(
    st.sampled_from(
        [
            "WEBVTT\n", "\n\n", "1\n", "00:00:01,000 --> 00:00:02,000\n", "1:2.5 --> 99:3", "-->",
            "a<00:00:01.920>b\n", "[Script Info]\n", "[V4+ Styles]\n", "[Events]\nFormat: Start, End, Text\n",
            "Dialogue: 0,x,0:00:02.50,,hi\n", "[", "]", '{"events": [', ",",
            '{"segs": [{"utf8": "a"}], "tStartMs": 5}', '{"text": "a", "start": 1}',
        ]
    )
    | st.text(max_size=5),
    max_size=10,
).map("".join)  # fmt: skip


def stamp(ms: int, mark: str) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}{mark}{ms % 1000:03d}"


def rolled(*shown: str) -> str:
    """A WebVTT file of YouTube's rolling kind that shows these lines, one cue each."""
    cues = [
        f"{stamp(n * 1000, '.')} --> {stamp(n * 1000 + 1000, '.')}\n{text}" for n, text in enumerate(shown)
    ]
    return "WEBVTT\n\n" + "\n\n".join(cues)


@given(st.lists(st.tuples(times_ms, times_ms, lines), min_size=1, max_size=6), st.sampled_from("sv"))
def test_cues_are_read_as_they_were_written(rows: list[tuple[int, int, list[str]]], kind: str):
    mark, head = (",", "") if kind == "s" else (".", "WEBVTT\n\n")
    blocks = [
        f"{number}\n{stamp(start, mark)} --> {stamp(end, mark)}\n" + "\n".join(text)
        for number, (start, end, text) in enumerate(rows, start=1)
    ]
    found = parse_cues(head + "\n\n".join(blocks), "c")
    assert [[line for line in cue.lines if line] for cue in found] == [text for _, _, text in rows]
    for cue, (start, end, _) in zip(found, rows, strict=True):
        assert (cue.start_s, cue.end_s) == pytest.approx((start / 1000, end / 1000))


@given(scraps)
def test_any_text_is_read_or_refused_with_the_file_s_name(text: str):
    told = ""
    try:
        assert all(cue.start_s >= 0 for cue in parse_cues(text, "c.srt"))
    except UnreadableCaptions as e:
        told = str(e)
    assert told.startswith("c.srt: ") or not told


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("00:01", 1), ("1:02.5", 62.5), ("01:00:00,25", 3600.25), ("100:00:00.000001", 360_000.000001)],
)
def test_times_may_lack_hours_and_have_any_number_of_decimals(written: str, seconds: float):
    (cue,) = parse_cues(f"{written} --> 999:00:00\nhi\n", "c")
    assert cue.start_s == pytest.approx(seconds)


@pytest.mark.parametrize("timing", ["00:00:0x,000 --> 00:00:01,000", "0.5s --> 2s", "1:00:00:00 --> 2:00"])
def test_times_that_cannot_be_read_are_told_with_their_line(timing: str):
    with pytest.raises(UnreadableCaptions, match=r"the times in line 2 cannot be read: '.* Write them as"):
        parse_cues(f"1\n{timing}\nhi\n", "c")


def test_rolling_lines_are_told_once_and_a_repetition_after_others_stays():
    text = rolled("no<00:00:00.500><c> way</c>", "no way\nyes", "yes\nno way")
    assert [cue.lines for cue in parse_cues(text, "c")] == [("no way",), ("yes",), ("no way",)]


def test_lines_that_repeat_without_word_times_stay():
    assert [cue.lines for cue in parse_cues(rolled("no", "no"), "c")] == [("no",), ("no",)]


def test_rows_without_a_duration_have_no_end():
    rows = [{"text": "a\nb", "start": 2}, {"text": "c", "start": 3.0, "duration": 1.5}]
    assert cues_of_rows(rows, "c") == [Cue(2.0, None, ("a", "b")), Cue(3.0, 4.5, ("c",))]


@pytest.mark.parametrize("start", [None, True, -1, "1", float("nan"), float("inf"), 1_000_000])
def test_a_row_whose_start_is_no_time_is_told_with_its_number(start: Any):
    rows = [{"text": "a", "start": 0}, {"text": "b", "start": start}]
    with pytest.raises(UnreadableCaptions, match="entry 2 lacks a text or a start in seconds"):
        cues_of_rows(rows, "c")


def test_json_that_is_something_else_is_no_caption_file():
    with pytest.raises(NotCaptions, match=r"Choose an \.srt, \.vtt or \.ass file"):
        parse_cues(json.dumps({"title": "no captions here"}), "c")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("<v Ann>hello <c.yellow>there</c>", "hello there"),
        ("{\\an8}<b>Tom</b> &amp; Ann", "Tom & Ann"),
        ("a<00:00:01.920>b", "ab"),
        ("3 < 5 and 7 > 6", "3 < 5 and 7 > 6"),
        ("&lt;laughs&gt;", "<laughs>"),
        ("\ufeff你好\u200b  世界\u00a0", "你好 世界"),
    ],
)
def test_a_line_is_shown_as_people_read_it(line: str, shown: str):
    assert plain(line) == shown


@given(st.text(st.characters(exclude_characters="<>&{}\x00")))
def test_a_line_without_marks_keeps_every_visible_character(line: str):
    assert plain(line).split() == line.translate(UNSEEN).split()
