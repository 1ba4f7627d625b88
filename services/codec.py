"""Records to JSON and files, and back: arrays as .npy, everything else as JSON. No pickle."""

import dataclasses
import types
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np


def encode(value: object, folder: Path | None = None, name: str = "value") -> Any:
    """A JSON-able form of a record, with its arrays and files written below `folder`.

    value:  dataclass, tuple, str, number, bool, None, numpy array or Path
    folder: where arrays go as NAME.npy and files inside the folder stay; None forbids both
    Raises TypeError for anything else.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: encode(getattr(value, f.name), folder, f"{name}.{f.name}" if name != "value" else f.name)
            for f in dataclasses.fields(value)
        }
    if isinstance(value, tuple):
        return [encode(item, folder, f"{name}.{i}") for i, item in enumerate(value)]
    if isinstance(value, np.ndarray) and folder is not None:
        np.save(folder / f"{name}.npy", value, allow_pickle=False)
        return f"{name}.npy"
    if isinstance(value, Path) and folder is not None:
        # Files made for this result lie in its folder already; others stay where they are.
        return str(value.relative_to(folder)) if value.is_relative_to(folder) else str(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{name} is a {type(value).__name__}, which has no stored form")


def decode(kind: Any, data: Any, folder: Path | None = None) -> Any:
    """The record of type `kind` that `encode` turned into `data`.

    Fields that `data` lacks take their defaults. Raises ValueError for a field that `kind` does not have,
    for a value of the wrong type and for an array that needs pickle.
    """
    origin = get_origin(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _decode_record(kind, data, folder)
    if origin in (Union, types.UnionType):
        return _decode_union(get_args(kind), data, folder)
    if origin is tuple:
        return _decode_tuple(get_args(kind), data, folder)
    if origin is Literal:
        return _checked(data in get_args(kind), data, kind)
    if kind is np.ndarray or origin is np.ndarray:
        if folder is None or Path(str(data)).name != data:
            raise ValueError(f"an array needs a folder and a plain file name, not {data!r}")
        return np.load(folder / data, allow_pickle=False)
    if kind is types.NoneType:
        return _checked(data is None, data, kind)
    if kind is Path:
        return Path(str(data)) if folder is None else folder / str(data)
    if kind is float:
        return float(_checked(isinstance(data, int | float), data, kind))
    return _checked(type(data) is kind, data, kind)


def _decode_record(kind: Any, data: Any, folder: Path | None) -> Any:
    _checked(isinstance(data, dict), data, kind)
    hints = _hints(kind)
    unknown = set(data) - {f.name for f in dataclasses.fields(kind)}
    if unknown:
        raise ValueError(f"{kind.__name__} has no field {sorted(unknown)[0]!r}")
    return kind(**{name: decode(hints[name], value, folder) for name, value in data.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Types of a record's fields; a history of 500 epochs asks 500 times."""
    return get_type_hints(kind)


def _decode_union(choices: tuple[Any, ...], data: Any, folder: Path | None) -> Any:
    if data is None:
        return _checked(types.NoneType in choices, data, choices)
    for choice in choices:
        try:
            return decode(choice, data, folder)
        except ValueError:
            continue
    raise ValueError(f"{data!r} fits none of {choices}")


def _decode_tuple(items: tuple[Any, ...], data: Any, folder: Path | None) -> Any:
    _checked(isinstance(data, list), data, tuple)
    if len(items) == 2 and items[1] is Ellipsis:
        return tuple(decode(items[0], item, folder) for item in data)
    return tuple(decode(kind, item, folder) for kind, item in zip(items, data, strict=True))


def _checked(is_right: bool, data: Any, kind: Any) -> Any:
    if not is_right:
        raise ValueError(f"{data!r} is not a {getattr(kind, '__name__', kind)}")
    return data
