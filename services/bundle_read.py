"""Opens a bundle that somebody else may have made: checked name by name before anything is stored."""

import dataclasses
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from services import codec
from services.bundle import FORMAT, MANIFEST, without_places
from services.bundle_results import DAMAGE, MAX_JSON_BYTES, BadBundle, read_entry, take_results
from services.errors import AnalysisError
from services.labels import video_label
from services.recipe import SIDES, Project, Side, Source
from services.records import Progress, quiet
from services.sources import same_content
from services.topics import OPENED_TOPIC_MAX
from services.workspace import Workspace

MAX_BYTES, MAX_FILES = 2 * 2**30, 4000
MAX_CHANGES, MAX_CHANGE_CHARACTERS = 20_000, 2000


@dataclass(frozen=True, slots=True)
class Opened:
    """project: as stored; n_results: taken from the bundle; n_skipped: those of another version"""

    project: Project
    n_results: int
    n_skipped: int

    def told(self) -> str:
        """What was opened and what is lacking, in words."""
        lacking = [
            f"{video_label(self.project, side)} ({self.project.recipe(side).source.title[:120]})"
            for side in SIDES
            if self.project.recipe(side).source.kind != "youtube"
            and not self.project.recipe(side).source.location
        ]
        text = f"'{self.project.topic}' was opened with {self.n_results} results."
        if self.n_skipped:
            text += f" {self.n_skipped} were made by another version of Diptych and will be computed again."
        if lacking:
            text += (
                " A bundle has no videos, and the pages open once they are here: add on the Sources page the "
                f"file of the {' and of the '.join(lacking)}."
            )
        return text


def open_bundle_file(
    ws: Workspace, path: Path, progress: Progress = quiet, *, with_results: bool = True
) -> Opened:
    """As open_bundle; raises AnalysisError if there is no such file, too."""
    try:
        file = path.expanduser().open("rb")
    except OSError as e:
        raise AnalysisError(f"{path} cannot be read ({e.strerror}). Check where the bundle lies.") from e
    with file:
        return open_bundle(ws, file, progress, with_results=with_results)


def with_videos(project: Project, videos: Mapping[Side, Source]) -> Project:
    """The project with these files as its videos. Raises AnalysisError if one has another content."""
    for side, source in videos.items():
        recipe = project.recipe(side)
        if not same_content(source, recipe.source):
            raise AnalysisError(
                f"{source.title} is not the {video_label(project, side)} of this project: its content "
                f"differs. The project was opened as {project.project_id}; add the right video on its "
                "Sources page."
            )
        here = dataclasses.replace(recipe.source, location=source.location)
        project = project.with_recipe(side, dataclasses.replace(recipe, source=here))
    return project


def try_bundle(ws: Workspace, file: BinaryIO, *, with_results: bool) -> tuple[Opened | None, str]:
    """As open_bundle, for a page: what was opened, or None and the sentence that says why not."""
    try:
        return open_bundle(ws, file, with_results=with_results), ""
    except AnalysisError as e:
        return None, str(e)


def open_bundle(
    ws: Workspace, file: BinaryIO, progress: Progress = quiet, *, with_results: bool = True
) -> Opened:
    """Add the bundle's project and those of its results that this version of Diptych would compute.

    A result that is already here is never replaced; one that the project's settings do not name is left out.
    with_results: False takes settings and corrections alone, for a bundle from somebody one does not trust
    Raises BadBundle for anything that is not a whole bundle.
    """
    taken = skipped = 0
    try:
        archive = zipfile.ZipFile(file)
    except DAMAGE as e:
        raise BadBundle("it is no zip, or a damaged one") from e
    with archive:
        manifest = _manifest(archive, _checked_names(archive))
        project, log = _project(manifest), _log(manifest)
        if with_results:
            taken, skipped = take_results(ws.store, archive, manifest, project, progress)
    stored = ws.projects.add(project, log)
    return Opened(stored, taken, skipped)


def _checked_names(archive: zipfile.ZipFile) -> dict[str, int]:
    """Name -> size of every entry, after all were found harmless."""
    entries = archive.infolist()
    if len(entries) > MAX_FILES:
        raise BadBundle(f"it holds {len(entries)} files, more than a project has")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise BadBundle("it is packed in a way that Diptych does not use")
    if sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise BadBundle("unpacked it would be larger than 2 GB")
    sizes = {entry.filename: entry.file_size for entry in entries}
    if len(sizes) < len(entries):
        raise BadBundle("a name appears in it twice")
    return sizes


def _manifest(archive: zipfile.ZipFile, sizes: dict[str, int]) -> dict[str, Any]:
    if not 0 < sizes.get(MANIFEST, 0) <= MAX_JSON_BYTES:
        raise BadBundle(f"it has no {MANIFEST}, or one that is too large")
    try:
        manifest: Any = json.loads(b"".join(read_entry(archive, MANIFEST)))
    except (ValueError, RecursionError) as e:
        raise BadBundle(f"its {MANIFEST} cannot be read") from e
    if not isinstance(manifest, dict):
        raise BadBundle(f"its {MANIFEST} is no description of a bundle")
    if manifest.get("format") != FORMAT:
        raise BadBundle("it was made by another version of Diptych")
    return manifest  # pyright: ignore[reportUnknownVariableType]


def _project(manifest: dict[str, Any]) -> Project:
    try:
        project = without_places(codec.decode(Project, manifest.get("project")))
    except DAMAGE as e:
        raise BadBundle("its settings are not those of a project") from e
    if len(project.topic) > OPENED_TOPIC_MAX:
        raise BadBundle("its settings are not those of a project")
    return project


def _log(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """The changes as the project store keeps them, each state decoded once so that undo can rely on it."""
    changes: Any = manifest.get("changes")
    if not isinstance(changes, list) or len(changes) > MAX_CHANGES:
        raise BadBundle("its log of changes cannot be read")
    try:
        return [_change(change) for change in changes]
    except DAMAGE as e:
        raise BadBundle("its log of changes cannot be read") from e


def _change(change: dict[str, Any]) -> dict[str, Any]:
    texts = {name: str(change[name])[:MAX_CHANGE_CHARACTERS] for name in ("at", "who", "what")}
    states = {when: without_places(codec.decode(Project, change[when])) for when in ("before", "after")}
    undone = change["undone"]
    if undone not in (0, 1, 2):
        raise ValueError(f"undone is {undone!r}")
    encoded = {when: json.dumps(codec.encode(state), ensure_ascii=False) for when, state in states.items()}
    return {**texts, **encoded, "undone": int(undone)}
