"""Caption files of every kind become segments; whatever is wrong with a file is told in a sentence."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.captions import MAX_BYTES, read_captions, transcript_of_rows, write_srt
from services.cues import MAX_CUES
from services.errors import AnalysisError
from services.records import Segment

SRT = """1
00:00:00,000 --> 00:00:03,760
health officials here

2
00:00:01,920 --> 00:00:05,600
in new york city
"""
CHINESE = """1
00:00:00,000 --> 00:00:08,000
老年人要接种新冠疫苗吗？

2
00:00:08,000 --> 00:00:16,000
左右的保护。
"""


def read(
    tmp_path: Path, content: str | bytes, name: str = "c.srt", language: str = "en"
) -> tuple[Segment, ...]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_captions(path, language).segments


def texts(segments: tuple[Segment, ...]) -> list[str]:
    return [segment.text for segment in segments]


def refusal(tmp_path: Path, content: str | bytes, name: str = "c.srt") -> str:
    with pytest.raises(AnalysisError) as caught:
        read(tmp_path, content, name)
    assert str(caught.value).startswith(f"{name}: ")
    return str(caught.value)


def test_srt_gives_times_and_texts_and_overlaps_stay(tmp_path: Path):
    assert read(tmp_path, SRT) == (
        Segment(0.0, 3.76, "health officials here"),
        Segment(1.92, 5.6, "in new york city"),
    )


def test_a_transcript_knows_its_file_and_language(tmp_path: Path):
    path = tmp_path / "news.srt"
    path.write_text(SRT)
    transcript = read_captions(path, "en")
    assert (transcript.source, transcript.language, transcript.is_generated) == ("news.srt", "en", False)


def test_srt_without_numbers_or_blank_lines_is_read(tmp_path: Path):
    content = "0:00:01.5 --> 0:00:02\nfirst\nand more\n00:03,250 --> 00:04,000\nsecond\n"
    assert read(tmp_path, content) == (Segment(1.5, 2.0, "first and more"), Segment(3.25, 4.0, "second"))


def test_a_number_that_is_spoken_stays_and_a_cue_number_goes(tmp_path: Path):
    content = "1\n00:00:00,000 --> 00:00:01,000\nwe count\n90\n\n2\n00:00:01,000 --> 00:00:02,000\nand on\n"
    assert texts(read(tmp_path, content)) == ["we count 90", "and on"]


def test_cues_out_of_order_are_sorted_by_their_start(tmp_path: Path):
    content = "1\n00:00:09,000 --> 00:00:10,000\nlate\n\n2\n00:00:01,000 --> 00:00:02,000\nearly\n"
    assert texts(read(tmp_path, content)) == ["early", "late"]


def test_markup_entities_and_hidden_characters_are_gone_and_spaces_are_single(tmp_path: Path):
    content = (
        "1\n00:00:00,000 --> 00:00:01,000\n"
        '{\\an8}<i>Tom</i> &amp; <font color="#fff">Ann</font>\u200b   say\u00a03 < 5\n'
    )
    assert texts(read(tmp_path, content)) == ["Tom & Ann say 3 < 5"]


def test_an_end_before_its_start_becomes_the_next_start(tmp_path: Path):
    content = "1\n00:00:05,000 --> 00:00:02,000\na\n\n2\n00:00:09,000 --> 00:00:09,000\nb\n"
    assert [(s.start_s, s.end_s) for s in read(tmp_path, content)] == [(5.0, 9.0), (9.0, 11.0)]


def test_vtt_comments_styles_identifiers_and_settings_are_no_text(tmp_path: Path):
    content = (
        "WEBVTT - title\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE made by hand\n\n"
        "intro\n00:01.000 --> 00:02.500 align:start position:0%\n<v Ann>hello <c.yellow>there</c>\n\n"
        "NOTE\nmore\n\n01:00:03.000 --> 01:00:04.000\nagain\n"
    )
    assert read(tmp_path, content, "c.vtt") == (
        Segment(1.0, 2.5, "hello there"),
        Segment(3603.0, 3604.0, "again"),
    )


def test_lines_that_rolling_captions_repeat_are_told_once(tmp_path: Path):
    content = (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.910 align:start position:0%\n \n"
        "health<00:00:00.640><c> officials</c><00:00:01.280><c> here</c>\n\n"
        "00:00:01.910 --> 00:00:01.920\nhealth officials here\n \n\n"
        "00:00:01.920 --> 00:00:03.750\nhealth officials here\n"
        "in<00:00:02.100><c> new</c><00:00:02.500><c> york</c>\n\n"
        "00:00:03.750 --> 00:00:03.760\nin new york\n \n"
    )
    segments = read(tmp_path, content, "auto.en.vtt")
    assert texts(segments) == ["health officials here", "in new york"]
    assert [s.start_s for s in segments] == [0.0, 1.92]


def test_words_that_a_speaker_repeats_stay(tmp_path: Path):
    content = "1\n00:00:00,000 --> 00:00:01,000\nno\n\n2\n00:00:01,000 --> 00:00:02,000\nno\n"
    assert texts(read(tmp_path, content)) == ["no", "no"]


def test_youtube_rows_are_read_from_json(tmp_path: Path):
    rows = [{"text": "a\nb", "start": 1.92, "duration": 3.68}, {"text": "c", "start": 0, "duration": 2}]
    assert read(tmp_path, json.dumps(rows), "c.json") == (Segment(0.0, 2.0, "c"), Segment(1.92, 5.6, "a b"))


def test_youtube_events_are_read_from_json3(tmp_path: Path):
    events = [
        {"tStartMs": 0, "dDurationMs": 9000, "id": 1, "wpWinPosId": 1},
        {
            "tStartMs": 0,
            "dDurationMs": 3760,
            "segs": [{"utf8": "health"}, {"utf8": " officials", "tOffsetMs": 640}],
        },
        {"tStartMs": 1910, "dDurationMs": 10, "aAppend": 1, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 1920, "dDurationMs": 3680, "segs": [{"utf8": "in new york"}]},
    ]
    content = json.dumps({"wireMagic": "pb3", "events": events})
    assert read(tmp_path, content, "c.json3") == (
        Segment(0.0, 3.76, "health officials"),
        Segment(1.92, 5.6, "in new york"),
    )


def test_ass_dialogue_is_read_without_its_drawings_and_comments(tmp_path: Path):
    content = (
        "[Script Info]\nScriptType: v4.00+\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        "Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,not shown\n"
        "Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\b1}你好\\N观众朋友\n"
        "Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\p1}m 0 0 l 5 5{\\p0}\n"
    )
    assert read(tmp_path, content, "c.ass", "zh") == (Segment(1.0, 2.5, "你好 观众朋友"),)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "big5"]
)
def test_chinese_text_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str):
    text = (
        CHINESE
        if encoding != "big5"
        else CHINESE.replace("老年人要接种新冠疫苗吗", "長者應否接種新冠疫苗").replace(
            "左右的保护", "專家表示可預防重症"
        )
    )
    assert texts(read(tmp_path, text.encode(encoding), language="zh")) == text.split("\n")[2::4][:2]


@pytest.mark.parametrize(("encoding", "language"), [("gb18030", "en"), ("big5", "en"), ("cp1252", "zh")])
def test_an_old_encoding_is_told_by_the_text_when_the_other_language_was_chosen(
    tmp_path: Path, encoding: str, language: str
):
    text = {
        "gb18030": CHINESE,
        "big5": "1\n00:00:00,000 --> 00:00:08,000\n長者應否接種新冠疫苗？專家表示可預防重症。\n",
        "cp1252": "1\n00:00:00,000 --> 00:00:08,000\nLes élèves à l’école, “déjà” reçus\n",
    }[encoding]
    assert texts(read(tmp_path, text.encode(encoding), language=language))[0] == text.split("\n")[2]


def test_the_language_that_a_text_reads_as_is_kept_beside_the_chosen_one(tmp_path: Path):
    path = tmp_path / "c.srt"
    path.write_text(CHINESE, encoding="utf-8")
    transcript = read_captions(path, "en")
    assert (transcript.language, transcript.detected) == ("en", "zh-Hans")


def test_plain_text_without_times_is_spread_over_the_video_and_says_so(tmp_path: Path):
    path = tmp_path / "speech.txt"
    path.write_text("Good evening.\n\nThe rocket is ready for launch now.\n")
    transcript = read_captions(path, "en", duration_s=48.0)
    assert transcript.is_spread
    assert [(s.start_s, s.end_s, s.text) for s in transcript.segments] == [
        (0.0, 13.0, "Good evening."),
        (13.0, 48.0, "The rocket is ready for launch now."),
    ]


def test_plain_text_with_times_keeps_them(tmp_path: Path):
    path = tmp_path / "speech.txt"
    path.write_text("[0:05] 晚上好\n[0:09] 火箭准备发射\n", encoding="gb18030")
    transcript = read_captions(path, "zh")
    assert not transcript.is_spread
    assert [(s.start_s, s.end_s) for s in transcript.segments] == [(5.0, 9.0), (9.0, 11.0)]


def test_captions_that_are_named_txt_are_read_as_what_they_are(tmp_path: Path):
    assert texts(read(tmp_path, SRT, "c.txt")) == ["health officials here", "in new york city"]
    rows = json.dumps([{"text": "a", "start": 1, "duration": 1}])
    assert texts(read(tmp_path, rows, "c.txt")) == ["a"]


def test_a_million_cues_are_refused_at_once(tmp_path: Path):
    cue = "1\n00:00:00,000 --> 00:00:01,000\na\n\n"
    started = time.monotonic()
    assert "at most 100,000 are read" in refusal(tmp_path, cue * (MAX_BYTES // len(cue)))
    assert "larger than 20 MB" in refusal(tmp_path, cue * 1_000_000)
    assert time.monotonic() - started < 5


def test_as_many_cues_as_are_read_take_seconds(tmp_path: Path):
    cues = "".join(
        f"{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}.0 --> 99:00:00\na\n" for n in range(MAX_CUES)
    )
    started = time.monotonic()
    assert len(read(tmp_path, cues)) == MAX_CUES
    assert time.monotonic() - started < 20


def test_western_quotes_of_an_old_windows_file_are_read(tmp_path: Path):
    content = SRT.replace("health", "the café’s “health”").encode("cp1252")
    assert texts(read(tmp_path, content))[0] == "the café’s “health” officials here"


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        ("", "c.srt", "the caption file is empty"),
        ("  \n\n ", "c.srt", "the caption file is empty"),
        ("Dear Sir or Madam", "c.srt", "this is not a caption file"),
        ("<!DOCTYPE html><html><!-- x --></html>", "c.srt", "this is a web page"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "c.srt", "this is not a caption file"),
        (b"PK\x03\x04\x14\x00\x00\x00", "c.srt", "this is not a caption file"),
        ("WEBVTT\n\n", "c.vtt", "none of its cues has any text"),
        ("1\n00:00:00,000 --> 00:00:01,000\n\n", "c.srt", "none of its cues has any text"),
        ("[]", "c.json", "none of its cues has any text"),
        ('[{"text": "a"}]', "c.json", "entry 1 lacks a text or a start"),
        ('[{"text": "a", "start": NaN}]', "c.json", "entry 1 lacks a text or a start"),
        ('[{"text": "a", "start": 1e999}]', "c.json", "entry 1 lacks a text or a start"),
        (f'[{{"text": "a", "start": {"9" * 400}}}]', "c.json", "entry 1 lacks a text or a start"),
        ('["a"]', "c.json", "entry 1 lacks a text or a start"),
        ('{"events": [{"segs": [{"utf8": "a"}], "tStartMs": true}]}', "c.json", "entry 1 lacks"),
        ('{"a": 1}', "c.json", "this is not a caption file"),
        ('[{"text": ', "c.json", "this JSON file is damaged"),
        ("[" * 100_000, "c.json", "this JSON file is damaged"),
        ("1\n00:00:0x,000 --> 00:00:01,000\na\n", "c.srt", "the times in line 2 cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 50, "c.txt", "its text encoding is not recognised"),
        (b"PK\x03\x04\x14\x00\x00\x00", "c.txt", "this is not a caption file"),
        ("<!DOCTYPE html><html></html>", "c.txt", "this is a web page"),
        (" \n\n", "c.txt", "the caption file is empty"),
        ("1\n-00:00:01,000 --> 00:00:01,000\na\n", "c.srt", "the times in line 2 cannot be read"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_and_the_file_is_named(
    tmp_path: Path, content: str | bytes, name: str, words: str
):
    assert words in refusal(tmp_path, content, name)


def test_a_file_that_is_gone_or_a_folder_is_told(tmp_path: Path):
    with pytest.raises(AnalysisError, match="is not there"):
        read_captions(tmp_path / "gone.srt", "en")
    with pytest.raises(AnalysisError, match="cannot be read"):
        read_captions(tmp_path, "en")


def test_a_huge_file_is_refused_unread(tmp_path: Path):
    path = tmp_path / "film.srt"
    with path.open("wb") as file:
        file.truncate(30 * 2**20)
    with pytest.raises(AnalysisError, match="larger than 20 MB"):
        read_captions(path, "en")


def test_rows_without_text_are_refused(tmp_path: Path):
    with pytest.raises(AnalysisError, match="hold no text"):
        transcript_of_rows([{"text": " ", "start": 0.0, "duration": 1.0}], "en", "track", is_generated=True)


some_words = st.text(
    st.characters(categories=["L", "N"], include_characters="，。'!?"), min_size=1, max_size=12
)
spans_ms = st.tuples(st.integers(0, 36_000_000), st.integers(1, 20_000))


@given(st.lists(st.tuples(spans_ms, st.lists(some_words, min_size=1, max_size=4)), min_size=1, max_size=12))
def test_what_is_written_as_srt_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[tuple[int, int], list[str]]]
):
    segments = sorted(
        (Segment(start / 1000, (start + length) / 1000, " ".join(text)) for (start, length), text in rows),
        key=lambda segment: segment.start_s,
    )
    path = tmp_path_factory.mktemp("srt") / "c.srt"
    path.write_text(write_srt(segments), encoding="utf-8")
    found = read_captions(path, "en").segments
    assert texts(found) == texts(tuple(segments))
    for a, b in zip(found, segments, strict=True):
        assert (a.start_s, a.end_s) == pytest.approx(
            (b.start_s, b.end_s), abs=0.0011
        )  # SRT keeps milliseconds
