"""Where pysubs2 reads well it agrees with services.cues; where it does not, that is why services.cues reads.

A failing test of the second kind is good news: pysubs2 has learnt it, and code of ours may go.
"""

import pysubs2
from hypothesis import given
from hypothesis import strategies as st

from services.cues import parse_cues, plain

words = st.text(st.characters(categories=["Ll", "Lo"]), min_size=1, max_size=10)
cues = st.lists(
    st.tuples(
        st.integers(0, 35_999_999), st.integers(0, 35_999_999), st.lists(words, min_size=1, max_size=3)
    ),
    min_size=1,
    max_size=6,
)


def theirs(text: str, kind: str) -> list[tuple[int, int, str]]:
    events = pysubs2.SSAFile.from_string(text, format_=kind).events
    return [(event.start, event.end, event.plaintext) for event in events]


def ours(text: str) -> list[tuple[int, int, str]]:
    return [
        (
            round(cue.start_s * 1000),
            round((cue.end_s or 0) * 1000),
            "\n".join(filter(None, map(plain, cue.lines))),
        )
        for cue in parse_cues(text, "c")
    ]


def written(rows: list[tuple[int, int, list[str]]], kind: str) -> str:
    """The cues as pysubs2 writes them."""
    file = pysubs2.SSAFile()
    for start, end, lines in rows:
        file.append(pysubs2.SSAEvent(start=start, end=end, text="\\N".join(lines)))
    return file.to_string(kind)


@given(cues)
def test_what_pysubs2_writes_as_srt_is_read_as_it_reads_it(rows: list[tuple[int, int, list[str]]]):
    text = written(rows, "srt")
    assert ours(text) == theirs(text, "srt")


@given(cues)
def test_what_pysubs2_writes_as_vtt_is_read_as_it_reads_it(rows: list[tuple[int, int, list[str]]]):
    text = written(rows, "vtt")
    assert ours(text) == theirs(text, "vtt")


@given(cues)
def test_what_pysubs2_writes_as_ass_is_read_as_it_was_meant(rows: list[tuple[int, int, list[str]]]):
    # .ass keeps hundredths of a second, up to ten hours.
    rows = [(start // 10 * 10 % 35_999_990, end // 10 * 10 % 35_999_990, lines) for start, end, lines in rows]
    assert sorted(ours(written(rows, "ass"))) == sorted((s, e, "\n".join(lines)) for s, e, lines in rows)


def test_pysubs2_loses_a_number_that_is_spoken_last():
    text = "1\n00:00:00,000 --> 00:00:01,000\nwe count\n90\n"
    assert theirs(text, "srt") == [(0, 1000, "we count")]
    assert ours(text) == [(0, 1000, "we count\n90")]


def test_pysubs2_loses_cues_whose_times_lack_hours_or_decimals():
    text = "00:00:01 --> 00:00:02\nfirst\n00:03,250 --> 00:04,000\nsecond\n"
    assert theirs(text, "srt") == []
    assert ours(text) == [(1000, 2000, "first"), (3250, 4000, "second")]


def test_pysubs2_tells_notes_and_identifiers_as_speech():
    first, second = "00:01.000 --> 00:02.500\nhello", "00:03.000 --> 00:04.000\nagain"
    text = f"WEBVTT\n\n{first}\n\nNOTE made by hand\n\nintro\n{second}\n"
    assert "made by hand" in theirs(text, "vtt")[0][2]
    assert ours(text) == [(1000, 2500, "hello"), (3000, 4000, "again")]


def test_pysubs2_takes_youtube_s_word_times_for_cues():
    line = "health<00:00:00.640><c> officials</c><00:00:01.280><c> here</c>"
    text = f"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n{line}\n"
    assert len(theirs(text, "vtt")) == 2
    assert ours(text) == [(0, 2000, "health officials here")]
