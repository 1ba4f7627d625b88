"""Frames as a model draws them, and sentences as it says them."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from services.previews import said, share_right
from services.recipe import Recipe
from services.records import Sentence
from services.tokens import joined


def strip(jpeg: bytes, when: str) -> None:
    st.image(jpeg, width="stretch", caption=f"Above: frames of the video. Below: {when}.")


def sentences(recipe: Recipe, found: Sequence[Sentence]) -> None:
    """Each text above what the model says in its place, and how far that can be trusted."""
    if not recipe.model.has_text:
        st.caption("This model sees pictures alone, so it has no words to say.")
        return
    if not found:
        return
    items = "".join(
        f"<div><dt>{escape(joined(sentence.words))}</dt><dd>{_said(sentence)}</dd></div>"
        for sentence in found
    )
    st.html(f'<dl class="d-said" lang="{escape(recipe.transcript.language)}">{items}</dl>')
    help_told = (
        "With help: each word was drawn knowing the true one before it (teacher forcing), so a good sentence "
        "does not prove that the vector holds it."
        if recipe.model.teacher_forcing
        else "Without help: each word was drawn from the model's own last word alone (no teacher forcing)."
    )
    st.caption(
        f"Above: the text of a pair. Below: what the model says; underlined words differ, … means none. "
        f"**{share_right(found):.0%}** of these words are right. {help_told}"
    )


def _said(sentence: Sentence) -> str:
    return "".join(
        word.gap + (f"<u>{escape(word.text)}</u>" if word.is_wrong else escape(word.text))
        for word in said(sentence)
    )
