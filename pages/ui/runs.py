"""The finished trainings of a project beside one another: table, curves, and a way back to one of them."""

import streamlit as st

from pages.ui.context import theme
from pages.ui.parts import STILL
from services import figures
from services.labels import video_label
from services.recipe import SIDES, Project
from services.runs import Run, with_run
from services.runs_table import run_rows, run_title, runs_csv
from services.workspace import Workspace

_OVER = {"epochs": "Epochs", "seconds": "Seconds"}


def compare(ws: Workspace, project: Project, runs: tuple[Run, ...]) -> None:
    st.subheader("Runs of this project", anchor=False)
    if not runs:
        st.caption(
            "Every finished training is listed here, so that models, epochs and seeds can be compared."
        )
        return
    st.caption(
        "Every finished training of the two videos; click a column's name to sort. The less is left "
        "unexplained, the closer the fit. Whether the clusters are good is told on the next page."
    )
    _table(project, runs)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _use(ws, project, runs)
        st.download_button(
            "Table as CSV",
            runs_csv(project, runs),
            file_name="runs.csv",
            mime="text/csv",
            key="train_runs_csv",
            icon=":material/download:",
        )
    _curves(project, runs)


def _table(project: Project, runs: tuple[Run, ...]) -> None:
    st.dataframe(
        run_rows(project, runs),
        hide_index=True,
        placeholder="–",
        key="train_runs",
        column_order=_ORDER if all(run.has_present_pairs for run in runs) else (*_ORDER, "pairs"),
        column_config={
            "run": st.column_config.NumberColumn("Run", width=50, pinned=True),
            "in_use": st.column_config.CheckboxColumn(
                "In use", width=60, help="The next steps take this one."
            ),
            "video": "Video",
            "model": "Model",
            "preset": "Preset",
            "epochs": "Epochs",
            "seed": "Seed",
            "image_fvu": st.column_config.NumberColumn(
                "Picture unexplained", format="percent", help="image_fvu; 100% is guessing the mean."
            ),
            "text_fvu": st.column_config.NumberColumn("Words unexplained", format="percent", help="text_fvu"),
            "total": st.column_config.NumberColumn(
                "Total loss", format="%.3f", help="Picture + λ · words, both as shares left unexplained."
            ),
            "image_mse": st.column_config.NumberColumn(
                "Image loss", format="%.4f", help="Mean squared error of pixels in [0, 1]."
            ),
            "epoch_s": st.column_config.NumberColumn("s / epoch", format="%.2f"),
            "seconds": st.column_config.NumberColumn("Time, s", format="%.0f"),
            "parameters": st.column_config.NumberColumn("Parameters", format="compact"),
            "device": "Device",
            "precision": "Precision",
            "peak_memory_gb": st.column_config.NumberColumn("Memory, GB", format="%.1f"),
            "pairs": st.column_config.TextColumn(
                "Pairs", help="'earlier': the pairs were changed on the Align page since."
            ),
        },
    )


_ORDER = (
    "run",
    "in_use",
    "video",
    "model",
    "preset",
    "epochs",
    "seed",
    "image_fvu",
    "text_fvu",
    "total",
    "image_mse",
    "epoch_s",
    "seconds",
    "parameters",
    "device",
    "precision",
    "peak_memory_gb",
)


def _use(ws: Workspace, project: Project, runs: tuple[Run, ...]) -> None:
    """Puts the model and training of an earlier run back."""
    others = {run.number: run for run in runs if run.has_present_pairs and not run.is_in_use}
    if not others:
        return
    number = st.selectbox(
        "Take up an earlier run",
        list(others),
        format_func=lambda n: f"{run_title(others[n])} · {video_label(project, others[n].side)}",
        key=f"train_runs_pick_{project.revision}",
        width=580,
        help="Both videos take its model and training; Undo brings the present ones back.",
    )
    if st.button("Use this run", key="train_runs_use", icon=":material/history:"):
        run = others[number]
        ws.projects.save(with_run(project, run), f"model of run {run.number} taken up again")
        st.rerun()


def _curves(project: Project, runs: tuple[Run, ...]) -> None:
    over = st.segmented_control(
        "Curves over",
        list(_OVER),
        default="epochs",
        required=True,
        format_func=lambda name: _OVER[name],
        key="train_runs_over",
    )
    for side, column in zip(SIDES, st.columns(2, gap="medium"), strict=True):
        with column:
            st.markdown(f"**{video_label(project, side)}**: picture left unexplained")
            figure = figures.run_curves(
                runs,
                side,
                over="seconds" if over == "seconds" else "epochs",
                theme=theme(),
            )
            st.plotly_chart(figure, key=f"train_runs_curves_{side}", config=STILL)
