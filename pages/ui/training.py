"""The model's choice in words, the live view of a training, and its result."""

import streamlit as st

from pages.ui.context import theme
from pages.ui.parts import STILL
from services import choose, figures, jobs
from services.choose import PRESET_TITLES
from services.jobs import JobStatus
from services.recipe import SIDES, Project, Recipe, Side
from services.stages import load
from services.workspace import Workspace

HINT = (
    "Resume goes on from the last checkpoint, or from the beginning if none was written. If memory ran out, "
    "close other programs first, or choose Quick above."
)


def preset_choice(ws: Workspace, project: Project) -> str:
    """The preset that the analyst picked, with its model and what it asks of the machine in words below."""
    chosen = st.segmented_control(
        "Model",
        list(PRESET_TITLES),
        default=project.preset if project.preset in PRESET_TITLES else None,
        required=True,
        format_func=lambda name: name.capitalize(),
        key=f"train_preset_{project.revision}",
    )
    model, training = project.left.model, project.left.training
    load_left = choose.training_load(project, "left", len(load(ws.store, project.left, "pairs").texts))
    st.caption(
        f"{PRESET_TITLES[project.preset]}. It turns each pair into a vector of {model.latent_size} numbers "
        f"and sees the video {training.epochs} times (epochs). It takes "
        f"about {load_left.memory_gb:g} GB of memory and, on two processor cores, roughly "
        f"{in_words(load_left.cpu_s)} a video; a graphics card is used if there is one."
    )
    return chosen or project.preset


def start_both(ws: Workspace, project: Project) -> None:
    for side in SIDES:
        jobs.submit(ws, project, side, "model")


def live(status: JobStatus) -> None:
    """Losses, last reconstructions and the time left of a running training. Altair: plotly flickers here."""
    if not status.history:
        st.caption("The first epoch is on its way." if status.state == "running" else "Not begun yet.")
        return
    if status.state == "running":
        recent = status.history[-5:]
        epoch_s = sum(epoch.seconds for epoch in recent) / len(recent)
        left = max(0, status.total - status.history[-1].epoch)
        st.caption(f"{epoch_s:.1f} s an epoch · about {in_words(left * epoch_s)} left")
    st.altair_chart(figures.loss_chart(status.history))
    if status.preview:
        st.image(
            status.preview,
            width="stretch",
            caption="Above: frames of the video. Below: as the model draws them.",
        )


def finished(ws: Workspace, recipe: Recipe, side: Side) -> None:
    """What the training reached, with the curves."""
    trained = load(ws.store, recipe, "model")
    last = trained.history[-1]
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Picture left unexplained",
            f"{last.image_fvu:.0%}",
            width="content",
            help="Share of the pictures' variance that the model does not explain (image_fvu). "
            "100% is as good as guessing the mean.",
        )
        st.metric(
            "Words left unexplained",
            f"{last.text_fvu:.0%}",
            width="content",
            help="The same for the word vectors (text_fvu).",
        )
        st.metric("Time", in_words(trained.seconds), width="content")
    st.plotly_chart(
        figures.training_curves(trained.history, theme=theme()), key=f"train_curves_{side}", config=STILL
    )
    st.caption(
        f"{trained.n_parameters / 1e6:,.1f} million parameters, {len(trained.history)} epochs on "
        f"{trained.device}."
    )


def in_words(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
