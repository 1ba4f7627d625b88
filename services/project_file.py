"""What made a project's results: recipe, backends, versions, seconds, and the command that repeats them."""

import platform
import shlex
from typing import Any

from services import backends, codec
from services.cautions import cautions
from services.cluster_choice import size_of
from services.new_project import FILES
from services.recipe import SIDES, Project, Recipe
from services.stages import OF_BOTH, STAGES, key, key_of_both
from services.store import Store
from services.topics import cut_topic

FORMAT = 1  # raise it when a program that reads project.json must be changed


def project_file(store: Store, project: Project) -> dict[str, Any]:
    """The content of project.json. Raises StageMissing if the project is not finished."""
    return {
        "format": FORMAT,
        "project": project.project_id,
        "topic": project.topic,
        "preset": project.preset,
        "created": project.created,
        "changed": project.changed,
        "command": command_line(project),
        "recipe": {
            **{side: codec.encode(project.recipe(side)) for side in SIDES},
            "comparing": codec.encode(project.comparing),
            "testing": codec.encode(project.testing),
        },
        "backends": {role: backend_facts(role, name) for role, name in backend_names(project).items()},
        "versions": _versions(store, project),
        "seconds": _seconds(store, project),
        "keys": {
            **{side: {stage: key(project.recipe(side), stage) for stage in STAGES} for side in SIDES},
            **{stage: key_of_both(project, stage) for stage in OF_BOTH},
        },
        "warnings": list(cautions(store, project)),
    }


def backend_names(project: Project) -> dict[str, str]:
    """Role -> name of the backend, as in services.backends; both sides use the same ones.

    Without "speech" where no text comes from it.
    """
    speech = project.left.transcript.backend or project.right.transcript.backend
    return {
        "word-vectors": project.left.embedding.backend,
        "descriptions": project.left.describing.backend,
        "tags": project.left.tagging.backend,
        "phrases": project.comparing.phrases,
        **({"speech": speech} if speech else {}),
    }


def backend_facts(role: str, name: str) -> dict[str, str]:
    backend = backends.find(role, name)
    return {
        "name": backend.name,
        "title": backend.title,
        "model": backend.model_id,
        "revision": backends.revision_of(backend),
        "licence": backend.licence,
    }


def command_line(project: Project, out: str = "DIR") -> str:
    """The command that computes this project anew.

    Corrections by hand, variants, shots and repeated shots set aside are not; burnt-in subtitles only of a
    video without sound; where the sides are clustered in two ways, both take the left one's.
    """
    words = ["python", "-m", "services", "run"]
    for side in SIDES:
        words += [f"--{side}", _location(project.recipe(side))]
    for side in SIDES:
        transcript = project.recipe(side).transcript
        if transcript.location:
            words += [f"--{side}-captions", transcript.location]
        words += [f"--{side}-language", transcript.language]
    words += ["--topic", cut_topic(project.topic), "--preset", project.preset]
    words += ["--epochs", str(project.left.training.epochs)]
    for side in SIDES:
        size = size_of(project.recipe(side))
        words += [f"--k-{side}", "auto" if size is None else str(size)]
    words += ["--cluster-method", project.left.clustering.method, "--encoder", project.left.encoder]
    words += ["--interval", f"{project.left.sampling.interval_s:g}", "--backend"]
    words += [f"{role}={_wish(project, role, name)}" for role, name in backend_names(project).items()]
    return shlex.join([*words, "--out", out])


def _wish(project: Project, role: str, name: str) -> str:
    if role == "word-vectors" and name == "files":
        return FILES + ",".join(project.left.embedding.locations)
    return name


def _location(recipe: Recipe) -> str:
    if recipe.source.kind == "youtube":
        return f"https://www.youtube.com/watch?v={recipe.source.digest}"
    return recipe.source.location


def _versions(store: Store, project: Project) -> dict[str, str]:
    """As they were when the left video's model was trained, and the interpreter of now."""
    noted: dict[str, str] = store.meta(key(project.left, "model")).get("versions", {})
    return {"python": platform.python_version(), **noted}


def _seconds(store: Store, project: Project) -> dict[str, Any]:
    def spent(k: str) -> float:
        return round(float(store.meta(k).get("seconds", 0.0)), 2)

    by_side: dict[str, Any] = {
        side: {stage: spent(key(project.recipe(side), stage)) for stage in STAGES} for side in SIDES
    }
    return {**by_side, **{stage: spent(key_of_both(project, stage)) for stage in OF_BOTH}}
