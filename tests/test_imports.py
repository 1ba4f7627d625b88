"""app -> pages -> services -> crvae, never back; and the web process stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FORBIDDEN = {
    "crvae": {"services", "pages", "app", "streamlit", "plotly", "cv2", "sqlite3", "diskcache", "requests"},
    "services": {"pages", "app", "streamlit"},
    "pages": {"crvae", "torch", "numpy", "diskcache", "cv2", "yt_dlp", "sqlite3", "sklearn", "distributed"},
}
FILES = [path for folder in FORBIDDEN for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Top-level packages that a file imports anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path):
    folder = path.relative_to(ROOT).parts[0]
    assert not imported(path) & FORBIDDEN[folder]


@pytest.mark.parametrize(
    "module", ["services.stages", "services.jobs", "services.figures", "services.__main__"]
)
def test_importing_a_service_loads_no_heavy_library(module: str):
    heavy = ["torch", "transformers", "cv2", "sklearn", "yt_dlp", "matplotlib", "streamlit"]
    code = f"import sys, {module}; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
