"""Which model is trained, and what that asks of the machine: preset, variant, epochs, seed."""

import dataclasses

import streamlit as st

from pages.ui.training import in_words
from services import engine, memory
from services.choose import PRESET_TITLES, with_preset
from services.labels import without_markdown
from services.recipe import SIDES, Project, Side
from services.runs import Run, measured
from services.stages import load
from services.training_load import TrainingLoad, lack_of_memory, training_load
from services.variants import (
    EPOCHS_MAX,
    FAMILY_TITLES,
    FAMILY_USES,
    RNN_TITLES,
    SEED_MAX,
    TEXT_ENCODER_TITLES,
    Variant,
    preset_epochs,
    training_told,
    variant_name,
    variant_of,
    with_model,
    with_training,
)
from services.workspace import Workspace


def choose_model(ws: Workspace, project: Project) -> None:
    """Preset first, then the model behind it; every change is saved at once."""
    preset = st.segmented_control(
        "Preset",
        list(PRESET_TITLES),
        default=project.preset if project.preset in PRESET_TITLES else None,
        required=True,
        format_func=lambda name: name.capitalize(),
        key=f"train_preset_{project.revision}",
    )
    if preset and preset != project.preset:
        _save(ws, with_preset(project, preset), f"preset set to '{preset}'")
    st.caption(
        f"{PRESET_TITLES[project.preset]}. Now: **{variant_name(variant_of(project.left))}**, "
        f"{training_told(project)}. It turns each pair into a vector of "
        f"{project.left.model.latent_size} numbers; an epoch is one pass over the video."
    )
    with st.expander("Which model", icon=":material/tune:", key="train_model"):
        _family_and_options(ws, project)
        _epochs_and_seed(ws, project)


def _family_and_options(ws: Workspace, project: Project) -> None:
    now, revision = variant_of(project.left), project.revision
    left, right = st.columns(2, gap="large")
    with left:
        families = list(FAMILY_TITLES)
        family = st.radio(
            "What it sees",
            families,
            index=families.index(now.family),
            format_func=lambda name: FAMILY_TITLES[name],
            captions=[FAMILY_USES[name] for name in families],
            key=f"train_family_{revision}",
        )
    with right:
        if now.family == "crvae":
            wanted = dataclasses.replace(_words(now, revision), family=family)
        else:
            st.caption("A model of pictures alone has no choices about words.")
            wanted = Variant(family)
    if wanted != now:
        _save(ws, with_model(project, wanted), f"model set to {variant_name(wanted)}")


def _words(now: Variant, revision: int) -> Variant:
    """The choices about words, which the CRVAE alone has."""
    rnn = st.segmented_control(
        "Cells that read and write the words",
        list(RNN_TITLES),
        default=now.rnn,
        required=True,
        format_func=lambda name: RNN_TITLES[name],
        key=f"train_rnn_{revision}",
        help="The paper's best is the LSTM. The plain RNN forgets sooner; the paper's table 2 has it.",
    )
    text_encoder = st.segmented_control(
        "How the words are read",
        list(TEXT_ENCODER_TITLES),
        default=now.text_encoder,
        required=True,
        format_func=lambda name: TEXT_ENCODER_TITLES[name],
        key=f"train_text_encoder_{revision}",
        help="The Transformer reads all words at once. The paper names it as an idea and did not measure it.",
    )
    teacher_forcing = st.toggle(
        "Teacher forcing",
        now.teacher_forcing,
        key=f"train_teacher_forcing_{revision}",
        help="Each word is drawn knowing the true one before it. Off: a stricter look at what the vector "
        "itself knows of the words, and a slower training.",
    )
    denoising = st.slider(
        "Denoising: pairs whose picture or words are hidden",
        0,
        100,
        round(100 * now.denoising),
        5,
        format="%d%%",
        key=f"train_denoising_{revision}",
        help="What is hidden must be drawn from what is left, so pictures and words learn to tell of each "
        "other. 0% is the paper's training.",
    )
    return Variant(
        "crvae",
        "rnn" if rnn == "rnn" else "lstm",
        teacher_forcing,
        "transformer" if text_encoder == "transformer" else "rnn",
        denoising / 100,
    )


def _epochs_and_seed(ws: Workspace, project: Project) -> None:
    now, revision = project.left.training, project.revision
    usual = preset_epochs(project.preset, project.left.model.family)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        epochs = st.number_input(
            "Epochs",
            1,
            EPOCHS_MAX,
            now.epochs,
            10,
            key=f"train_epochs_{revision}",
            width=160,
            help=f"Passes over the video; {usual} is usual here. More take longer and fit closer.",
        )
        seed = st.number_input(
            "Seed",
            0,
            SEED_MAX,
            now.seed,
            key=f"train_seed_{revision}",
            width=160,
            help="Where chance begins. Train with two or three seeds: what all of them find is no accident.",
        )
        is_ended = any(project.recipe(side).training.stop_after for side in SIDES)
        goes_on = is_ended and st.button(
            "Train to the end",
            key="train_to_end",
            icon=":material/resume:",
            help=f"A training was kept early; this takes up the rest of the {now.epochs} epochs.",
        )
    if goes_on or (epochs, seed) != (now.epochs, now.seed):
        what = f"training set to {epochs} epochs, seed {seed}"
        _save(ws, with_training(project, epochs=epochs, seed=seed), what)


def _save(ws: Workspace, project: Project, what: str) -> None:
    ws.projects.save(project, what)
    st.rerun()


def estimate(ws: Workspace, project: Project, runs: tuple[Run, ...]) -> None:
    """What the trainings will take, and a warning where the memory for them is not there."""
    n_pairs: dict[Side, int] = {
        side: len(load(ws.store, project.recipe(side), "pairs").texts) for side in SIDES
    }
    loads = [
        training_load(
            project.recipe(side).model,
            project.recipe(side).training,
            n_pairs[side],
            measured(runs, project, side, n_pairs),
        )
        for side in SIDES
    ]
    longest = max(loads, key=lambda each: each.seconds)
    st.caption(f":material/schedule: {_time(longest)}. :material/memory: {_room(longest)}.")
    where = engine.find(ws)
    if where is None or where.is_local:
        lack = lack_of_memory(longest.memory_gb, memory.free_bytes())
        if lack:
            st.warning(lack, icon=":material/memory:")


def _time(asked: TrainingLoad) -> str:
    if asked.measured_on:
        device = without_markdown(asked.measured_on)
        return f"About **{in_words(asked.seconds)}** a video, as measured in an earlier run on {device}"
    return (
        f"Roughly **{in_words(asked.seconds)}** a video on two processor cores, a tenth of it or less on a "
        "graphics card"
    )


def _room(asked: TrainingLoad) -> str:
    return (
        f"About **{asked.memory_gb:.1f} GB** of memory; up to {_on_disk(asked.disk_gb)} of disk meanwhile, "
        f"{_on_disk(asked.kept_gb)} kept"
    )


def _on_disk(gb: float) -> str:
    return f"{gb:.1f} GB" if gb >= 0.1 else f"{max(1, round(1000 * gb))} MB"
