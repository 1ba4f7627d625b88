"""The live view of a training, and its result."""

from html import escape

import streamlit as st

from pages.ui import preview
from pages.ui.context import theme
from pages.ui.parts import STILL
from services import figures, jobs, keep
from services.jobs import JobStatus
from services.labels import without_markdown
from services.recipe import SIDES, Project, Recipe, Side
from services.records import Machine, TrainedModel
from services.stages import load
from services.variants import epochs_told
from services.workspace import Workspace

HINT = (
    "Resume goes on from the last checkpoint, or from the beginning if none was written. If memory ran out, "
    "close other programs first, or choose Quick above."
)


def start_both(ws: Workspace, project: Project) -> None:
    for side in SIDES:
        jobs.submit(ws, project, side, "model")


def keep_button(ws: Workspace, project: Project, side: Side) -> None:
    """The way on for who has seen enough of a training that was stopped."""
    n_epochs = keep.kept_epochs(ws, project, side)
    if n_epochs:
        st.button(
            f"Keep it as of epoch {n_epochs}",
            key=f"train_keep_{side}",
            icon=":material/inventory_2:",
            on_click=keep.keep_as_is,
            args=(ws, project, side, n_epochs),
            help="Ends this training here and goes on with the model as it is. Undo brings the rest back.",
        )


def live(recipe: Recipe, status: JobStatus) -> None:
    """Losses, last reconstructions and the time left of a running training. Altair: plotly flickers here."""
    if not status.history:
        st.caption("The first epoch is on its way." if status.state == "running" else "Not begun yet.")
        return
    if status.state == "running":
        recent = status.history[-5:]
        epoch_s = sum(epoch.seconds for epoch in recent) / len(recent)
        left = max(0, status.total - status.history[-1].epoch)
        st.caption(
            f"**{epoch_s:.1f} s** an epoch · about **{in_words(left * epoch_s)}** left"
            + (f" · {_on_machine(status.machine)}" if status.machine else "")
        )
        n_warm = recipe.training.warm_epochs if recipe.model.has_text else 0
        if status.history[-1].epoch < n_warm:
            st.caption(
                f"Until epoch {n_warm} pictures and words learn on their own, then all together through the "
                "vectors; the curves may jump there."
            )
    st.altair_chart(figures.loss_chart(status.history, has_text=recipe.model.has_text))
    if status.preview:
        preview.strip(status.preview.jpeg, f"as the model draws them after epoch {status.preview.epoch}")
        preview.sentences(recipe, status.preview.sentences)


def finished(ws: Workspace, project: Project, side: Side) -> None:
    """What the training reached, with the curves and what the finished model makes of some pairs."""
    recipe = project.recipe(side)
    trained = load(ws.store, recipe, "model")
    last, has_text = trained.history[-1], trained.model.has_text
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
            f"{last.text_fvu:.0%}" if has_text else "–",
            width="content",
            help="The same for the word vectors (text_fvu). A model of pictures alone has none.",
        )
        st.metric("Time", in_words(trained.seconds), width="content")
    st.plotly_chart(
        figures.training_curves(
            trained.history,
            has_text=has_text,
            joined_after=trained.training.warm_epochs,
            theme=theme(),
        ),
        key=f"train_curves_{side}",
        config=STILL,
    )
    _losses(trained)
    st.caption(_made_on(trained))
    if 0 < trained.training.stop_after <= trained.training.warm_epochs:
        st.caption(
            "It was ended while its parts still learnt on their own, so the figures are of these parts. "
            "What is drawn and said below went through the vectors."
        )
    if trained.preview:
        preview.strip(trained.preview.read_bytes(), "as the finished model draws them")
        preview.sentences(recipe, trained.sentences)


def _losses(trained: TrainedModel) -> None:
    """The parts of the loss, each on its own."""
    last, has_text = trained.history[-1], trained.model.has_text
    is_joined = last.epoch > trained.training.warm_epochs
    parts = {
        "Image": (f"{last.image_fvu:.4f}", "share of the pictures' variance that is not explained"),
        "Text": (f"{last.text_fvu:.4f}" if has_text else "–", "the same of the word vectors"),
        "KL": (
            f"{last.kl:.2f}" if is_joined else "–",
            "how far the vectors are from pure chance; the paper does not train it",
        ),
        "Total": (f"{last.total:.4f}", "what the training made small: image + λ · text"),
        "Pixel error": (f"{last.image_mse:.4f}", "mean squared error of pixels in [0, 1]"),
    }
    items = "".join(
        f'<div title="{escape(told)}"><dt>{escape(name)}</dt><dd>{value}</dd></div>'
        for name, (value, told) in parts.items()
    )
    st.html(f'<dl class="d-facts">{items}</dl>')


def _made_on(trained: TrainedModel) -> str:
    peak = f" · {trained.peak_memory_gb:.1f} GB of memory at most" if trained.peak_memory_gb else ""
    precision = f" · {trained.precision}" if trained.precision else ""
    return (
        f"{_count(trained.n_parameters)} parameters · {epochs_told(trained.training)} epochs · "
        f"{without_markdown(trained.device)}{precision}{peak}"
    )


def _on_machine(machine: Machine) -> str:
    device = without_markdown(machine.device)
    return f"{device} · {machine.precision} · {machine.memory_gb:.1f} GB of memory in use"


def _count(n: int) -> str:
    return f"{n / 1e6:,.1f} million" if n >= 1e6 else f"{n / 1e3:,.0f} thousand"


def in_words(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
