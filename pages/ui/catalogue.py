"""One role's models as rows, with the download of those that come from the hub."""

import streamlit as st

from services import hub
from services.backends import Backend, is_present, of_role, revision_of


def table(role: str) -> None:
    for backend in of_role(role):
        with st.container(border=True, key=f"card_backend_{role}_{backend.name}"):
            _row(backend)


def _row(backend: Backend) -> None:
    is_here = is_present(backend)
    text, facts, action = st.columns([3, 1.6, 1.2], vertical_alignment="center", gap="medium")
    with text:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{backend.title}**", width="content")
            if backend.is_default:
                st.badge("default", color="gray")
            if is_here:
                st.badge("on this machine", icon=":material/check:", color="green")
        st.caption(backend.note)
    with facts:
        st.caption(f"{backend.licence}  \n{_size(backend)}{_revision(backend)}")
    with action:
        if is_here:
            return
        if backend.model_id:
            if st.button(
                "Download", key=f"models_get_{backend.role}_{backend.name}", icon=":material/download:"
            ):
                _download(backend)
        else:
            st.caption(backend.how_to_get)
    if backend.model_id and not is_here:
        st.caption(backend.how_to_get)


def _download(backend: Backend) -> None:
    with st.status(f"Downloading {backend.title} …", expanded=True) as box:
        bar = st.progress(0.0)

        def show(done: int, total: int, note: str) -> None:
            bar.progress(min(1.0, done / max(total, 1)), note)

        hub.download(backend, show)
        box.update(label=f"{backend.title} is here now.", state="complete")
    st.rerun()


def _size(backend: Backend) -> str:
    if not backend.size_mb:
        return "nothing to download"
    return f"{backend.size_mb / 1000:.1f} GB" if backend.size_mb >= 1000 else f"{backend.size_mb} MB"


def _revision(backend: Backend) -> str:
    found = revision_of(backend)
    return f"  \n{found[:12]}" if backend.model_id and found else ""
