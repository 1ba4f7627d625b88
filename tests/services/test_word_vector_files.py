import bz2
import dataclasses
import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.errors import AnalysisError
from services.word_vector_files import (
    LINE_BYTES_MAX,
    FileWordVectors,
    NotWordVectors,
    choose_files,
    open_files,
    read_layout,
)
from services.word_vectors import open_word_vectors

ROWS = {"virus": [1.0, -2.0, 0.5], "elderly": [0.25, 3.0, 1e-3], "病毒": [4.0, 5.0, 6.0]}


def text(rows: dict[str, list[float]]) -> bytes:
    return "".join(f"{word} {' '.join(map(str, v))}\n" for word, v in rows.items()).encode()


def binary(rows: dict[str, list[float]], ends_rows: bool = True) -> bytes:
    size = len(next(iter(rows.values())))
    body = b"".join(
        word.encode() + b" " + struct.pack(f"<{size}f", *v) + (b"\n" if ends_rows else b"")
        for word, v in rows.items()
    )
    return f"{len(rows)} {size}\n".encode() + body


GLOVE = text(ROWS)
WORD2VEC = b"3 3\n" + GLOVE.replace(b"\n", b" \n")  # Chinese Word Vectors end each row with a space


def written(folder: Path, data: bytes, name: str = "vectors.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def opened(*paths: Path) -> FileWordVectors:
    chosen = choose_files(paths)
    return open_files(chosen.locations, chosen.digests)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("glove.txt", GLOVE),
        ("glove_tabs.txt", GLOVE.replace(b" ", b"\t", 3)),
        ("word2vec.txt", WORD2VEC),
        ("word2vec.bin", binary(ROWS)),
        ("google.bin", binary(ROWS, ends_rows=False)),
        ("glove.txt.gz", gzip.compress(GLOVE, mtime=0)),
        ("sgns.bz2", bz2.compress(WORD2VEC)),
    ],
)
def test_every_format_gives_the_same_vectors(tmp_path, name, data):
    vectors, known = opened(written(tmp_path, data, name)).look_up(["病毒", "absent", "virus"])
    assert known.tolist() == [True, False, True]
    np.testing.assert_allclose(vectors, [[4, 5, 6], [0, 0, 0], [1, -2, 0.5]])


def test_vectors_may_be_of_any_size(tmp_path):
    path = written(tmp_path, text({"a": [0.5] * 1024, "b": [1.5] * 1024}))
    assert opened(path).size == 1024


def test_a_second_file_serves_the_words_that_the_first_lacks(tmp_path):
    english = written(tmp_path, text({"virus": [1, 1], "city": [2, 2]}), "en.txt")
    chinese = written(tmp_path, binary({"病毒": [3, 3], "virus": [9, 9]}), "zh.bin")
    vectors, known = opened(english, chinese).look_up(["virus", "病毒", "city"])
    assert known.all()
    assert vectors[:, 0].tolist() == [1, 3, 2]


def test_files_of_different_sizes_are_refused_with_both_sizes(tmp_path):
    two = written(tmp_path, text({"virus": [1, 1]}), "two.txt")
    three = written(tmp_path, GLOVE, "three.txt")
    with pytest.raises(AnalysisError, match=r"two\.txt has 2, three\.txt has 3"):
        choose_files([two, three])


def test_the_first_of_two_rows_for_a_word_counts(tmp_path):
    vectors, _ = opened(written(tmp_path, b"a 1 1\nb 2 2\na 3 3\n")).look_up(["a"])
    assert vectors.tolist() == [[1, 1]]


def test_a_row_whose_word_holds_a_space_is_passed_over(tmp_path):
    vectors, known = opened(written(tmp_path, b"b 2 2\na name 1 1\na 3 3\n")).look_up(["a"])
    assert known.all()
    assert vectors.tolist() == [[3, 3]]


def test_the_settings_name_the_files_content_and_not_their_place(tmp_path):
    (tmp_path / "x").mkdir()
    one, other = written(tmp_path, GLOVE, "a.txt"), written(tmp_path / "x", GLOVE, "b.txt")
    assert choose_files([one]).digests == choose_files([other]).digests
    assert open_word_vectors(choose_files([one])).size == 3


def test_a_file_that_changed_since_it_was_chosen_is_refused(tmp_path):
    path = written(tmp_path, GLOVE)
    chosen = choose_files([path])
    path.write_bytes(GLOVE + b"new 1 2 3\n")
    with pytest.raises(AnalysisError, match="Choose it again"):
        open_word_vectors(chosen)
    with pytest.raises(AnalysisError, match="Choose it again"):
        open_word_vectors(dataclasses.replace(chosen, digests=()))


