"""Records survive the way to files and back; nothing else gets in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from services import codec
from services.recipe import PairEdit, Project, Recipe, Source, TranscriptChoice


@dataclass(frozen=True, eq=False)
class Sample:
    vectors: NDArray[np.float32]
    file: Path
    words: tuple[tuple[str, ...], ...]
    mode: Literal["a", "b"] = "a"
    limit: int | None = None


def test_arrays_files_and_text_come_back_as_they_were(tmp_path: Path):
    (tmp_path / "x.bin").write_bytes(b"1")
    value = Sample(np.eye(2, dtype=np.float32), tmp_path / "x.bin", (("新", "冠"), ()), "b", 3)
    back = codec.decode(Sample, codec.encode(value, tmp_path), tmp_path)
    assert (back.vectors == value.vectors).all()
    assert (back.file, back.words, back.mode, back.limit) == (value.file, value.words, "b", 3)


def test_a_file_inside_the_folder_is_found_after_the_folder_moved(tmp_path: Path):
    made = tmp_path / "made"
    made.mkdir()
    data = codec.encode(Sample(np.zeros(1, np.float32), made / "x.bin", ()), made)
    made.rename(tmp_path / "kept")
    assert codec.decode(Sample, data, tmp_path / "kept").file == tmp_path / "kept" / "x.bin"


text = st.text(max_size=20)
edits = st.builds(
    PairEdit,
    segment=st.integers(0, 99),
    frame=st.none() | st.integers(0, 99),
    is_dropped=st.booleans(),
)


@given(st.lists(edits, max_size=5), text)
def test_a_project_survives_json(some: list[PairEdit], topic: str):
    recipe = Recipe(Source("file", "ab"), TranscriptChoice(), edits=tuple(some))
    project = Project("id", topic, recipe, recipe)
    assert codec.decode(Project, codec.encode(project)) == project


@pytest.mark.parametrize(
    "data",
    [
        {"segment": "1"},
        {"segment": 1, "colour": "red"},
        {"segment": 1, "text": 5},
        {"segment": True},
        [1],
    ],
)
def test_data_of_another_shape_is_refused(data: object):
    with pytest.raises(ValueError, match=r"."):
        codec.decode(PairEdit, data)


def test_a_value_without_a_stored_form_is_refused():
    with pytest.raises(TypeError, match="no stored form"):
        codec.encode({"a": 1})


def test_an_array_that_needs_pickle_is_refused(tmp_path: Path):
    np.save(tmp_path / "vectors.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="pickle"):
        codec.decode(Sample, {"vectors": "vectors.npy", "file": "f", "words": []}, tmp_path)
