"""One role's models as rows: get those that come from the hub, try one, take one for the project."""

import streamlit as st

from pages.ui import model_progress
from services import choose
from services.backends import HUB_ROLES, ROLE_TITLES, Backend, find, is_present, of_role, revision_of
from services.labels import without_markdown
from services.model_facts import disk_mb, has_server_key, model_page, token_state
from services.recipe import Project
from services.workspace import Workspace

KINDS = {
    "descriptions": "Any image-to-text model: it writes one sentence for each frame.",
    "tags": "Any chat model: it reads texts and descriptions of a cluster and writes ten tags.",
    "phrases": "Any sentence-transformers model: it says how near two tags are.",
    "speech": "Any Whisper model in the form of CTranslate2, which faster-whisper runs.",
}
NAME = (r"^\s*[\w][\w.\-]*/[\w][\w.\-]*(@[\w.\-/]+)?\s*$", "Write OWNER/MODEL or OWNER/MODEL@REVISION.")
TOKENS = {
    "environment": "An access token is set (HF_TOKEN). It is never shown, and sent to the hub alone.",
    "file": "An access token is stored on this machine by the hub's own log-in. It is never shown.",
    "none": "No access token is set. Only models with a licence to accept need one: set HF_TOKEN to yours "
    "and start Diptych again.",
}
ONLY_DOWNLOAD = "Get it on the Models page"  # what how_to_get says where a button is all that is needed


def table(ws: Workspace, project: Project | None, role: str) -> None:
    """The role's listed models, and the one of the hub that the open project has chosen by itself."""
    shown = {listed.name: listed for listed in (find(role, backend.name) for backend in of_role(role))}
    in_use = choose.backend_in_use(project, role) if project else ""
    if in_use:
        chosen = find(role, in_use)
        shown.setdefault(chosen.name, chosen)
    for backend in shown.values():
        _row(ws, project, backend, "list")


def token() -> None:
    """Whether there is an access token of the hub."""
    state = token_state()
    icon = ":material/key:" if state != "none" else ":material/key_off:"
    st.caption(f"{icon} {TOKENS[state]}")


def own_model(ws: Workspace, project: Project | None) -> None:
    """A model that the list lacks: name it, download it, take it."""
    role = st.segmented_control(
        "What it is for",
        HUB_ROLES,
        default=HUB_ROLES[0],
        required=True,
        format_func=lambda role: ROLE_TITLES[role],
        key="models_own_role",
    )
    name = st.text_input(
        "Its name",
        key="models_own_name",
        validate=NAME,
        placeholder="OWNER/MODEL or OWNER/MODEL@REVISION",
        help="As on huggingface.co. With a revision (a tag or a commit) others can repeat your result.",
    )
    st.caption(f"{KINDS[role]} Code that comes with a model is never run.")
    if name:
        _row(ws, project, find(role, f"hub:{name.strip()}"), "own")


def _row(ws: Workspace, project: Project | None, backend: Backend, place: str) -> None:
    is_here = is_present(backend)
    is_used = project is not None and choose.backend_in_use(project, backend.role) == backend.name
    number = f"{place}_{backend.role}_{_key(backend.name)}"
    with st.container(border=True, key=f"card_backend_{number}"):
        text, facts, action = st.columns([3, 1.5, 1.3], vertical_alignment="center", gap="medium")
        with text:
            _words(backend, is_here=is_here, is_used=is_used)
        facts.caption(f"{_licence(backend)}  \n{_size(backend, is_here=is_here)}{_revision(backend)}")
        with action:
            if not is_here and backend.is_of_hub:
                model_progress.get_button(ws, backend, number)
            elif is_here and backend.name != "files":
                model_progress.try_button(ws, backend, number)
            _use_button(ws, project, backend, number, is_offered=is_here and not is_used)
        model_progress.shown(ws, backend, number)


def _key(name: str) -> str:
    return "".join(c if c.isalnum() or c in ".-" else "_" for c in name)


def _words(backend: Backend, *, is_here: bool, is_used: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{without_markdown(backend.title)}**", width="content")
        if backend.is_default:
            st.badge("comes with Diptych", color="gray")
        elif is_here and backend.is_server:
            st.badge("address is set", icon=":material/check:", color="green")
        elif is_here and backend.name != "files":
            st.badge("on this machine", icon=":material/check:", color="green")
        elif backend.is_gated:
            st.badge("licence to accept", icon=":material/lock:", color="orange")
        if is_used:
            st.badge("used by this project", icon=":material/star:", color="blue")
    st.caption(backend.note)
    if backend.name == "files":
        st.caption(
            f"{backend.how_to_get} Named on the command line: `--backend word-vectors=files:PATH,PATH`"
        )
    elif backend.is_server and is_here:
        key = "A key is set; it is never shown." if has_server_key() else "No key is set."
        st.caption(f"{key} The address comes from DIPTYCH_TAGS_URL and stands in no project.")
    elif not is_here and not backend.how_to_get.startswith(ONLY_DOWNLOAD):
        st.caption(backend.how_to_get)


def _use_button(
    ws: Workspace, project: Project | None, backend: Backend, number: str, *, is_offered: bool
) -> None:
    if project is None or not is_offered or backend.role not in HUB_ROLES:
        return
    if not choose.backend_in_use(project, backend.role):  # no video's text comes from its speech
        return
    if st.button("Use in this project", key=f"models_use_{number}", icon=":material/star:"):
        changed = choose.with_backend(project, backend.role, backend.name)
        ws.projects.save(changed, f"{ROLE_TITLES[backend.role].lower()} by {backend.title}")
        st.toast("Taken. What depends on it is made anew when you open its page.", icon=":material/check:")
        st.rerun()


def _licence(backend: Backend) -> str:
    page = model_page(backend)
    return f"[{without_markdown(backend.licence)}]({page})" if page else without_markdown(backend.licence)


def _size(backend: Backend, *, is_here: bool) -> str:
    if is_here and (here_mb := disk_mb(backend)):
        return f"{_mb(here_mb)} on the disk"
    if backend.size_mb:
        return _mb(backend.size_mb) if is_here else f"{_mb(backend.size_mb)} to download"
    return "size: see its page" if backend.is_of_hub else "nothing to download"


def _mb(mb: int) -> str:
    return f"{mb / 1000:.1f} GB" if mb >= 1000 else f"{mb} MB"


def _revision(backend: Backend) -> str:
    found = revision_of(backend)
    return f"  \nrevision {found[:12]}" if backend.is_of_hub and found else ""
