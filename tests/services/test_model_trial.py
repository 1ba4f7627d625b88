"""The test button runs a real example for each role."""

import pytest

from services.backends import find
from services.errors import AnalysisError
from services.model_trial import trial
from services.records import quiet
from tests import tiny_models


@pytest.mark.models
@pytest.mark.parametrize(
    ("role", "name", "answer"),
    [
        ("word-vectors", "use-pca300", "“rocket” and “火箭”: 0."),
        ("descriptions", "labels", "Answer: spoonbill"),
        ("tags", "keywords", "launch tower"),
        ("phrases", "use", "“elderly people” and “老年人”: 0."),
        ("speech", "whisper-base", "best of times"),
    ],
)
def test_each_default_answers_its_example(role: str, name: str, answer: str):
    assert answer in trial(find(role, name), quiet)


def test_a_model_of_the_hub_answers_with_the_loading_code_of_a_project(tmp_path):
    folder = tiny_models.save_chat(tmp_path, ["1. masks\n2. lab coats"])
    told = trial(find("tags", f"hub:{folder}"), quiet)
    assert "masks, lab coats, " in told
    assert "(keyword)" in told


def test_a_model_that_is_not_here_says_so():
    with pytest.raises(AnalysisError, match="is not on this machine"):
        trial(find("tags", "hub:nobody/nothing"), quiet)
