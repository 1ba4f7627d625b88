from pathlib import Path

import cv2
import numpy as np
import pytest

from crvae.records import EmbeddedDataset
from services.context import Context
from services.dataset import embed_pairs
from services.errors import AnalysisError
from services.recipe import Embedding
from services.records import AlignedPairs, Frames
from services.word_vector_files import choose_files

COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]  # RGB


@pytest.fixture
def frames(tmp_path) -> Frames:
    folder = tmp_path / "frames"
    folder.mkdir()
    for i, rgb in enumerate(COLOURS):
        cv2.imwrite(str(folder / f"{i:05d}.jpg"), np.full((240, 400, 3), rgb[::-1], np.uint8))
    return Frames(np.array([0.0, 2.0, 4.0]), folder, 400, 240)


@pytest.fixture
def files(tmp_path) -> Embedding:
    english, chinese = tmp_path / "en.txt", tmp_path / "zh.txt"
    english.write_text("the 1 0\nvirus 2 0\nspreads 3 0\n")
    chinese.write_text("5 2\n病毒 4 1\n新 5 1\n冠 6 1\n疫苗 7 1\n老 8 1\n", "utf-8")
    return choose_files([english, chinese])


def embed(frames: Frames, embedding: Embedding, *texts: str, frame_index: list[int] | None = None, **told):
    index = np.array(frame_index or range(len(texts)), np.int64)
    pairs = AlignedPairs(
        index, np.arange(len(texts)), frames.times_s[index], texts, "nearest_start", "as the test wants it"
    )
    ctx = Context(folder=Path(frames.folder).parent, remember=lambda name, compute: compute(), **told)
    return embed_pairs(frames, pairs, embedding, ctx)


@pytest.mark.models
def test_pairs_become_pictures_and_word_vectors_of_the_models_sizes(frames):
    dataset = embed(frames, Embedding(), "The virus spreads.", "老年人应该接种疫苗", "2022年 OBS says")
    assert isinstance(dataset, EmbeddedDataset)
    assert dataset.images.shape == (3, 3, 120, 200)
    assert dataset.word_vectors.shape == (3, int(dataset.lengths.max()), 300)
    assert dataset.word_vectors.dtype == np.float32
    assert dataset.tokens[0] == ("the", "virus", "spreads")
    assert dataset.unknown == 0


def test_pictures_follow_the_pairs_frames(frames, files):
    dataset = embed(frames, files, "virus", "virus", frame_index=[2, 0])
    means = dataset.images.mean((2, 3))
    np.testing.assert_allclose(means, [COLOURS[2], COLOURS[0]], atol=3)  # JPEG


def test_rows_are_padded_with_zeros_to_the_longest(frames, files):
    dataset = embed(frames, files, "the virus spreads", "virus")
    assert dataset.lengths.tolist() == [3, 1]
    assert dataset.word_vectors[0].tolist() == [[1, 0], [2, 0], [3, 0]]
    assert dataset.word_vectors[1].tolist() == [[2, 0], [0, 0], [0, 0]]


def test_one_segment_in_two_languages_takes_vectors_from_both_files(frames, files):
    dataset = embed(frames, files, "the病毒")
    assert dataset.tokens == (("the", "病毒"),)
    assert dataset.word_vectors[0].tolist() == [[1, 0], [4, 1]]


def test_an_unknown_chinese_word_is_split_into_its_characters(frames, files):
    dataset = embed(frames, files, "新冠")
    assert dataset.tokens == (("新", "冠"),)
    assert dataset.word_vectors[0].tolist() == [[5, 1], [6, 1]]
    assert dataset.unknown == 0


def test_an_unknown_word_keeps_its_place_as_zeros_and_is_counted(frames, files):
    dataset = embed(frames, files, "the omicron virus", "城市")
    assert dataset.tokens == (("the", "omicron", "virus"), ("城市",))
    assert dataset.word_vectors[0].tolist() == [[1, 0], [0, 0], [2, 0]]
    assert dataset.unknown == pytest.approx(2 / 4)


def test_a_split_word_with_one_known_character_counts_the_other_as_unknown(frames, files):
    dataset = embed(frames, files, "老虎")
    assert dataset.tokens == (("老", "虎"),)
    assert dataset.unknown == pytest.approx(1 / 2)


def test_long_texts_are_cut_after_max_words(frames, files):
    short = Embedding("files", max_words=2, digests=files.digests, locations=files.locations)
    dataset = embed(frames, short, "the virus spreads the virus")
    assert dataset.tokens == (("the", "virus"),)
    assert dataset.word_vectors.shape == (1, 2, 2)


def test_a_text_without_words_gives_a_row_of_length_zero(frames, files):
    dataset = embed(frames, files, "the virus", "…")
    assert dataset.lengths.tolist() == [2, 0]
    assert not dataset.word_vectors[1].any()


def test_pairs_without_any_word_are_refused_with_the_way_on(frames, files):
    with pytest.raises(AnalysisError, match="None of the 2 pairs has a word"):
        embed(frames, files, "…", "")
    with pytest.raises(AnalysisError, match="None of the 0 pairs"):
        embed(frames, files)


def test_files_that_know_no_word_of_the_video_are_refused(frames, files):
    with pytest.raises(AnalysisError, match=r"None of the 2 words has a vector.*language"):
        embed(frames, files, "guten tag")


def test_progress_names_the_file_that_is_read(frames, files):
    notes: list[str] = []
    embed(frames, files, "the virus", progress=lambda done, total, note: notes.append(note))
    assert notes == ["reading en.txt", "pictures"]


def test_a_traditional_word_has_its_simplified_word_s_vector_and_keeps_its_characters(frames, tmp_path):
    path = tmp_path / "hans.txt"
    path.write_text("2 2\n医生 4 1\n说 5 1\n", "utf-8")
    dataset = embed(frames, choose_files([path]), "醫生說")
    assert dataset.tokens == (("醫生", "說"),)
    assert dataset.word_vectors[0].tolist() == [[4, 1], [5, 1]]
    assert dataset.unknown == 0