def test_no_file_is_answered_with_the_two_ways_on():
    with pytest.raises(AnalysisError, match=r"Choose one or more files.*use-pca300"):
        open_files((), ())


@pytest.mark.parametrize("name", ["absent.txt", "folder"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(NotWordVectors, match=name):
        choose_files([tmp_path / name])


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "first line"),
        (b"The quick brown fox\n", "first line"),
        (b"\x80\x04\x95pickle\x00\xff" * 50, "first line"),
        (b"virus 1 2 3\nelderly 1 2\n", "row 2 does not hold 3 numbers"),
        (b"virus 1 2 3\nelderly 1 2 3 4\n", "row 2 does not hold 3 numbers"),
        (b"virus 1 2 3\nelderly 1 x 3\n", "row 2 does not hold 3 numbers"),
        (b"virus 1 2 3\nelderly 1 nan 3\n", "'elderly' is no vector"),
        (b"virus 1 2 3\nelderly 1 inf 3\n", "'elderly' is no vector"),
        (b"virus 1 2 3\nelderly 1 1e30 3\n", "'elderly' is no vector"),
        (b"virus 1 2 3\nelderly " + b"1 " * LINE_BYTES_MAX, "row 2 is longer"),
        (b"3 999999\n" + GLOVE, "3 words of 999999 numbers"),
        (b"0 3\n", "0 words of 3 numbers"),
        (b"2 3\nvirus 1 2 3\nelderly 1 2\n", "row 2 does not hold 3 numbers"),
        (b"2 3\nvirus 1 2\nelderly 1 2\n", "row 2 does not hold 3 numbers"),
        (binary(ROWS)[:-20], "ends after 2 of 3 words"),
        (b"99999999999 3\n" + binary(ROWS)[4:], "ends after 3 of 99999999999 words"),
        (b"3 3\n" + b"\xff" * 10_000, "word 1 has no end"),
        (binary({"elderly": [1.0, float("nan"), 2.0]}), "'elderly' is no vector"),
    ],
)
def test_a_broken_file_is_named_with_its_fault(tmp_path, data, problem):
    with pytest.raises(NotWordVectors, match=problem) as told:
        opened(written(tmp_path, data)).look_up(["elderly", "absent"])
    assert str(told.value).startswith("vectors.txt: ")


@pytest.mark.parametrize("name", ["cut.gz", "cut.bz2"])
def test_a_packed_file_that_was_cut_is_named(tmp_path, name):
    rows = text({f"w{i}": list(np.random.default_rng(i).normal(size=50)) for i in range(200)})
    packed = (gzip if name.endswith("gz") else bz2).compress(rows)
    with pytest.raises(NotWordVectors, match=name):
        opened(written(tmp_path, packed[: len(packed) // 2], name)).look_up(["w199"])


def test_a_binary_word_that_lies_across_two_reads_is_whole(tmp_path):
    rows = {f"word{i}": [float(i)] * 300 for i in range(2000)}  # 2.4 MB: more than two reads
    vectors, known = opened(written(tmp_path, binary(rows))).look_up(list(rows))
    assert known.all()
    assert vectors[:, 299].tolist() == list(range(2000))


def test_a_binary_row_that_begins_with_the_bytes_of_a_lines_end_is_not_taken_for_text(tmp_path):
    odd = struct.unpack("<f", b"\n\n\n>")[0]
    vectors, known = opened(written(tmp_path, binary({"virus": [odd] * 50, "a": [1.0] * 50}))).look_up(["a"])
    assert known.all()
    assert vectors[0, 0] == 1


def test_only_the_wanted_rows_are_checked_and_kept(tmp_path):
    path = written(tmp_path, b"virus 1 2 3\nbroken x y\nelderly 4 5 6\n")
    vectors, known = opened(path).look_up(["elderly"])
    assert known.all()
    assert vectors.shape == (1, 3)


def test_a_stop_from_the_analyst_passes_through(tmp_path):
    class Stopped(Exception):
        pass

    def stop(done: int, total: int, note: str) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        opened(written(tmp_path, GLOVE)).look_up(["virus"], stop)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200), header=st.sampled_from([b"", b"2 3\n", b"virus 1 2 3\n", b"1 1\n"]))
def test_any_bytes_give_vectors_or_a_sentence_and_nothing_else(tmp_path, data, header):
    path = written(tmp_path, header + data)
    try:
        source = FileWordVectors([read_layout(path)])
        vectors, _ = source.look_up(["virus", "a", ""])
    except AnalysisError:
        return
    assert np.isfinite(vectors).all()
