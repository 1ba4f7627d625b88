"""Where Diptych keeps projects, results and uploads on this machine."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from services.errors import AnalysisError
from services.projects import Projects
from services.store import Store, told_in_words

RESERVE = "reserve"
RESERVE_BYTES = 2**19


def workspace_folder() -> Path:
    """The workspace folder: DIPTYCH_HOME, else the platform's user data folder; made with mode 0700.

    Raises AnalysisError if it cannot be made or written.
    """
    chosen = os.environ.get("DIPTYCH_HOME")
    root = Path(chosen).expanduser() if chosen else user_data_path("diptych", appauthor=False)
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as e:
        raise AnalysisError(
            f"The workspace {root} cannot be made ({e.strerror}). "
            "Set DIPTYCH_HOME to a folder that you may write to."
        ) from e
    if not os.access(root, os.W_OK | os.X_OK):
        raise AnalysisError(
            f"The workspace {root} cannot be written. Set DIPTYCH_HOME to a folder that you may write to."
        )
    return root.resolve()


@dataclass(frozen=True, slots=True)
class Workspace:
    """The places where this machine keeps the analyst's work and the results."""

    root: Path
    store: Store
    projects: Projects

    @property
    def uploads(self) -> Path:
        folder = self.root / "uploads"
        with told_in_words("The uploads", self.root):
            folder.mkdir(mode=0o700, exist_ok=True)
        return folder


def open_workspace(*, is_cleaning: bool = False) -> Workspace:
    """The workspace of this machine, opened. Raises AnalysisError if it cannot be written.

    is_cleaning: gives back the little room that is kept for the day when the disk is full
    """
    root = workspace_folder()
    if is_cleaning:
        with contextlib.suppress(OSError):
            (root / RESERVE).unlink(missing_ok=True)
    ws = Workspace(root, Store(root / "cache"), Projects(root / "projects.sqlite"))
    if not is_cleaning:
        _keep_reserve(root)
    return ws


def _keep_reserve(root: Path) -> None:
    """Keep room without which nothing could be deleted from a full disk: SQLite writes before it reads."""
    reserve = root / RESERVE
    if reserve.exists():
        return
    part = root / f"{RESERVE}.{os.getpid()}.part"
    try:
        part.write_bytes(os.urandom(RESERVE_BYTES))
        os.replace(part, reserve)
    except OSError:
        part.unlink(missing_ok=True)
