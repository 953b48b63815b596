"""Documents of JSON as dataclasses, by the types of their fields."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from ._errors import WheelfixError

if TYPE_CHECKING:
    from typing_extensions import TypeGuard

T = TypeVar("T")


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether JSON is an object."""
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def read(kind: type[T], value: object) -> T:
    """An object of the dataclass `kind`, whose fields have the names of keys. Other keys are those of a newer program, and are ignored.

    Raises WheelfixError if a key is missing whose field has no default, or a value is of another type.
    """
    result: T = _read(kind, value, "the document")
    return result


@functools.lru_cache(maxsize=None)
def _fields(kind: type) -> list[tuple[str, Any, bool]]:
    """Name, type, and whether it must be there."""
    types = get_type_hints(kind)
    return [(field.name, types[field.name], field.default is dataclasses.MISSING) for field in dataclasses.fields(kind)]


def _read(kind: Any, value: object, where: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return _object(kind, value, where)
    if get_origin(kind) is tuple:
        if not _is_list(value):
            raise _wrong(where, "a list", value)
        return tuple(_read(get_args(kind)[0], item, f"{where}[{number}]") for number, item in enumerate(value))
    if get_origin(kind) is Union:  # Optional
        return None if value is None else _read(get_args(kind)[0], value, where)
    if kind is Path:
        return Path(_read(str, value, where))
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _wrong(where, f"of type {kind.__name__}", value)
    return value


def _object(kind: Any, value: object, where: str) -> Any:
    if not is_object(value):
        raise _wrong(where, "an object", value)
    found: dict[str, Any] = {}
    for name, field, is_required in _fields(kind):
        if name in value:
            found[name] = _read(field, value[name], f"{where}: {name}")
        elif is_required:
            raise WheelfixError("no-document", f"{where}: {name}", "the key is missing", _HINT)
    return kind(**found)


_HINT = "the program is of another version than this package: reinstall wheelfix"


def _wrong(where: str, wanted: str, value: object) -> WheelfixError:
    return WheelfixError("no-document", where, f"isn't {wanted}: {value!r:.80}", _HINT)
