"""Holds lib/loader/macos_symbols.txt against published wheels for macOS: what a file takes from a library of the system, by that
library's name, must begin as the table says of it.

    build-dev/venv/bin/python tests/real/macos_symbols.py FOLDER...

Takes the wheels for macOS below the folders, as other_systems.py downloads them; LIEF reads them. Prints how many names of each
library were compared, and those that the table doesn't have. Exits with 1 if there are such.
"""

from __future__ import annotations

import re
import sys
import zipfile
from collections import defaultdict
from pathlib import Path

import lief

sys.path.insert(0, str(Path(__file__).parents[1] / "interop"))

from macho_wheels import libraries_of

TABLE = Path(__file__).parents[2] / "lib/loader/macos_symbols.txt"
SYSTEM = ("/usr/lib/", "/System/")
# Everything that is linked to it is looked for there anyway: it isn't in the table.
EVERYWHERE = ("libSystem.B", "libc++")
# lib/loader/macos_symbols.cpp.
TAKEN_FOR_SYSTEM = re.compile(r"_([^a-z]|k[A-Z]|.*\$|[^_]*_$)")
LARGEST = 60_000_000
# What frameworks pass on from libSystem, and one whose name nobody takes without Accelerate.
KNOWN = {("CoreServices", "_exp2"), ("CoreServices", "_log2"), ("Accelerate", "_xerbla_array__")}


def beginnings() -> dict[str, tuple[str, ...]]:
    rows = [line.partition("#")[0].split() for line in TABLE.read_text().splitlines()]
    return {row[0]: tuple(row[1:]) for row in rows if row and not row[0].startswith("[")}


def taken(content: bytes) -> set[tuple[str, str]]:
    """Libraries of the system and names."""
    found = set()
    for slice_ in lief.MachO.parse(list(content)) or []:
        commands = [one for one in slice_.commands if isinstance(one, lief.MachO.DylibCommand)]
        libraries = [one.name for one in commands if one.command != lief.MachO.LoadCommand.TYPE.ID_DYLIB]
        for binding in slice_.bindings:
            if binding.has_symbol and 0 < binding.library_ordinal <= len(libraries):
                found.add((libraries[binding.library_ordinal - 1], binding.symbol.name))
    return {(library, name) for library, name in found if library.startswith(SYSTEM)}


def main(folders: list[str]) -> int:
    lief.logging.disable()
    names = defaultdict[str, set[str]](set)
    for wheel in {path.name: path for folder in folders for path in Path(folder).rglob("*macosx*.whl")}.values():
        with zipfile.ZipFile(wheel) as archive:
            for name in libraries_of(wheel):
                if archive.getinfo(name).file_size < LARGEST:
                    for library, symbol in taken(archive.read(name)):
                        names[library].add(symbol)
    table, strays = beginnings(), 0
    for library, symbols in sorted(names.items()):
        if any(part in library for part in EVERYWHERE):
            continue
        known = [begin for part, begins in table.items() if part == "*" or part in library for begin in begins]
        project = Path(library).name
        stray = sorted(
            symbol
            for symbol in symbols
            if not symbol[1:].startswith(tuple(known))
            and not TAKEN_FOR_SYSTEM.match(symbol)
            and (project, symbol) not in KNOWN
        )
        print(f"{project}: {len(symbols)}", *stray)
        strays += len(stray)
    return 1 if strays else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
