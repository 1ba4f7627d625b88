"""Plain transcripts: times before each piece are kept, and without times the text fills the video."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cues import Cue, NotCaptions, UnreadableCaptions
from services.plain_text import READ_PER_S, cues_of_text

lines = st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=30), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("0:05 hello\n0:09 again", [Cue(5, None, ("hello",)), Cue(9, None, ("again",))]),
        (
            "[00:01:02.5] hello\nand more\n(1:04) x",
            [Cue(62.5, None, ("hello", "and more")), Cue(64, None, ("x",))],
        ),
        ("0:05\nhello\n0:09\nagain", [Cue(5, None, ("hello",)), Cue(9, None, ("again",))]),
        ("0:05 - 0:09 hello\n0:09 – 0:12: more", [Cue(5, 9, ("hello",)), Cue(9, 12, ("more",))]),
        ("1:00:05 你好", [Cue(3605, None, ("你好",))]),
        (
            "99:59 a\n100:00 b\n[101:30] c",
            [Cue(5999, None, ("a",)), Cue(6000, None, ("b",)), Cue(6090, None, ("c",))],
        ),
        ("00:12 — 晚上好\n00:15 — 再见", [Cue(12, None, ("晚上好",)), Cue(15, None, ("再见",))]),
    ],
)
def test_times_are_read_in_the_forms_that_people_write(text: str, cues: list[Cue]):
    found = cues_of_text(text, "c.txt", 100)
    assert (found.cues, found.is_spread) == (cues, False)


@pytest.mark.parametrize("text", ["a\n" * 900_000, "0:01 a\n0:02 b\n" * 450_000, "One. " * 900_000])
def test_more_pieces_than_any_video_has_are_told(text: str):
    with pytest.raises(UnreadableCaptions, match="has 900,000 cues, and at most 100,000 are read"):
        cues_of_text(text, "c.txt", 100)


def test_a_time_of_day_in_the_first_line_makes_no_timed_text():
    found = cues_of_text("10:30 was the hour.\nThen it began.", "c.txt", 10)
    assert found.is_spread


def test_long_lines_without_times_are_cut_at_their_sentences():
    text = "今天上午，火箭在发射中心顺利升空。" * 10
    found = cues_of_text(text, "c.txt", 100)
    assert [cue.lines for cue in found.cues] == [("今天上午，火箭在发射中心顺利升空。",)] * 10


def test_without_a_duration_the_text_takes_the_time_that_reading_it_takes():
    chinese = cues_of_text("火箭顺利升空了啊", "c.txt", 0.0).cues
    assert chinese[-1].end_s == pytest.approx(8 / READ_PER_S[True])


@given(lines, st.floats(1, 36_000))
def test_spread_pieces_fill_the_duration_in_order_and_keep_every_line(texts: list[str], duration_s: float):
    found = cues_of_text("\n".join(texts), "c.txt", duration_s)
    assert found.is_spread
    assert [cue.lines[0] for cue in found.cues] == texts
    ends = [cue.end_s for cue in found.cues]
    assert [cue.start_s for cue in found.cues] == [0.0, *ends[:-1]]
    assert ends[-1] == pytest.approx(duration_s)


@pytest.mark.parametrize("text", ["a\x01b\x02c\x03", "\ufffd" * 20 + "abc", "\x0e\x0f" * 30])
def test_what_no_person_wrote_is_refused(text: str):
    with pytest.raises(NotCaptions):
        cues_of_text(text, "c.txt", 1)
