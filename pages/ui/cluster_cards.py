"""One card for each cluster: its size, frames, words, and what is to be known before believing in it."""

from html import escape

import streamlit as st

from pages.ui.job import follow
from pages.ui.parts import cluster_title, strip
from services import choose
from services.labels import cluster_label, video_label
from services.profile_records import ClusterProfile, Hold, Outside, Profile, Stability
from services.recipe import Project, Recipe, Side
from services.stages import load
from services.views import Still, stills
from services.workspace import Workspace

# Name and meaning of each mark, as a reader meets them.
STABILITY: dict[Stability, tuple[str, str]] = {
    "stable": ("stable", "found again when parts of the video are left out"),
    "doubtful": ("doubtful", "partly found again when parts of the video are left out"),
    "dissolves": ("dissolves", "not found again when parts of the video are left out"),
}
HOLDS: dict[Hold, str] = {
    "picture": "held together by the picture",
    "words": "held together by the words",
    "both": "held together by both, each alone",
    "together": "held together by both at once",
}
ONE_SIDED = {
    "picture": "These clusters are made of pictures alone: no word had a part in them.",
    "words": "These clusters are made of words alone: no picture had a part in them.",
}


def cards(
    ws: Workspace, project: Project, side: Side, names: tuple[str, ...], *, only: int | None = None
) -> None:
    """The cards of the side's clusters, or of one of them (-1: of what is in none)."""
    recipe = project.recipe(side)
    st.subheader("The clusters" if only is None else "Its cluster", anchor=False)
    if not follow(
        ws, project, side, "profile", what=f"Describing the clusters of the {video_label(project, side)}"
    ):
        return
    profile: Profile = load(ws.store, recipe, "profile")
    every = stills(load(ws.store, recipe, "pairs"), load(ws.store, recipe, "clusters"))
    if only is None:
        if recipe.clustering.sets_aside or any(cluster.shot for cluster in profile.clusters):
            aside_switch(ws, project, side)
        if profile.basis in ONE_SIDED:
            st.caption(ONE_SIDED[profile.basis])
    for cluster in profile.clusters:
        if only is None or only == cluster.cluster:
            _card(recipe, cluster, cluster_label(cluster.cluster, names), every)
    for outside in profile.outside:
        if only is None or only < 0:
            _outside(recipe, outside, every)


def aside_switch(ws: Workspace, project: Project, side: Side) -> None:
    """Repeated shots set aside or kept."""
    is_aside = project.recipe(side).clustering.sets_aside
    wanted = st.toggle(
        "Set repeated shots aside",
        is_aside,
        key=f"clusters_aside_{side}_{is_aside}",
        help="A newsreader or an interview that comes back makes a cluster of its own that tells no theme. "
        "Set aside, its pairs belong to no cluster, get no tags and are not compared. The report says so.",
    )
    if wanted != is_aside:
        told = "set aside" if wanted else "kept"
        name = video_label(project, side)
        ws.projects.save(
            choose.with_repeated_shots(project, side, sets_aside=wanted),
            f"repeated shots of the {name} {told}",
        )
        st.rerun()


def _card(recipe: Recipe, cluster: ClusterProfile, name: str, every: tuple[Still, ...]) -> None:
    with st.container(border=True, key=f"card_cluster_{cluster.cluster}"):
        size = f"{_pairs(cluster.n_pairs)}, {cluster.screen_share:.0%} of the time"
        cluster_title(cluster.cluster, name, size, beside=_marks(cluster))
        strip(recipe, [every[pair] for pair in cluster.typical], columns=7, has_text=False)
        _said(recipe, cluster, every)


def _marks(cluster: ClusterProfile) -> str:
    """The marks as html."""
    marks: list[tuple[str, str, str]] = []  # kind, text, title
    if cluster.stability in STABILITY:
        word, meaning = STABILITY[cluster.stability]
        told = f"{meaning}: mean Jaccard index {cluster.jaccard:.2f} (1 always, below 0.6 hardly ever)"
        marks.append((cluster.stability, word, told))
    if cluster.hold in HOLDS:
        kept = f"picture {cluster.by_picture:.0%}, words {cluster.by_words:.0%}"
        told = "How much of the cluster stays when the model sees the pictures, or the words, alone"
        marks.append(("", f"{HOLDS[cluster.hold]} · {kept}", told))
    if cluster.shot:
        n = cluster.shot.n_stretches
        told = (
            f"{cluster.shot.share:.0%} of its pairs show one shot, which the video comes back to: {n} times"
        )
        marks.append(("shot", f"one repeated shot, {n} times", told))
    return "".join(
        f'<span class="d-chip d-mark {kind}" title="{escape(told)}">{escape(text)}</span>'
        for kind, text, told in marks
    )


def _said(recipe: Recipe, cluster: ClusterProfile, every: tuple[Still, ...]) -> None:
    lang = escape(recipe.transcript.language)
    words = " · ".join(escape(word) for word in cluster.words)
    quotes = "".join(f"<li>{escape(every[pair].text)}</li>" for pair in cluster.telling)
    st.html(
        (f'<p class="d-words" lang="{lang}"><b>{words}</b></p>' if words else "")
        + (f'<ul class="d-quotes" lang="{lang}">{quotes}</ul>' if quotes else "")
    )


def _outside(recipe: Recipe, outside: Outside, every: tuple[Still, ...]) -> None:
    kind = "aside" if outside.is_set_aside else "none"
    name = "Set aside: repeated shots" if outside.is_set_aside else "In no cluster"
    with st.container(border=True, key=f"card_cluster_{kind}"):
        cluster_title(-1, name, f"{_pairs(outside.n_pairs)}, {outside.screen_share:.0%} of the time")
        strip(recipe, [every[pair] for pair in outside.typical], columns=7, has_text=False)


def _pairs(n: int) -> str:
    return f"{n} {'pair' if n == 1 else 'pairs'}"
