"""Where a chat server is, and the key it asks for: from the environment alone, never from a project."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from services.errors import AnalysisError

URL, MODEL, KEY = "DIPTYCH_TAGS_URL", "DIPTYCH_TAGS_MODEL", "DIPTYCH_TAGS_KEY"
# Names in the section [tags] of Streamlit's secrets -> the variable that each one sets.
SECRETS = {"url": URL, "model": MODEL, "key": KEY}
MAX_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class ServerSettings:
    url: str
    model: str  # the one that a new project takes
    key: str = field(repr=False)  # "" where the server asks for none


def server_settings() -> ServerSettings | None:
    """The chat server that the environment names; None if it names none.

    Raises AnalysisError for an address that is no http(s) address, or that has a password in it.
    """
    url, model, key = (os.environ.get(name, "").strip()[:MAX_CHARS] for name in (URL, MODEL, KEY))
    if not url or not model:
        return None
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, an open bracket
        raise AnalysisError(_wrong()) from None
    if not is_web or parts.username or parts.password or parts.query or parts.fragment:
        raise AnalysisError(_wrong())
    if not (key + model).isprintable():
        raise AnalysisError(f"{KEY} or {MODEL} holds characters that cannot be sent. Copy it once more.")
    return ServerSettings(url.rstrip("/"), model, key)


def hand_on(secrets: Mapping[str, object]) -> None:
    """Put the secrets' [tags] section into the environment, where jobs look; what is set there stays."""
    for name, variable in SECRETS.items():
        value = secrets.get(name)
        if isinstance(value, str) and value.strip():
            os.environ.setdefault(variable, value.strip())


def _wrong() -> str:
    return (
        f"{URL} is no address of a chat server. Write it as http://HOST:PORT/v1 or https://HOST/v1, and put "
        f"a key into {KEY}."
    )
