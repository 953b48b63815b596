"""Wheels that must be refused, each made from a sound one by changing its bytes."""

from __future__ import annotations

import struct
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

from wheels import File, build_wheel, write_zip

NAME = "demo-1.0-py3-none-any.whl"
LOCAL, CENTRAL = b"PK\3\4", b"PK\1\2"
FLAGS_AT = {LOCAL: 6, CENTRAL: 8}
METHOD_AT = {LOCAL: 8, CENTRAL: 10}
NAME_AT = {LOCAL: 30, CENTRAL: 46}


def sound(folder: Path, more: Mapping[str, str | bytes | File] | None = None) -> Path:
    return build_wheel(folder, "demo", "1.0", {"demo/__init__.py": "one\ntwo\nthree\n", **(more or {})})


def entries_of(wheel: Path) -> dict[str, File]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: File(archive.read(name)) for name in archive.namelist()}


def with_entries(folder: Path, changes: Mapping[str, str | None], name: str = NAME) -> Path:
    """The sound wheel under `name` with entries added or replaced, or (None) left out."""
    entries = entries_of(sound(folder))
    for path, content in changes.items():
        if content is None:
            del entries[path]
        else:
            entries[path] = File(content)
    (folder / NAME).unlink()
    write_zip(folder / name, entries)
    return folder / name


def with_name(folder: Path, name: bytes) -> Path:
    """With an entry of that name; the archive says it in both of its headers."""
    stand_in = b"x" * len(name)
    wheel = with_entries(folder, {stand_in.decode(): "evil"})
    return rewrite(wheel, wheel.read_bytes().replace(stand_in, name))


def with_header(folder: Path, places: Mapping[bytes, int], value: int) -> Path:
    """With a 16-bit field of demo/__init__.py's headers set."""
    wheel = sound(folder)
    data = bytearray(wheel.read_bytes())
    for signature, place in places.items():
        at = data.index(b"demo/__init__.py", data.index(signature)) - NAME_AT[signature]
        struct.pack_into("<H", data, at + place, value)
    return rewrite(wheel, data)


def with_duplicate(folder: Path) -> Path:
    wheel = sound(folder)
    with warnings.catch_warnings(), zipfile.ZipFile(wheel, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("demo/__init__.py", "other")
    return wheel


def with_damage(folder: Path) -> Path:
    """With one bit of an entry's data changed, so that its CRC-32 is wrong."""
    wheel = sound(folder, {"demo/__init__.py": File("one\ntwo\nthree\n", method=zipfile.ZIP_STORED)})
    return rewrite(wheel, wheel.read_bytes().replace(b"one\ntwo\n", b"one\ntwp\n"))


def bomb(folder: Path) -> Path:
    return sound(folder, {"demo/zeros": bytes(20 << 20)})


def packed_size(wheel: Path, entry: str) -> int:
    with zipfile.ZipFile(wheel) as archive:
        return archive.getinfo(entry).compress_size


def rewrite(wheel: Path, data: bytes | bytearray) -> Path:
    wheel.write_bytes(data)
    return wheel
