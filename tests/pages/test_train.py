"""Train: choose a model, start, what is said when a training ends early, and how runs are compared."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services import memory, stages
from services.projects import Projects
from services.recipe import Project
from services.store import Store
from services.variants import Variant, variant_of, with_model, with_training
from services.workspace import Workspace
from tests.pages.conftest import buttons, forget, links, open_page, record, words


def test_a_trained_pair_shows_what_is_left_unexplained_and_leads_on(ws: Workspace, project: Project):
    at = open_page("train", project)
    assert [metric.value for metric in at.metric] == ["10%", "14%", "8 s"] * 2
    assert links(at)["**Next: choose how many themes each video tells**"]


def test_an_untrained_pair_is_started_with_one_button(ws: Workspace, project: Project):
    forget(ws, project, "model")
    found = buttons(open_page("train", project))
    assert found["train_both"] == "Train both videos"
    assert found["job_start_left_model"] == "Train this video only"


def test_what_a_training_asks_of_the_machine_is_said_before_it_starts(ws: Workspace, project: Project):
    forget(ws, project, "model")
    told = words(open_page("train", project))
    assert "**1.1 GB** of memory" in told
    assert "Roughly **12 s** a video on two processor cores" in told  # 20 epochs of 24 pairs


def test_another_preset_is_saved_and_begins_anew(ws: Workspace, project: Project):
    at = open_page("train", project)
    at.button_group(key=f"train_preset_{project.revision}").set_value("standard").run()
    assert not at.exception
    assert ws.projects.get(project.project_id).preset == "standard"
    assert "train_both" in buttons(at)


def test_the_paper_s_preset_says_which_models_the_paper_took(ws: Workspace, project: Project):
    at = open_page("train", project)
    at.button_group(key=f"train_preset_{project.revision}").set_value("paper").run()
    assert not at.exception
    assert "Cluster tags: **Llama 2 7B chat**" in words(at)


def test_a_running_training_can_be_stopped_and_the_other_one_started(ws: Workspace, project: Project):
    forget(ws, project, "model")
    record(ws, project, "left", "model", "running")
    found = buttons(open_page("train", project))
    assert found["job_stop_left_model"] == "Stop"
    assert found["job_start_right_model"] == "Train this video"
    assert "train_both" not in found


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("failed", "Training on the English video failed. It ran out of memory. Press Resume."),
        ("stopped", "Training on the English video: Stopped. Resume continues from there."),
        ("interrupted", "Training on the English video was interrupted. It ran out of memory."),
    ],
)
def test_a_training_that_ended_early_says_why_and_is_resumed_by_one_word(
    ws: Workspace, project: Project, state, told: str
):
    forget(ws, project, "model")
    record(ws, project, "left", "model", state, "It ran out of memory. Press Resume.")
    at = open_page("train", project)
    assert told in words(at)
    assert buttons(at)["job_start_left_model"] == "Resume"
    assert ("from the last checkpoint" in words(at)) == (state != "stopped")


# The model


def pictures(at: AppTest) -> list[str]:
    """The captions of the pictures that have one."""
    return [each.proto.imgs[0].caption for each in at.get("image") if each.proto.imgs[0].caption]


def chosen(ws: Workspace, project: Project) -> Variant:
    left, right = ws.projects.get(project.project_id).left, ws.projects.get(project.project_id).right
    assert variant_of(left) == variant_of(right)
    return variant_of(left)


def test_another_family_is_saved_with_a_line_in_the_log(ws: Workspace, project: Project):
    at = open_page("train", project)
    at.radio(key=f"train_family_{project.revision}").set_value("dense").run()
    assert not at.exception
    assert chosen(ws, project) == Variant("dense")
    assert ws.projects.changes(project.project_id)[0].what == "model set to Dense CVAE"
    assert "Now: **Dense CVAE**" in words(at)
    assert buttons(at)["train_undo"] == "Undo: model set to Dense CVAE"


def test_choices_about_words_are_offered_to_the_crvae_alone(ws: Workspace, project: Project):
    at = open_page("train", project)
    toggle = f"train_teacher_forcing_{project.revision}"
    assert [each.key for each in at.toggle] == [toggle]
    at.radio(key=f"train_family_{project.revision}").set_value("pure").run()
    assert not at.toggle
    assert not at.slider
    assert "no choices about words" in words(at)


def test_each_choice_about_words_is_saved(ws: Workspace, project: Project):
    at = open_page("train", project)
    at.button_group(key=f"train_rnn_{project.revision}").set_value("rnn").run()
    at.button_group(key=f"train_text_encoder_{project.revision + 1}").set_value("transformer").run()
    at.toggle(key=f"train_teacher_forcing_{project.revision + 2}").set_value(False).run()
    at.slider(key=f"train_denoising_{project.revision + 3}").set_value(30).run()
    assert not at.exception
    assert chosen(ws, project) == Variant("crvae", "rnn", False, "transformer", 0.3)


def test_epochs_and_seed_are_saved_and_begin_anew(ws: Workspace, project: Project):
    at = open_page("train", project)
    at.number_input(key=f"train_epochs_{project.revision}").set_value(7).run()
    at.number_input(key=f"train_seed_{project.revision + 1}").set_value(3).run()
    assert not at.exception
    for side in (ws.projects.get(project.project_id).left, ws.projects.get(project.project_id).right):
        assert (side.training.epochs, side.training.seed) == (7, 3)
    assert "train_both" in buttons(at)


# What it asks of the machine


def test_the_speed_of_an_earlier_run_is_taken_and_named(ws: Workspace, project: Project):
    later = ws.projects.save(with_training(project, epochs=100, seed=0), "longer")
    told = words(open_page("train", later))
    # 8 s for 20 epochs of the same pairs.
    assert "About **40 s** a video, as measured in an earlier run on cpu" in told


def test_memory_that_is_not_there_is_warned_of_before_the_start(
    ws: Workspace, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(memory, "_GROUP", tmp_path)  # a container with 0.5 GB left
    (tmp_path / "memory.max").write_text("2000000000")
    (tmp_path / "memory.stat").write_text("inactive_file 0\n")
    (tmp_path / "memory.current").write_text("1500000000")
    forget(ws, project, "model")
    assert "about 1.1 GB of memory, and 0.5 GB are free" in words(open_page("train", project))


# Real trainings: two epochs of the quick preset


@pytest.fixture(scope="module")
def trained_root(filled_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose project has a real CRVAE on both sides, after a real pure CVAE on the left one."""
    root = tmp_path_factory.mktemp("trained") / "home"
    shutil.copytree(filled_root, root)
    ws = Workspace(root, Store(root / "cache"), Projects(root / "projects.sqlite"))
    (project,) = ws.projects.all()
    pure = ws.projects.save(with_training(with_model(project, Variant("pure")), epochs=2, seed=0), "pure")
    crvae = ws.projects.save(with_model(pure, Variant()), "CRVAE")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        for recipe in (pure.left, crvae.left, crvae.right):
            stages.build(ws.store, recipe, "model")
    return root


