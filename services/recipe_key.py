"""Settings as text for keys: equal settings give equal keys on any machine (docs/decisions/001)."""

import dataclasses
import hashlib
import json
from typing import Any


def key_form(value: Any) -> Any:
    """The JSON-able form of settings that goes into a key: without the fields marked apart()."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: key_form(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if f.metadata.get("in_key", True)
        }
    if isinstance(value, tuple | list):
        return [key_form(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # 2.0 and 2 are the same setting, whether typed or read back from JSON
    return value


def digest(*parts: Any) -> str:
    """32 hex digits naming the parts' content; the same for equal settings on any machine."""
    text = json.dumps(key_form(parts), sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
