"""The models that can serve each role: which there are, which are on this machine, how to get the others."""

import re
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from services.backend_table import HUB_PACKAGES, Backend, table
from services.errors import AnalysisError
from services.tag_server_settings import server_settings

ROLES: tuple[str, ...] = ("word-vectors", "descriptions", "tags", "phrases", "speech")
ROLE_TITLES: dict[str, str] = {
    "word-vectors": "Word vectors",
    "descriptions": "Frame descriptions",
    "tags": "Cluster tags",
    "phrases": "Phrase vectors",
    "speech": "Speech recognition",
}
HUB_ROLES = tuple(HUB_PACKAGES)  # where any model of the Hugging Face hub may serve
SERVER = "server:"  # and the name of a model on the chat server
MAX_SERVER_MODEL_CHARS = 200

_HUB_NAME = re.compile(r"hub:(?P<model>\w[\w.-]*/\w[\w.-]*)(@(?P<revision>\w[\w.-]*(/\w[\w.-]*)*))?")


def find(role: str, name: str) -> Backend:
    """The backend of that name in that role; "auto" gives best(role), "hub:owner/model@revision" any model.

    A folder that holds a model (/…, ~/…, ./…) may stand for owner/model. "server:model" is a model on the
    chat server, and "server" the one that the environment names, if it names one.
    Raises AnalysisError that lists the names.
    """
    if role not in ROLES:
        raise AnalysisError(f"There is no role '{role}'. Choose one of: {', '.join(ROLES)}.")
    if name == "auto":
        return best(role)
    for backend in of_role(role):
        if backend.name == name:
            return _on_server(backend) if backend.is_server else backend
    if role == "tags" and name.startswith(SERVER) and name != SERVER:
        return _on_server(next(b for b in of_role(role) if b.is_server), name.removeprefix(SERVER))
    if role in HUB_ROLES and name.startswith("hub:"):
        return _hub_backend(role, name)
    names = [backend.name for backend in of_role(role)]
    if role in HUB_ROLES:
        names.append("hub:OWNER/MODEL[@REVISION]")
    if role == "tags":
        names.append("server:MODEL")
    raise AnalysisError(f"No backend for {role} is called '{name}'. Choose one of: {', '.join(names)}.")


def of_role(role: str) -> tuple[Backend, ...]:
    """The listed backends of the role, best first."""
    return tuple(backend for backend in table() if backend.role == role)


def best(role: str) -> Backend:
    """The best backend on this machine that needs nothing else from the analyst; what `auto` means.

    Raises AnalysisError, with the way to get one, if none is there.
    """
    choices = [backend for backend in of_role(role) if backend.name != "files"]
    for backend in choices:
        if is_present(backend):
            return backend
    default = next(backend for backend in choices if backend.is_default)
    raise AnalysisError(f"No model for {role} is on this machine. {default.title}: {default.how_to_get}")


def is_present(backend: Backend) -> bool:
    """Whether the backend can run now, without a download; loads no model and no heavy library."""
    if not all(_version(package) for package in backend.packages):
        return False
    if backend.is_server:
        return _has_server()
    if not backend.is_of_hub:
        return True
    from services import hub

    return hub.is_cached(backend.model_id, backend.revision)


def revision_of(backend: Backend) -> str:
    """What would run: the commit of a hub model on this machine, or the versions of a method's packages.

    "main" or the pinned commit when the model is not here; "" for what has no version of its own or, on a
    server, tells none.
    """
    if backend.is_server:
        return ""
    if not backend.is_of_hub:
        return ", ".join(f"{package} {_version(package)}" for package in backend.packages)
    from services import hub

    try:
        folder = hub.folder(backend)
    except AnalysisError:
        return backend.revision
    # The hub's cache keeps each commit at …/snapshots/COMMIT.
    return folder.name if folder.parent.name == "snapshots" else backend.revision


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _hub_backend(role: str, name: str) -> Backend:
    place = name.removeprefix("hub:")
    path = Path(place).expanduser()
    # A folder must look like one: owner/model in the current folder shall not stand in for the hub's.
    is_folder = (path.is_absolute() or place.startswith(".")) and path.is_dir()
    match = _HUB_NAME.fullmatch(name)
    if match is None and not is_folder:
        raise AnalysisError(
            f"'{name}' names no model. Write hub:OWNER/MODEL, hub:OWNER/MODEL@REVISION, or hub: and a folder "
            "that holds a model."
        )
    model_id = str(path.absolute()) if is_folder or match is None else match["model"]
    revision = "" if is_folder or match is None else match["revision"] or "main"
    return Backend(
        role=role,
        name=name,
        title=path.name if is_folder else model_id,
        licence="see the model's page",
        how_to_get="Get it on the Models page (from huggingface.co).",
        note="Your own choice; Diptych has not been tried with it.",
        model_id=model_id,
        revision=revision,
        packages=HUB_PACKAGES[role],
    )


def _on_server(listed: Backend, model: str = "") -> Backend:
    """The listed backend "server" with its model's name, which is a setting: another model tags anew."""
    if not model:
        settings = server_settings() if _has_server() else None
        if settings is None:
            return listed
        model = settings.model
    if len(model) > MAX_SERVER_MODEL_CHARS or not model.isprintable():
        raise AnalysisError("The model's name is too long or holds odd characters. Copy it from the server.")
    return replace(listed, name=f"{SERVER}{model}", title=f"{model} on the chat server", model_id=model)


def _has_server() -> bool:
    try:
        return server_settings() is not None
    except AnalysisError:  # a wrong address: whoever tags with it is told
        return False
