"""Where Diptych keeps projects, results and uploads on this machine."""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from services.errors import AnalysisError
from services.projects import Projects
from services.store import Store


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
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder


def open_workspace() -> Workspace:
    """The workspace of this machine, opened. Raises AnalysisError if it cannot be written."""
    root = workspace_folder()
    return Workspace(root, Store(root / "cache"), Projects(root / "projects.sqlite"))
