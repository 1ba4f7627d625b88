"""Corrected segments as files that other programs read."""

import csv
import io
from pathlib import Path

import pytest

from services.captions import read_captions
from services.edits import PairRow
from services.records import Segment
from services.segment_files import segments_file, write_vtt

ROWS = (
    PairRow(Segment(0.5, 2.0, "a < b & c --> d", id=500), (0, 1)),
    PairRow(Segment(2.0, 3.25, "dropped", id=2000), (1,), is_dropped=True),
    PairRow(Segment(3600.0, 3601.5, "月球", "asr", 3_600_000), (), original="月"),
)


@pytest.mark.parametrize("kind", ["srt", "vtt"])
def test_a_file_of_subtitles_is_read_again_without_the_dropped_ones(kind: str, tmp_path: Path):
    path = tmp_path / f"a.{kind}"
    path.write_bytes(segments_file(ROWS, kind))
    again = read_captions(path, "zh").segments
    assert [(s.start_s, s.end_s, s.text) for s in again] == [
        (row.segment.start_s, row.segment.end_s, row.segment.text) for row in ROWS if not row.is_dropped
    ]


def test_the_table_has_a_row_for_each_segment():
    rows = list(csv.DictReader(io.StringIO(segments_file(ROWS, "csv").decode())))
    assert list(rows[1].values()) == ["3600000", "3600.0", "3601.5", "", "asr", "1", "月球"]
    assert (rows[0]["frame"], rows[0]["edited"]) == ("0", "0")


def test_a_track_without_a_cue_is_still_webvtt():
    assert write_vtt(()).startswith("WEBVTT")
