"""Choosing K: what is clustered and how, the recommendation, the choice, and the measures behind it."""

from typing import Any

import streamlit as st

from pages.ui.context import theme
from pages.ui.explore import names
from pages.ui.parts import STILL
from pages.ui.storing import store
from services import cluster_choice as choices
from services import figures
from services.cautions import KRecommendation
from services.labels import video_label
from services.recipe import Project, Recipe, Side
from services.stages import have, load
from services.views_k import (
    KScore,
    KSweep,
    agreement_told,
    choice_told,
    cluster_rows,
    knee_of,
    nothing_scored,
)
from services.workspace import Workspace


def how(ws: Workspace, project: Project, side: Side) -> None:
    """The two selectors with what each choice is for; a choice is stored at once."""
    recipe = project.recipe(side)
    now = f"{choices.ENCODER_TITLES[recipe.encoder]}, {choices.METHOD_TITLES[recipe.clustering.method]}"
    with st.expander(f"What is clustered, and how: {now}", icon=":material/tune:"):
        left, right = st.columns(2, gap="medium")
    with left:
        name = f"clusters_encoder_{side}_{recipe.encoder}"
        encoder = st.selectbox(
            "What is clustered",
            list(choices.ENCODER_TITLES),
            index=list(choices.ENCODER_TITLES).index(recipe.encoder),
            format_func=choices.ENCODER_TITLES.__getitem__,
            **_storing(ws, project, side, name, choices.with_encoder),
        )
        st.caption(choices.ENCODER_USES[encoder])
    with right:
        name = f"clusters_method_{side}_{recipe.clustering.method}"
        method = st.selectbox(
            "How",
            list(choices.METHOD_TITLES),
            index=list(choices.METHOD_TITLES).index(recipe.clustering.method),
            format_func=choices.METHOD_TITLES.__getitem__,
            **_storing(ws, project, side, name, choices.with_method),
        )
        st.caption(choices.METHOD_USES[method])


def _storing(ws: Workspace, project: Project, side: Side, name: str, change: Any) -> dict[str, Any]:
    """What a widget of that name needs to store what is picked; change: of (project, side, value)."""

    def told(changed: Project) -> str:
        return f"{choices.told(changed.recipe(side))} for the {video_label(changed, side)}"

    args = (ws, project, name, lambda now, picked: change(now, side, picked), told)
    return {"key": name, "on_change": store, "args": args}


def pick(ws: Workspace, project: Project, side: Side, sweep: KSweep, advice: KRecommendation | None) -> bool:
    """The recommendation and the choice; nothing is chosen until the analyst does.

    advice: None where no K could be scored. Gives whether there is anything to choose.
    """
    found = [score for score in sweep.scores if score.k > 0]
    _advise(ws, project.recipe(side), advice)
    if not found:
        return False
    current, starred = choices.size_of(project.recipe(side)), None
    if advice is not None and advice.is_supported:
        starred = advice.min_pairs or advice.k
    of = {score.min_pairs or score.k: score for score in found}
    name = f"clusters_k_{side}_{sweep.method}_{current}"
    st.segmented_control(
        f"{'Smallest cluster' if sweep.method == 'hdbscan' else 'K'} of the {video_label(project, side)}",
        list(of),
        default=current if current in of else None,
        required=current in of,
        format_func=lambda size: _option(of[size], is_starred=size == starred),
        **_storing(ws, project, side, name, choices.with_size),
    )
    if current in of and (said := choice_told(of[current])):
        st.caption(said)
    return True


def _advise(ws: Workspace, recipe: Recipe, advice: KRecommendation | None) -> None:
    """What the measures say, in a box."""
    if advice is None:
        n_pairs = len(load(ws.store, recipe, "points").mu)
        st.warning(nothing_scored(recipe, n_pairs), icon=":material/help:")
    elif advice.is_supported:
        st.info(f"**Recommended to begin with.** {advice.reason}", icon=":material/lightbulb:")
    else:
        told = f"{advice.reason} You can still choose one; say so when you show it."
        st.warning(told, icon=":material/help:")


def _option(score: KScore, *, is_starred: bool) -> str:
    star = " ★" if is_starred else ""
    return f"≥ {score.min_pairs} pairs: K = {score.k}{star}" if score.min_pairs else f"{score.k}{star}"


def measures(ws: Workspace, recipe: Recipe, side: Side, sweep: KSweep, advice: KRecommendation) -> None:
    """The small graphs over K, then the rest in an expander."""
    chosen = choices.size_of(recipe)
    panels = figures.DENSITY if sweep.method == "hdbscan" else figures.MAIN
    look = theme()
    with st.container(key="wide_metrics"):
        st.plotly_chart(
            figures.k_metrics(sweep, chosen, advice, panels=panels, theme=look),
            key=f"clusters_metrics_{side}",
            config=STILL,
        )
        st.caption(
            "Shaded: recommended. Dotted: your choice. Pick another K above; nothing is trained again."
        )
    if not choices.is_papers_way(recipe):
        st.caption(agreement_told(ws.store, recipe))
    more = st.expander("More measures, sizes and how clusters split", key="clusters_more", on_change="rerun")
    if more.open:
        with more:
            _more(ws, recipe, side, sweep, advice)


def _more(ws: Workspace, recipe: Recipe, side: Side, sweep: KSweep, advice: KRecommendation) -> None:
    """What the expander holds; drawn only while it is open, for its figures take their time."""
    chosen, look = choices.size_of(recipe), theme()
    st.plotly_chart(
        figures.k_metrics(sweep, chosen, advice, panels=figures.MORE, knee=knee_of(sweep), theme=look),
        key=f"clusters_more_{side}",
        config=STILL,
    )
    sizes, flow = st.columns([1, 2], gap="medium")
    with sizes:
        st.markdown("**Pairs in each cluster**")
        st.plotly_chart(
            figures.sizes_per_k(sweep, chosen, theme=look), key=f"clusters_sizes_{side}", config=STILL
        )
    with flow:
        st.markdown("**How pairs move from one K to the next.** A band that stays whole is a sure cluster.")
        st.plotly_chart(figures.k_flow(sweep, theme=look), key=f"clusters_flow_{side}", config=STILL)
    if recipe.clustering.is_chosen and have(ws.store, recipe, "profile"):
        rows = cluster_rows(load(ws.store, recipe, "profile"), names(ws, recipe))
        if rows:
            st.markdown("**Each cluster of your choice**")
            st.dataframe(rows, hide_index=True, key=f"clusters_each_{side}")
