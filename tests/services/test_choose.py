"""A choice changes what it says, on the side it says, and nothing else."""

import dataclasses

import pytest

from crvae.config import PRESETS, ModelConfig, TrainingConfig
from services import choose, variants
from services.errors import AnalysisError
from services.recipe import (
    Alignment,
    ClusterChoice,
    Comparing,
    Describing,
    PairEdit,
    Piece,
    Project,
    Recipe,
    Sampling,
    Side,
    Source,
    TagEdit,
    Tagging,
    TextEdit,
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


def test_a_topic_beyond_200_characters_is_told_unless_the_project_has_it_already():
    with pytest.raises(AnalysisError, match=r"has 201 characters, and at most 200 are kept\. Write fewer"):
        choose.with_topic(PROJECT, "x" * 201)
    assert choose.with_topic(PROJECT, "x" * 200).topic == "x" * 200
    opened = dataclasses.replace(PROJECT, topic="x" * 400)
    assert choose.with_topic(opened, "x" * 400) == opened


def test_both_videos_are_sampled_alike():
    project = choose.with_sampling(PROJECT, Sampling(2.5))
    for side in (project.left, project.right):
        assert changed(recipe(side.source.digest), side) == {"sampling": Sampling(2.5)}


def test_a_preset_keeps_the_word_vectors_size_and_the_seed():
    project, preset = choose.with_preset(PROJECT, "standard"), PRESETS["standard"]
    assert project.preset == "standard"
    assert project.left.model == dataclasses.replace(preset.model, word_vector_size=50)
    assert project.right.training == dataclasses.replace(preset.training, seed=7)


def test_epochs_given_by_hand_replace_the_preset_s():
    project = choose.with_preset(PROJECT, "quick", epochs=9)
    assert (project.left.training.epochs, project.right.training.epochs) == (9, 9)


def test_another_preset_keeps_the_variant_and_takes_its_epochs():
    project = variants.with_model(choose.with_preset(PROJECT, "quick"), variants.Variant("pure"))
    assert project.left.training.epochs == PRESETS["quick"].training.epochs
    project = choose.with_preset(project, "paper")
    assert (project.left.model.family, project.left.training.epochs) == ("pure", 100)


def test_a_chosen_k_keeps_its_seed():
    project = choose.with_k(PROJECT, "left", 4)
    assert (project.left.clustering, project.right) == (ClusterChoice(4, seed=5), PROJECT.right)


def corrected(side: Side) -> Project:
    """PROJECT with a text and a pair corrected by hand."""
    text = TextEdit((2000,), (Piece(2000, 2.0, 4.0, "new"),))
    recipe = dataclasses.replace(
        PROJECT.recipe(side), text_edits=(text,), edits=(PairEdit(2000, is_dropped=True),)
    )
    return PROJECT.with_recipe(side, recipe)


def test_a_method_of_pairing_is_one_side_s_and_keeps_its_corrections():
    before = corrected("right")
    after = choose.with_alignment(before, "right", "uniform")
    assert changed(before.right, after.right) == {"alignment": Alignment("uniform")}
    assert after.left == before.left


def test_every_method_of_pairing_has_a_name_and_a_reason():
    assert set(choose.ALIGNMENTS) == {"auto", "nearest_start", "uniform", "all_frames"}
    with pytest.raises(AnalysisError, match="no method 'random' of pairing"):
        choose.with_alignment(PROJECT, "left", "random")


def test_another_video_keeps_the_captions_and_loses_the_corrections():
    before = corrected("left")
    video = Source("file", "other")
    after = choose.with_source(before, "left", source=video, captions=None, language="en")
    assert changed(before.left, after.left) == {"source": video, "edits": (), "text_edits": ()}


def test_corrections_stay_when_captions_of_the_same_language_come_anew():
    before, captions = corrected("left"), TranscriptChoice(digest="anew")
    after = choose.with_source(before, "left", source=None, captions=captions, language="en")
    assert changed(before.left, after.left) == {"transcript": captions}
    other = TranscriptChoice(language="fr", digest="other")
    after = choose.with_source(before, "left", source=None, captions=other, language="fr")
    assert (after.left.edits, after.left.text_edits) == ((), ())


def test_what_was_found_right_is_forgotten_with_the_text_that_is_recognized_anew():
    heard = TranscriptChoice("asr", "zh-Hans", backend="whisper-base")
    recipe = dataclasses.replace(PROJECT.left, transcript=heard, confirmed=(2000,))
    assert choose.with_language(PROJECT.with_recipe("left", recipe), "left", "en").left.confirmed == ()


def test_a_new_link_without_a_file_takes_youtube_s_captions():
    given = dataclasses.replace(PROJECT.left, transcript=TranscriptChoice(digest="old", location="/old.srt"))
    link = Source("youtube", "doP5UacBlt0")
    project = PROJECT.with_recipe("left", given)
    after = choose.with_source(project, "left", source=link, captions=None, language="de")
    assert (after.left.source, after.left.transcript) == (link, TranscriptChoice(language="de"))


def test_other_captions_keep_the_video():
    file = TranscriptChoice(language="zh-Hans", digest="new")
    after = choose.with_source(PROJECT, "right", source=None, captions=file, language="zh-Hans")
    assert changed(PROJECT.right, after.right) == {"transcript": file}


def test_another_language_keeps_a_file_s_corrections_and_drops_those_of_youtube_s_captions():
    edits = (PairEdit(2000, frame=3),)
    file = dataclasses.replace(PROJECT.left, transcript=TranscriptChoice(digest="d"), edits=edits)
    after = choose.with_language(PROJECT.with_recipe("left", file), "left", "zh-Hans")
    assert (after.left.transcript.language, after.left.edits) == ("zh-Hans", edits)
    fetched = dataclasses.replace(PROJECT.left, edits=edits)
    after = choose.with_language(PROJECT.with_recipe("left", fetched), "left", "zh-Hans")
    assert (after.left.transcript.language, after.left.edits) == ("zh-Hans", ())


def test_a_backend_for_phrases_serves_the_tags_of_both_videos_and_the_comparison():
    project = choose.with_backend(PROJECT, "phrases", "hub:owner/model")
    assert (project.left.phrases, project.right.phrases) == ("hub:owner/model", "hub:owner/model")
    assert project.comparing == Comparing(phrases="hub:owner/model")


@pytest.mark.parametrize("role", ["descriptions", "tags", "phrases"])
def test_a_backend_that_was_taken_is_the_one_in_use(role: str):
    assert choose.backend_in_use(choose.with_backend(PROJECT, role, "hub:o/m"), role) == "hub:o/m"


def test_word_vectors_are_part_of_the_model_and_cannot_be_exchanged_in_a_project():
    assert choose.backend_in_use(PROJECT, "word-vectors") == "use-pca300"
    with pytest.raises(AnalysisError, match="word-vectors cannot be changed"):
        choose.with_backend(PROJECT, "word-vectors", "files")


def test_the_paper_s_models_are_named_with_what_takes_their_place(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.backends.is_present", lambda backend: backend.name != "llama2")
    told = {model.paper.name: model.taken.name for model in choose.paper_models()}
    assert told == {"files": "use-pca300", "blip": "blip", "llama2": "chat", "phrase-bert": "use"}
    assert [model.is_taken for model in choose.paper_models()] == [False, True, False, False]


def test_other_backends_keep_prompt_and_temperature():
    project = choose.with_tag_backends(PROJECT, "blip", "chat")
    for side in (project.left, project.right):
        assert side.describing == Describing("blip", prompt="A photo of")
        assert side.tagging == Tagging("chat", n_tags=8, temperature=0.2)


def test_edits_of_tags_are_added_to_those_before():
    more = (TagEdit("d", 1, tag="crew", is_dropped=True),)
    project = choose.with_tag_edits(PROJECT, "left", more)
    assert project.left.tag_edits == (*PROJECT.left.tag_edits, *more)
