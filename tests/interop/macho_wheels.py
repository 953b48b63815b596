"""What is asked of a wheel for macOS whose libraries all get an LC_RPATH: macholib reads it, and code signatures are sound."""

from __future__ import annotations

import zipfile
from pathlib import Path

import code_signature
from macholib.MachO import MachO

LC_RPATH = 0x8000001C
ADDED = "@loader_path/x"


def rpaths_of(path: Path) -> list[list[str]]:
    """Of each slice."""
    return [
        [text.rstrip(b"\0").decode() for command, _, text in header.commands if command.cmd == LC_RPATH]
        for header in MachO(str(path)).headers
    ]


def libraries_of(wheel: Path) -> list[str]:
    """Without what debuggers read beside them."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith((".so", ".dylib")) and ".dSYM/" not in name]
        return [name for name in names if archive.read(name)[:4] in (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")]


def require_added(wheel: Path, patched: Path, folder: Path) -> int:
    """How many of its libraries are signed; `folder` takes the libraries."""
    signed = 0
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(patched) as new:
        for name in libraries_of(wheel):
            before, after = Path(old.extract(name, folder / "old")), Path(new.extract(name, folder / "new"))
            assert rpaths_of(after) == [[*paths, ADDED] for paths in rpaths_of(before)], name
            signed += code_signature.require_sound(after.read_bytes())
            before.unlink(), after.unlink()
    return signed