@pytest.fixture
def trained(trained_root: Path, ws: Workspace) -> Project:
    shutil.rmtree(ws.root)
    shutil.copytree(trained_root, ws.root)
    return ws.projects.all()[0]


def test_a_finished_training_shows_frames_sentences_and_each_part_of_the_loss(
    ws: Workspace, trained: Project
):
    at = open_page("train", trained)
    told = words(at)
    last = stages.load(ws.store, trained.left, "model").history[-1]
    for figure in (
        f"{last.image_fvu:.4f}",
        f"{last.text_fvu:.4f}",
        f"{last.total:.4f}",
        f"{last.image_mse:.4f}",
    ):
        assert f"<dd>{figure}</dd>" in told
    assert told.count("word0 word1 word2 word3</dt>") == 8  # four sentences a video
    assert "knowing the true one before it (teacher forcing)" in told
    assert pictures(at).count("Above: frames of the video. Below: as the finished model draws them.") == 2
    assert "2 epochs" in told
    assert "GB of memory at most" in told


def test_a_finished_model_of_pictures_alone_says_that_it_has_no_words(ws: Workspace, trained: Project):
    pure = ws.projects.save(with_model(trained, Variant("pure")), "pure")
    at = open_page("train", pure)
    assert "This model sees pictures alone, so it has no words to say." in words(at)
    assert [metric.value for metric in at.metric][1] == "–"


