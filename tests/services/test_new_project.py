"""A new project has what was asked for, and the backends that its preset stands for."""

from pathlib import Path
from typing import Any

import pytest

from crvae.config import PRESETS
from services.choose import with_k
from services.errors import AnalysisError
from services.new_project import chosen_backends, new_project, same_settings
from services.recipe import SIDES, Project, Sampling, Source, TranscriptChoice
from services.topics import TOPIC_MAX

LEFT, RIGHT = Source("file", "ab", "/en.mp4", "Moon"), Source("file", "cd", "/zh.mp4", "月球")
TEXT_LEFT, TEXT_RIGHT = (
    TranscriptChoice(language="en", digest="12"),
    TranscriptChoice(language="zh", digest="34"),
)
OFFLINE = {"word-vectors": "use-pca300", "descriptions": "labels", "tags": "keywords", "phrases": "use"}


def made(topic: str = "Moon", **choices: Any) -> Project:
    backends = OFFLINE | choices.pop("backends", {})
    return new_project(topic, LEFT, RIGHT, TEXT_LEFT, TEXT_RIGHT, backends=backends, **choices)


def word_vectors(folder: Path, size: int) -> Path:
    path = folder / "vectors.txt"
    numbers = " ".join(["0.5"] * size)
    path.write_text(f"rocket {numbers}\nmoon {numbers}\n")
    return path


def test_each_side_has_its_own_source_and_transcript():
    project = made()
    assert (project.left.source, project.left.transcript) == (LEFT, TEXT_LEFT)
    assert (project.right.source, project.right.transcript) == (RIGHT, TEXT_RIGHT)


def test_both_sides_share_every_other_setting():
    project = made(interval_s=2.5, epochs=7)
    for side in SIDES:
        recipe = project.recipe(side)
        assert (recipe.sampling, recipe.training.epochs) == (Sampling(2.5), 7)


@pytest.mark.parametrize("preset", ["quick", "standard"])
def test_model_and_training_are_the_preset_s(preset: str):
    project = made(preset=preset)
    assert (project.left.model, project.left.training) == (PRESETS[preset].model, PRESETS[preset].training)


def test_without_a_topic_the_titles_stand_in():
    assert made("  ").topic == "Moon / 月球"


def test_long_titles_are_cut_where_they_stand_in_for_the_topic():
    long = Source("file", "ab", "/en.mp4", "M" * 300)
    topic = new_project("", long, RIGHT, TEXT_LEFT, TEXT_RIGHT, backends=OFFLINE).topic
    assert topic == "M" * (TOPIC_MAX - 1) + "…"


def test_a_topic_that_is_too_long_is_told():
    with pytest.raises(AnalysisError, match=r"has 201 characters, and at most 200 are kept\. Write fewer"):
        made("x" * 201)


def test_titles_that_are_equal_are_named_once():
    assert new_project("", LEFT, LEFT, TEXT_LEFT, TEXT_LEFT, backends=OFFLINE).topic == "Moon"


def test_k_is_left_to_the_analyst():
    project = made()
    assert (project.left.clustering.k, project.right.clustering.k) == (None, None)


def test_every_role_gets_the_backend_that_was_asked_for():
    project = made()
    for side in SIDES:
        recipe = project.recipe(side)
        names = (recipe.embedding.backend, recipe.describing.backend, recipe.tagging.backend, recipe.phrases)
        assert names == tuple(OFFLINE.values())
    assert project.comparing.phrases == "use"


def test_files_of_word_vectors_set_the_size_that_the_model_reads(tmp_path: Path):
    project = made(backends={"word-vectors": f"files:{word_vectors(tmp_path, size=20)}"})
    assert project.left.embedding.backend == "files"
    assert project.left.model.word_vector_size == 20


def test_the_paper_s_preset_asks_for_files_of_word_vectors():
    with pytest.raises(AnalysisError, match=r"The preset 'paper' takes .* word-vectors=files:PATH,PATH"):
        chosen_backends("paper", {})


def test_the_backend_files_without_a_path_asks_for_one():
    with pytest.raises(AnalysisError, match=r"^The backend files, so word-vector files must be named"):
        made(backends={"word-vectors": "files"})


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"preset": "huge"}, r"no preset 'huge'\. Choose one of: quick, standard, paper"),
        ({"epochs": 0}, r"epochs is 0, expected 1 to 100000\. Choose a value"),
        ({"interval_s": 0.001}, r"interval_s is 0\.001, expected 0\.04 to 600"),
        ({"backends": {"music": "use"}}, r"no role 'music'\. Choose one of: word-vectors"),
        ({"backends": {"tags": "gpt"}}, r"No backend for tags is called 'gpt'"),
        (
            {"backends": {"phrases": "hub:nobody/nothing"}},
            r"not on this machine.* phrases=auto takes the best",
        ),
        ({"backends": {"word-vectors": "files:"}}, "No word-vector file is chosen"),
        ({"backends": {"word-vectors": "files:/absent/glove.txt"}}, r"glove\.txt"),
    ],
)
def test_a_choice_that_cannot_be_is_told(choices: dict[str, Any], words: str):
    with pytest.raises(AnalysisError, match=words):
        made(**choices)


def test_another_topic_or_place_of_a_file_is_the_same_project():
    moved = Source("file", "ab", "/elsewhere.mp4", "Renamed")
    other = new_project("Mars", moved, RIGHT, TEXT_LEFT, TEXT_RIGHT, backends=OFFLINE)
    assert same_settings(made(), other)


def test_another_k_is_another_project_unless_k_is_left_aside():
    three, four = (with_k(made(), "left", k) for k in (3, 4))
    assert not same_settings(three, four)
    assert same_settings(three, four, with_k=False)


def test_exchanged_sides_are_another_project():
    assert not same_settings(made(), new_project("", RIGHT, LEFT, TEXT_RIGHT, TEXT_LEFT, backends=OFFLINE))
