"""Choosing K: what is clustered and how, the recommendation, the choice, and the measures behind it."""

from typing import Any

import streamlit as st

from pages.ui.context import theme
from pages.ui.parts import STILL
from services import cluster_choice as choices
from services import figures
from services.choose import recommended
from services.labels import video_label
from services.recipe import Project, Recipe, Side
from services.views_k import agreement_told, cluster_rows, knee_of
from services.workspace import Workspace


def how(project: Project, side: Side) -> Project:
    """The two selectors with what each choice is for; the project as they say.

    A widget's key names the value that is stored, so one that somebody else changed starts from that.
    """
    recipe = project.recipe(side)
    now = f"{choices.ENCODER_TITLES[recipe.encoder]}, {choices.METHOD_TITLES[recipe.clustering.method]}"
    with st.expander(f"What is clustered, and how: {now}", icon=":material/tune:"):
        left, right = st.columns(2, gap="medium")
    with left:
        encoder = st.selectbox(
            "What is clustered",
            list(choices.ENCODER_TITLES),
            index=list(choices.ENCODER_TITLES).index(recipe.encoder),
            format_func=choices.ENCODER_TITLES.__getitem__,
            key=f"clusters_encoder_{side}_{recipe.encoder}",
        )
        st.caption(choices.ENCODER_USES[encoder])
    with right:
        method = st.selectbox(
            "How",
            list(choices.METHOD_TITLES),
            index=list(choices.METHOD_TITLES).index(recipe.clustering.method),
            format_func=choices.METHOD_TITLES.__getitem__,
            key=f"clusters_method_{side}_{recipe.clustering.method}",
        )
        st.caption(choices.METHOD_USES[method])
    return choices.with_method(choices.with_encoder(project, side, encoder), side, method)


def pick(project: Project, side: Side, sweep: Any) -> Project:
    """The recommendation and the choice; nothing is chosen until the analyst does."""
    found = [score for score in sweep.scores if score.k > 0]
    if not any(score.silhouette is not None for score in found):
        st.warning("There are too few pairs to compare several K. Align more of the video, then train again.")
        return project
    advice = recommended(sweep)
    if advice.is_supported:
        st.info(f"**Recommended to begin with.** {advice.reason}", icon=":material/lightbulb:")
    else:
        st.warning(
            f"{advice.reason} You can still choose one; say so when you show it.", icon=":material/help:"
        )
    current = choices.size_of(project.recipe(side))
    starred = (advice.min_pairs or advice.k) if advice.is_supported else None
    of = {score.min_pairs or score.k: score for score in found}
    is_density = sweep.method == "hdbscan"
    picked = st.segmented_control(
        f"{'Smallest cluster' if is_density else 'K'} of the {video_label(project, side)}",
        list(of),
        default=current if current in of else None,
        required=current in of,
        format_func=lambda size: (
            f"{size}{' ★' if size == starred else ''}" + (f" → K = {of[size].k}" if is_density else "")
        ),
        key=f"clusters_k_{side}_{sweep.method}_{current}",
    )
    return project if picked is None else choices.with_size(project, side, picked)


def measures(ws: Workspace, recipe: Recipe, side: Side, sweep: Any) -> None:
    """The small graphs over K, then the rest in an expander."""
    chosen = choices.size_of(recipe)
    advice = recommended(sweep) if any(s.silhouette is not None for s in sweep.scores) else None
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
            _more(recipe, side, sweep)


def _more(recipe: Recipe, side: Side, sweep: Any) -> None:
    """What the expander holds; drawn only while it is open, for its figures take their time."""
    chosen, look = choices.size_of(recipe), theme()
    advice = recommended(sweep) if any(s.silhouette is not None for s in sweep.scores) else None
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
    rows = cluster_rows(sweep, recipe.clustering)
    if rows:
        st.markdown("**Each cluster of your choice**")
        st.dataframe(rows, hide_index=True, key=f"clusters_each_{side}")
