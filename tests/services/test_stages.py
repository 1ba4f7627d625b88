"""Keys name exactly what shapes a result, and build computes nothing twice."""

import dataclasses
from pathlib import Path

import pytest

from services import stages
from services.errors import StageMissing
from services.recipe import (
    Alignment,
    ClusterChoice,
    Comparing,
    PairEdit,
    Piece,
    Project,
    Recipe,
    Sampling,
    Source,
    TagEdit,
    TextEdit,
    TranscriptChoice,
)
from services.recipe_key import digest
from services.records import Frames, Transcript, VideoFile
from services.stages import STAGES, key
from services.store import Store

RECIPE = Recipe(Source("file", "ab", location="/a.mp4"), TranscriptChoice(digest="cd"))


def changed_by(**fields: object) -> set[str]:
    """Stages whose key differs when these fields of the recipe do."""
    other = dataclasses.replace(RECIPE, **fields)
    return {name for name in STAGES if key(other, name) != key(RECIPE, name)}


def test_every_stage_reads_fields_that_exist_and_needs_stages_before_it():
    fields = {f.name for f in dataclasses.fields(Recipe)}
    seen: set[str] = set()
    for name, stage in STAGES.items():
        assert set(stage.reads) <= fields
        assert set(stage.needs) <= seen
        seen.add(name)


def test_every_field_of_the_recipe_is_read_by_a_stage():
    read = {name for stage in STAGES.values() for name in stage.reads}
    assert read == {f.name for f in dataclasses.fields(Recipe) if f.metadata.get("in_key", True)}


def test_a_change_of_k_touches_clusters_and_what_follows_and_never_the_training():
    assert changed_by(clustering=ClusterChoice(k=4)) == {"clusters", "profile", "tags", "themes"}


def test_an_edited_segment_leaves_video_frames_and_transcript_alone():
    touched = changed_by(text_edits=(TextEdit((3000,), (Piece(3000, 3.0, 5.0, "new"),)),))
    assert not touched & {"video", "frames", "transcript"}
    assert {"segments", "pairs", "dataset", "model"} <= touched


def test_another_frame_for_a_segment_leaves_the_texts_alone():
    touched = changed_by(edits=(PairEdit(3000, frame=4),))
    assert not touched & {"video", "frames", "transcript", "segments"}
    assert {"pairs", "dataset", "model"} <= touched


def test_renaming_a_cluster_touches_themes_alone():
    assert changed_by(tag_edits=(TagEdit("d", 0, name="Launch"),)) == {"themes"}


def test_sampling_touches_all_that_is_made_of_frames():
    assert "segments" not in changed_by(sampling=Sampling(2.5))
    assert {"frames", "pairs"} <= changed_by(sampling=Sampling(2.5))


def test_where_a_file_lies_changes_no_key():
    assert changed_by(source=Source("file", "ab", location="/elsewhere.mp4", title="x")) == set()


def test_a_comparison_is_named_by_both_sides_and_its_settings():
    project = Project("p", "t", RECIPE, RECIPE)
    name = stages.comparison_key(project)
    assert stages.comparison_key(dataclasses.replace(project, topic="u", revision=9)) == name
    assert stages.comparison_key(dataclasses.replace(project, comparing=Comparing(n_best=5))) != name
    assert (
        stages.comparison_key(
            project.with_recipe("right", dataclasses.replace(RECIPE, clustering=ClusterChoice(k=4)))
        )
        != name
    )


@pytest.fixture
def recipe(drawn_video: Path, drawn_captions: Path) -> Recipe:
    from services import sources

    choice = sources.captions_of(str(drawn_captions), "en")
    return Recipe(sources.source_of(str(drawn_video)), choice, alignment=Alignment("nearest_start"))


def test_build_computes_what_is_missing_in_order_and_nothing_twice(tmp_path: Path, recipe: Recipe):
    store = Store(tmp_path / "cache")
    assert stages.missing(store, recipe, "pairs") == ["video", "frames", "transcript", "segments", "pairs"]
    heard: list[str] = []
    stages.build(store, recipe, "pairs", lambda done, total, note: heard.append(note.split(":")[0]))
    assert list(dict.fromkeys(heard)) == ["Video", "Frames", "Transcript", "Segments", "Pairs"]
    assert stages.missing(store, recipe, "pairs") == []
    heard.clear()
    stages.build(store, recipe, "pairs", lambda done, total, note: heard.append(note))
    assert heard == []


def test_stored_stages_load_as_their_records(tmp_path: Path, recipe: Recipe):
    store = Store(tmp_path / "cache")
    stages.build(store, recipe, "pairs")
    assert isinstance(stages.load(store, recipe, "video"), VideoFile)
    assert isinstance(stages.load(store, recipe, "frames"), Frames)
    assert isinstance(stages.load(store, recipe, "segments"), Transcript)


def test_the_segments_of_a_transcript_carry_ids_and_corrections_take_their_place(
    tmp_path: Path, recipe: Recipe
):
    store = Store(tmp_path / "cache")
    edit = TextEdit((2000,), (Piece(2000, 2.0, 4.0, "corrected"),))
    corrected = stages.build(store, dataclasses.replace(recipe, text_edits=(edit,)), "segments")
    got = stages.load(store, recipe, "transcript")
    assert [segment.id for segment in got.segments] == [2000 * n for n in range(10)]
    assert [a.text for a, b in zip(corrected.segments, got.segments, strict=True) if a != b] == ["corrected"]


def test_loading_what_nobody_built_says_so(tmp_path: Path, recipe: Recipe):
    with pytest.raises(StageMissing, match="The step 'Pairs' has not been computed"):
        stages.load(Store(tmp_path / "cache"), recipe, "pairs")


def test_a_whole_number_names_the_same_result_with_and_without_its_point():
    typed, read_back = Sampling(interval_s=2), Sampling(interval_s=2.0)
    assert digest(typed) == digest(read_back)
