"""The bundled pair is a project like any other, ready without a network."""

from pathlib import Path

import pytest

from services.captions import read_captions
from services.errors import AnalysisError
from services.recipe import Project
from services.recipe_key import digest
from services.sample import FOLDER, sample_project
from services.sources import source_of

OFFLINE = {"word-vectors": "use-pca300", "descriptions": "labels", "tags": "keywords", "phrases": "use"}


@pytest.fixture(scope="module")
def project() -> Project:
    return sample_project(backends=OFFLINE)


def test_the_sample_is_told_once_in_english_and_once_in_chinese(project: Project):
    assert (project.left.transcript.language, project.right.transcript.language) == ("en", "zh-Hans")
    for recipe in (project.left, project.right):
        assert read_captions(recipe.transcript.location, recipe.transcript.language).segments


def test_its_videos_are_files_that_come_with_the_program(project: Project):
    for recipe in (project.left, project.right):
        assert Path(recipe.source.location).parent == FOLDER
        assert source_of(recipe.source.location).digest == recipe.source.digest


def test_its_topic_names_both_videos(project: Project):
    assert project.topic == f"{project.left.source.title} · {project.right.source.title}"
    assert project.left.source.title != project.right.source.title


def test_it_names_the_same_results_wherever_the_program_lies(project: Project):
    assert digest(sample_project(backends=OFFLINE).left) == digest(project.left)
    assert project.left.source.digest != project.right.source.digest


def test_its_choices_are_those_of_any_project():
    project = sample_project("standard", backends=OFFLINE, epochs=3)
    assert project.preset == "standard"
    assert (project.left.training.epochs, project.right.training.epochs) == (3, 3)


def test_a_preset_that_does_not_exist_is_told():
    with pytest.raises(
        AnalysisError, match=r"There is no preset 'huge'\. Choose one of: quick, standard, paper"
    ):
        sample_project("huge", backends=OFFLINE)