def test_every_run_is_listed_and_one_is_taken_up_again_and_undone(ws: Workspace, trained: Project):
    at = open_page("train", trained)
    table = at.dataframe[0].value
    assert set(table["model"]) == {"CRVAE, LSTM", "Pure CVAE"}
    assert list(table[table["model"] == "Pure CVAE"]["in_use"]) == [False]
    pick = at.selectbox(key=f"train_runs_pick_{trained.revision}")
    pick.set_value(next(n for n, model in zip(table["run"], table["model"], strict=True) if model[0] == "P"))
    at.run()
    at.button(key="train_runs_use").click().run()
    assert not at.exception
    assert chosen(ws, trained) == Variant("pure")
    at.button(key="train_undo").click().run()
    assert chosen(ws, trained) == Variant()


def test_the_paper_s_table_shows_what_is_trained_and_offers_the_rest(ws: Workspace, trained: Project):
    at = open_page("train", trained)
    assert not at.table  # folded: nothing is read for it
    at.session_state["train_table_1"] = at.session_state["train_table_2"] = True
    at.run()
    first, second = (table.value for table in at.table)
    last = stages.load(ws.store, trained.right, "model").history[-1]
    rows = first.set_index("Model")
    assert rows.loc["CRVAE, LSTM", "Chinese video"] == f"{last.image_mse:.4f}"
    assert rows.loc["Dense CVAE", "Chinese video"] == "not trained yet"
    assert rows.loc["CRVAE, LSTM", "Paper, Chinese"] == "0.0323"
    assert buttons(at)["train_missing_table_1"] == "Train the missing 3"
    assert len(second) == 12
    at.selectbox(key="train_reading_1").set_value("standardised").run()
    rows = at.table[0].value.set_index("Model")
    assert rows.loc["CRVAE, LSTM", "Chinese video"] == f"{last.image_fvu:.4f}"


def live_page() -> None:
    """The live view of a training that tells what a real one does."""
    import dataclasses
    import tempfile
    from pathlib import Path

    from pages.ui.training import live
    from services import codec
    from services.context import Context
    from services.jobs import JobStatus
    from services.previews import from_message
    from services.records import Machine
    from services.train import train
    from tests.services.small_training import small_dataset, small_recipe

    told = {}
    with tempfile.TemporaryDirectory() as folder:
        recipe = small_recipe("a", epochs=3)
        context = Context(
            Path(folder), lambda _, compute: compute(), emit=lambda event: told.update({event["kind"]: event})
        )
        trained = train(small_dataset(), recipe.model, recipe.training, context)
    machine = codec.decode(Machine, {k: v for k, v in told["machine"].items() if k != "kind"})
    status = JobStatus(
        "running", done=3, total=9, history=trained.history,
        preview=from_message(told["preview"]), machine=machine,
    )  # fmt: skip
    live(recipe, status)
    live(dataclasses.replace(recipe, model=dataclasses.replace(recipe.model, family="pure")), status)


def test_a_running_training_shows_speed_machine_frames_and_sentences(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    at = AppTest.from_function(live_page, default_timeout=60).run()
    assert not at.exception
    told = words(at)
    assert "s** an epoch · about **" in told
    assert "GB of memory in use" in told
    assert told.count("<dt>a b c</dt>") == 4
    assert "This model sees pictures alone" in told
    assert pictures(at) == ["Above: frames of the video. Below: as the model draws them after epoch 1."] * 2
