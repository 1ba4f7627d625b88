"""Which models describe and tag a project, and how."""

from dataclasses import dataclass

import streamlit as st

from pages.ui.context import here
from services import choose
from services.backends import Backend, find, is_present, of_role
from services.labels import without_markdown
from services.recipe import MAX_DRAWS, Describing, Project, Recipe
from services.stages import key
from services.workspace import Workspace

PROMPT = Describing().prompt


@dataclass(frozen=True, slots=True)
class TagChoice:
    describing: str
    tagging: str
    prompt: str
    n_draws: int


def model_choice(project: Project, *, is_busy: bool) -> Project | None:
    """The project with the models that the analyst has just picked; None while nothing is changed."""
    recipe = project.left
    now = TagChoice(
        recipe.describing.backend,
        recipe.tagging.backend,
        recipe.describing.prompt,
        recipe.tagging.n_draws,
    )
    with st.expander("Models that describe and tag", icon=":material/deployed_code:", key="tags_models"):
        left, right = st.columns(2, gap="medium")
        with left:
            describing = _pick("descriptions", "Frames are described by", now.describing, project, is_busy)
            prompt = _prompt(project, now, is_busy) if now.describing != "labels" else now.prompt
        with right:
            tagging = _pick("tags", "Tags are made by", now.tagging, project, is_busy)
            n_draws = _draws(project, now, is_busy) if now.tagging != "keywords" else now.n_draws
        st.page_link(
            "models.py",
            label="All models, how to get them, and any other of the hub",
            icon=":material/deployed_code:",
            query_params=here(project),
        )
    wanted = TagChoice(describing, tagging, prompt, n_draws)
    if wanted == now:
        return None
    chosen = choose.with_tag_backends(project, wanted.describing, wanted.tagging)
    return choose.with_draws(choose.with_prompt(chosen, wanted.prompt), wanted.n_draws)


def _pick(role: str, label: str, current: str, project: Project, is_busy: bool) -> str:
    backends = {backend.name: backend for backend in (*_listed(role), find(role, current))}
    there = {name: is_present(backend) for name, backend in backends.items()}
    name = st.selectbox(
        label,
        list(backends),
        index=list(backends).index(find(role, current).name),
        format_func=lambda name: (
            backends[name].title if there[name] else f"{backends[name].title} (not on this machine)"
        ),
        key=f"tags_{role}_{project.revision}",
        disabled=is_busy,
    )
    st.caption(backends[name].note)
    if not there[name]:
        st.warning(
            f"{without_markdown(backends[name].title)} is not on this machine. {backends[name].how_to_get}",
            icon=":material/download:",
        )
        return current
    return name if name != find(role, current).name else current


def _listed(role: str) -> list[Backend]:
    """The listed backends; the chat server with the model that the environment names."""
    return [find(role, backend.name) for backend in of_role(role)]


def _prompt(project: Project, now: TagChoice, is_busy: bool) -> str:
    is_prompted = st.toggle(
        f"Each sentence begins with “{now.prompt or PROMPT}”",
        value=bool(now.prompt),
        key=f"tags_prompt_{project.revision}",
        disabled=is_busy,
        help="The paper tried both. With these words the model writes as under a news photo; they are taken "
        "off again.",
    )
    return (now.prompt or PROMPT) if is_prompted else ""


def _draws(project: Project, now: TagChoice, is_busy: bool) -> int:
    return st.number_input(
        "Draws",
        min_value=1,
        max_value=MAX_DRAWS,
        value=now.n_draws,
        key=f"tags_draws_{project.revision}",
        disabled=is_busy,
        help="How often the model is asked about each theme, each time with other dice. The first draw is "
        "shown; the others tell how much the comparison hangs on chance.",
    )


def made_by(ws: Workspace, recipe: Recipe) -> None:
    """Which backends made what is shown."""
    used: list[Backend] = []
    for stage, role in (("descriptions", "descriptions"), ("tags", "tags")):
        name = ws.store.meta(key(recipe, stage)).get("backend")
        if name:
            used.append(find(role, str(name)))
    if used:
        told = " and ".join(f"{without_markdown(backend.title)} ({backend.licence})" for backend in used)
        st.caption(f"Made by {told}.")
