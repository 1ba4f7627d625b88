"""A choice changes what it says, on the side it says, and nothing else."""

import dataclasses
from typing import get_args

import pytest

from crvae.config import PRESETS, Family, ModelConfig, TrainingConfig
from crvae.records import KScore, KSweep
from services import choose
from services.errors import AnalysisError
from services.recipe import (
    ClusterChoice,
    Describing,
    PairEdit,
    Project,
    Recipe,
    Sampling,
    Source,
    TagEdit,
    Tagging,
    TranscriptChoice,
)


def recipe(digest: str) -> Recipe:
    return Recipe(
        Source("file", digest),
        TranscriptChoice(),
        model=ModelConfig(word_vector_size=50),
        training=TrainingConfig(seed=7),
        clustering=ClusterChoice(k=3, seed=5),
        describing=Describing("labels", prompt="A photo of"),
        tagging=Tagging("keywords", n_tags=8, temperature=0.2),
        tag_edits=(TagEdit("d", 0, name="First"),),
    )


PROJECT = Project("p", "Moon", recipe("left"), recipe("right"))


def changed(before: Recipe, after: Recipe) -> dict[str, object]:
    """The fields that differ, as they are afterwards."""
    names = [f.name for f in dataclasses.fields(Recipe)]
    return {name: getattr(after, name) for name in names if getattr(after, name) != getattr(before, name)}


def test_a_topic_is_kept_without_the_spaces_around_it():
    assert choose.with_topic(PROJECT, " 月球 ") == dataclasses.replace(PROJECT, topic="月球")


def test_an_empty_topic_is_told():
    with pytest.raises(AnalysisError, match=r"topic is empty\. Write a few words"):
        choose.with_topic(PROJECT, "  ")


def test_both_videos_are_sampled_alike():
    project = choose.with_interval(PROJECT, 2.5)
    for side in (project.left, project.right):
        assert changed(recipe(side.source.digest), side) == {"sampling": Sampling(2.5)}


@pytest.mark.parametrize("interval_s", [0.0, -1.0, 601.0, float("nan")])
def test_an_interval_out_of_range_is_told_with_the_range(interval_s: float):
    with pytest.raises(AnalysisError, match=r"cannot be sampled\. Choose between 0\.04 and 600 seconds"):
        choose.with_interval(PROJECT, interval_s)


def test_a_preset_keeps_the_word_vectors_size_and_the_seed():
    project, preset = choose.with_preset(PROJECT, "standard"), PRESETS["standard"]
    assert project.preset == "standard"
    assert project.left.model == dataclasses.replace(preset.model, word_vector_size=50)
    assert project.right.training == dataclasses.replace(preset.training, seed=7)


def test_epochs_given_by_hand_replace_the_preset_s():
    project = choose.with_preset(PROJECT, "quick", epochs=9)
    assert (project.left.training.epochs, project.right.training.epochs) == (9, 9)


def test_another_model_changes_model_and_training_of_both_videos_alone():
    variant = choose.Variant(rnn="rnn", teacher_forcing=False, text_encoder="transformer", denoising=0.3)
    project = choose.with_model(PROJECT, variant)
    for side in (project.left, project.right):
        assert set(changed(recipe(side.source.digest), side)) == {"model", "training"}
        assert choose.variant_of(side) == variant
        assert (side.model.word_vector_size, side.training.seed) == (50, 7)
    back = choose.with_model(project, choose.Variant())
    assert (back.left, back.right) == (PROJECT.left, PROJECT.right)


@pytest.mark.parametrize("family", ["dense", "pure"])
def test_a_model_of_pictures_alone_has_one_recipe_whatever_was_chosen_for_words(family: Family):
    project = choose.with_model(PROJECT, choose.Variant(family, rnn="rnn", denoising=0.5))
    assert choose.variant_of(project.left) == choose.Variant(family)


def test_the_paper_s_preset_gives_each_family_its_own_epochs():
    project = choose.with_preset(PROJECT, "paper")
    for family, epochs in (("dense", 300), ("pure", 100), ("crvae", 500)):
        project = choose.with_model(project, choose.Variant(family))
        assert (project.left.training.epochs, project.right.training.epochs) == (epochs, epochs)


def test_another_preset_keeps_the_variant_and_takes_its_epochs():
    project = choose.with_model(choose.with_preset(PROJECT, "quick"), choose.Variant("pure"))
    assert project.left.training.epochs == PRESETS["quick"].training.epochs
    project = choose.with_preset(project, "paper")
    assert (project.left.model.family, project.left.training.epochs) == ("pure", 100)


def test_epochs_given_by_hand_outlast_another_model():
    project = choose.with_model(choose.with_preset(PROJECT, "paper", epochs=9), choose.Variant("dense"))
    assert project.left.training.epochs == 9


def test_a_denoising_out_of_range_is_told_with_the_range():
    with pytest.raises(AnalysisError, match=r"denoising is 2, expected in \[0, 1\]\. Choose a value"):
        choose.with_model(PROJECT, choose.Variant(denoising=2))


def test_every_family_has_a_title():
    assert set(choose.FAMILY_TITLES) == set(get_args(Family))


def test_corrections_replace_those_of_their_side_alone():
    edits = (PairEdit(2, text="new"),)
    project = choose.with_edits(PROJECT, "right", edits)
    assert (changed(PROJECT.left, project.left), changed(PROJECT.right, project.right)) == (
        {},
        {"edits": edits},
    )


def test_a_chosen_k_keeps_its_seed():
    project = choose.with_k(PROJECT, "left", 4)
    assert (project.left.clustering, project.right) == (ClusterChoice(4, seed=5), PROJECT.right)


def test_the_recommended_k_is_not_taken_by_itself():
    sweep = KSweep((KScore(2, 1, 1, 0.9, 0.3, (6, 6)), KScore(3, 1, 1, 0.9, 0.6, (4, 4, 4))))
    assert choose.recommended(sweep).k == 3


def test_other_backends_keep_prompt_and_temperature():
    project = choose.with_tag_backends(PROJECT, "blip", "chat")
    for side in (project.left, project.right):
        assert side.describing == Describing("blip", prompt="A photo of")
        assert side.tagging == Tagging("chat", n_tags=8, temperature=0.2)


def test_edits_of_tags_are_added_to_those_before():
    more = (TagEdit("d", 1, tag="crew", is_dropped=True),)
    project = choose.with_tag_edits(PROJECT, "left", more)
    assert project.left.tag_edits == (*PROJECT.left.tag_edits, *more)
