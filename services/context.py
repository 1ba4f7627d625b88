"""What a running stage may use besides its inputs and settings."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.records import Progress, quiet

Emit = Callable[[dict[str, Any]], None]
Remember = Callable[[str, Callable[[], Any]], Any]  # (name, compute) -> JSON value, see Store.remember


def silent(event: dict[str, Any]) -> None:
    """An emit call that tells nobody."""


@dataclass(frozen=True, slots=True)
class Context:
    folder: Path  # files made for the result go here
    remember: Remember  # keeps values per frame or word between runs
    progress: Progress = quiet  # raises Cancelled when the analyst pressed Stop
    emit: Emit = silent  # live data for the train page: {"kind": "epoch", …}, {"kind": "preview", …}

    @property
    def work(self) -> Path:
        """A folder that survives a kill and is deleted when the stage has succeeded: checkpoints go here."""
        path = self.folder / "work"
        path.mkdir(exist_ok=True)
        return path
