"""A project as one zip without its videos, to open and compute again elsewhere (docs/bundles.md)."""

import dataclasses
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, get_args, get_type_hints

from crvae.records import EmbeddedDataset
from services import codec
from services.errors import AnalysisError
from services.export import not_computed, readable_files
from services.recipe import SIDES, Project, Recipe
from services.records import Comparison, Progress, Significance, quiet
from services.stages import STAGES, key, key_of_both
from services.store import Store
from services.topics import OPENED_TOPIC_MAX, cut_topic
from services.versions import versions
from services.workspace import Workspace

FORMAT = 1
MANIFEST = "bundle.json"
OBJECTS = "objects"
README = (
    "A project of Diptych without its videos: settings, corrections, choices and results.\n"
    "results/ can be read without Diptych. To open it: the Library page, or\n"
    "python -m services import THIS.zip\n"
)


def write_bundle(ws: Workspace, project: Project, file: BinaryIO, progress: Progress = quiet) -> None:
    """Write the project's bundle: what it was made with, its log of changes, its results in two forms.

    Frames, weights and the pictures that the model saw stay here; results not yet computed are left out.
    """
    results = list(portable_results(ws.store, project))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README)
        entries: list[dict[str, Any]] = []
        for done, (name, k) in enumerate(results):
            progress(done, len(results), f"Packing: {name}")
            entries.append(_pack(archive, ws.store, name, k))
        if not not_computed(ws.store, project):
            for name, make in readable_files(ws, project).items():
                archive.writestr(f"results/{name}", make())
        archive.writestr(MANIFEST, json.dumps(_manifest(ws, project, entries), ensure_ascii=False, indent=1))
    progress(len(results), len(results), "Packing: done")


def portable_results(store: Store, project: Project) -> Iterator[tuple[str, str]]:
    """Name and key of each result that is there and may travel: 'left/pairs', …, 'comparison'."""
    kinds = result_kinds(project)
    for name, (k, _) in kinds.items():
        if k in store:
            yield name, k


def result_kinds(project: Project) -> dict[str, tuple[str, type]]:
    """Name of each result that may travel -> its key and the record it must be."""
    found = {
        f"{side}/{stage}": (key(project.recipe(side), stage), made.result)
        for side in SIDES
        for stage, made in STAGES.items()
        if _may_travel(made.result)
    }
    both = {"comparison": Comparison, "significance": Significance}
    return {**found, **{name: (key_of_both(project, name), kind) for name, kind in both.items()}}


def without_places(project: Project) -> Project:
    """The project without paths of this machine; digests stay, and by them its files are found again."""
    return dataclasses.replace(project, **{side: _placeless(project.recipe(side)) for side in SIDES})


def _placeless(recipe: Recipe) -> Recipe:
    return dataclasses.replace(
        recipe,
        source=dataclasses.replace(recipe.source, location=""),
        transcript=dataclasses.replace(recipe.transcript, location=""),
        embedding=dataclasses.replace(recipe.embedding, locations=()),
    )


def _may_travel(kind: Any) -> bool:
    """Whether a record holds neither files nor pictures of the video."""
    if kind is Path or kind is EmbeddedDataset:
        return False
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return all(_may_travel(hint) for hint in get_type_hints(kind).values())
    return all(_may_travel(part) for part in get_args(kind))


def _pack(archive: zipfile.ZipFile, store: Store, name: str, k: str) -> dict[str, Any]:
    files: dict[str, str] = {}
    for path in sorted(store.folder(k).iterdir()):
        if path.suffix in (".json", ".npy"):
            data = path.read_bytes()
            archive.writestr(f"{OBJECTS}/{k}/{path.name}", data)
            files[path.name] = hashlib.sha256(data).hexdigest()
    return {"name": name, "key": k, "files": files, "meta": store.meta(k)}


def _manifest(ws: Workspace, project: Project, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "versions": versions(),
        "project": codec.encode(without_places(_openable(project))),
        "changes": [
            {**change, **{when: _placeless_text(change[when]) for when in ("before", "after")}}
            for change in ws.projects.log(project.project_id)
        ],
        "results": entries,
    }


def _openable(project: Project) -> Project:
    """The project with a topic that a bundle may have; projects of earlier versions knew no limit."""
    return dataclasses.replace(project, topic=cut_topic(project.topic, OPENED_TOPIC_MAX))


def _placeless_text(text: str) -> Any:
    return codec.encode(without_places(codec.decode(Project, json.loads(text))))


def bundle_bytes(ws: Workspace, project: Project) -> bytes:
    """The bundle as bytes, for a browser."""
    file = io.BytesIO()
    write_bundle(ws, project, file)
    return file.getvalue()


def bundle_file(ws: Workspace, project: Project, path: Path, progress: Progress = quiet) -> None:
    """The bundle as a file, whole or not there. Raises AnalysisError if it cannot be written."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            write_bundle(ws, project, file, progress)
        part.replace(path)
    except OSError as e:
        raise AnalysisError(
            f"{path} cannot be written ({e.strerror}). Choose another place for the bundle."
        ) from e
    finally:
        part.unlink(missing_ok=True)
