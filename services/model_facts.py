"""What the Models page tells beside a backend's row in the table: room on the disk, page, access token."""

import os
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Literal

from services.backends import Backend, is_present
from services.tag_server_settings import KEY

TokenState = Literal["environment", "file", "none"]


def disk_mb(backend: Backend) -> int:
    """Megabytes that the model takes on this disk; 0 where it is not here, or is no file of its own."""
    if backend.is_server or not is_present(backend):
        return 0
    paths = _hub_files(backend) if backend.is_of_hub else _package_files(backend)
    n_bytes = sum(path.stat().st_size for path in paths if path.is_file())
    return -(-n_bytes // 1_000_000)


def model_page(backend: Backend) -> str:
    """Address of the model's page with its licence; "" for what is no model of the hub."""
    if not backend.is_of_hub or Path(backend.model_id).is_absolute():
        return ""
    return f"https://huggingface.co/{backend.model_id}"


def token_state() -> TokenState:
    """Where the hub's access token comes from; the token itself is not given."""
    from huggingface_hub import get_token

    if os.environ.get("HF_TOKEN", "").strip():
        return "environment"
    return "file" if get_token() else "none"


def has_server_key() -> bool:
    return bool(os.environ.get(KEY, "").strip())


def _hub_files(backend: Backend) -> list[Path]:
    from services import hub

    return list(hub.folder(backend).rglob("*"))


def _package_files(backend: Backend) -> list[Path]:
    found: list[Path] = []
    for package in backend.weights:
        try:
            files = distribution(package).files or []
        except PackageNotFoundError:
            continue
        found += [Path(str(file.locate())) for file in files]
    return found
