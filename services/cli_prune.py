"""The command `prune`: deletes results, thumbnails and uploads that no project uses."""

import argparse
import re
import time
from collections.abc import Iterator
from pathlib import Path

from services import stages
from services.store import delete_folder
from services.workspace import Workspace

UPLOAD = re.compile(r"[0-9a-f]{32}")  # the digest of its content
RECENT_S = 3600.0  # an upload may belong to a project that is made at this moment


def prune(ws: Workspace, options: argparse.Namespace) -> str:
    """Deletes what the present settings of no project name, and uploads that undo cannot bring back."""
    used = {key for project in ws.projects.all() for key in stages.all_keys(project)}
    results = set(ws.store.keys()) - used
    uploads = list(_unused_uploads(ws))
    freed = sum(ws.store.discard(key) for key in results) + sum(_delete(path) for path in uploads)
    if not results and not uploads:
        return "Nothing to delete: every stored result and upload belongs to a project."
    told = [_count(len(results), "stored result"), _count(len(uploads), "upload")]
    return f"Deleted {' and '.join(filter(None, told))} that no project uses ({freed / 1e6:.1f} MB)."


def _unused_uploads(ws: Workspace) -> Iterator[Path]:
    """Folders of uploads that no project has ever named, and parts of uploads that broke off."""
    for path in sorted(ws.uploads.iterdir()):
        if path.is_symlink() or time.time() - _changed_at(path) < RECENT_S:
            continue
        is_part = path.is_file() and path.name.startswith("part-")
        is_upload = path.is_dir() and UPLOAD.fullmatch(path.name) is not None
        if is_part or (is_upload and not ws.projects.mentions(path.name)):
            yield path


def _changed_at(path: Path) -> float:
    """Seconds since 1970 of the latest change of the folder or of a file in it."""
    inside = path.iterdir() if path.is_dir() else ()
    return max(each.lstat().st_mtime for each in (path, *inside))


def _delete(path: Path) -> int:
    if path.is_dir():
        return delete_folder(path)
    size = path.stat().st_size
    path.unlink()
    return size


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' if n > 1 else ''}" if n else ""
