"""What speaks for one tag: frames to look at, seconds to listen to, and what can be done with the tag."""

from collections.abc import Sequence

import streamlit as st

from pages.ui.parts import MARKS, strip
from pages.ui.player import player, seek
from services.labels import clock, without_markdown
from services.recipe import Recipe, Side, TagEdit
from services.records import Evidence, Tag, Theme
from services.stages import key, load
from services.views import Still, frame_at
from services.workspace import Workspace

SOURCES = {"model": "written by the model", "keywords": "a keyword", "hand": "added by hand"}
SAID = {"picture": "recognised in the picture", "screen": "read in the picture", "speech": "said"}


def pick(theme: Theme, side: Side) -> Tag | None:
    """The theme's tags as buttons; the one that is pressed."""
    texts = [tag.text for tag in theme.tags]
    chosen = st.pills(
        "Tags",
        texts,
        format_func=lambda text: _label(theme.tags[texts.index(text)]),
        key=f"tags_pick_{side}_{theme.cluster}",
        label_visibility="collapsed",
    )
    return next((tag for tag in theme.tags if tag.text == chosen), None)


def _label(tag: Tag) -> str:
    gloss = f" :gray[{without_markdown(tag.gloss)}]" if tag.gloss else ""
    mark = "✓" if tag.is_kept and tag.medium == "unsupported" else MARKS[tag.medium][0]
    return f"{without_markdown(tag.text)}{gloss} **{without_markdown(mark)}**"


def panel(ws: Workspace, recipe: Recipe, side: Side, cluster: int, tag: Tag, digest: str) -> TagEdit | None:
    """Evidence of the tag, and the edit that the analyst asks for with a button."""
    with st.container(border=True, key=f"tags_evidence_{cluster}"):
        st.markdown(_summary(tag))
        if tag.evidence:
            _spots(ws, recipe, side, cluster, tag.evidence)
        elif tag.medium == "unsupported":
            st.caption("Nothing in this theme comes near it.")
        with st.container(horizontal=True):
            is_kept = st.button(
                "Keep no longer" if tag.is_kept else "Keep",
                key=f"tags_keep_{cluster}",
                icon=":material/check:",
                help="A kept tag no longer counts as found in neither: you have looked at it.",
            )
            is_dropped = st.button(
                "Drop",
                key=f"tags_drop_{cluster}",
                icon=":material/close:",
                help="A dropped tag no longer counts in the comparison.",
            )
    if is_kept:
        return TagEdit(digest, cluster, tag=tag.text, is_kept=not tag.is_kept)
    return TagEdit(digest, cluster, tag=tag.text, is_dropped=True) if is_dropped else None


def _summary(tag: Tag) -> str:
    gloss = f" ({without_markdown(tag.gloss)})" if tag.gloss else ""
    found = f"{MARKS[tag.medium][1]}; best match {tag.score:.2f}"
    if tag.distinctness:
        than = "better" if tag.distinctness > 0 else "worse"
        found += f", {abs(tag.distinctness):.2f} {than} than in any other theme"
    kept = "; kept by you" if tag.is_kept else ""
    return f"**{without_markdown(tag.text)}**{gloss}: {found}; {SOURCES[tag.source]}{kept}."


def _spots(ws: Workspace, recipe: Recipe, side: Side, cluster: int, evidence: Sequence[Evidence]) -> None:
    is_video = not load(ws.store, recipe, "video").is_folder
    name_of_player = f"tags_player_{key(recipe, 'video')[:8]}"
    columns = st.columns(max(len(evidence), 3), gap="small")
    times_s = load(ws.store, recipe, "frames").times_s
    for number, (column, spot) in enumerate(zip(columns, evidence, strict=False)):
        with column:
            frame = spot.index if spot.place != "speech" else frame_at(times_s, spot.time_s)
            strip(recipe, [Still(0, frame, float(times_s[frame]), "")], columns=1)
            st.caption(f"{SAID[spot.place]}, {spot.cosine:.2f}: “{without_markdown(spot.text)}”")
            name = f"tags_play_{cluster}_{number}"  # two lines may be read in one frame
            if is_video and st.button(clock(spot.time_s), key=name, icon=":material/play_arrow:"):
                st.session_state[f"tags_played_{side}"] = cluster
                seek(name_of_player, spot.time_s)
    if is_video and st.session_state.get(f"tags_played_{side}") == cluster:
        with st.container(width=420):
            player(name_of_player, recipe)
