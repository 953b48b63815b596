"""The dynamic symbols of an ELF file as readelf and pyelftools read them, in the form that ours are brought to."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerDefSection, GNUVerNeedSection, GNUVerSymSection
from elftools.elf.sections import SymbolTableSection

BINDINGS = {0: "LOCAL", 1: "GLOBAL", 2: "WEAK", 10: "UNIQUE"}
TYPES = {0: "NOTYPE", 1: "OBJECT", 2: "FUNC", 3: "SECTION", 4: "FILE", 5: "COMMON", 6: "TLS", 10: "IFUNC"}
VISIBILITIES = {0: "DEFAULT", 1: "INTERNAL", 2: "HIDDEN", 3: "PROTECTED"}
HIDDEN = 0x8000


class Symbol(NamedTuple):
    name: str
    version: str  # `@GLIBC_2.2.5`, or `@@LIBX_1` for the default
    binding: str
    type: str
    visibility: str
    place: str  # UND, ABS, or nothing for a section


class Symbols(NamedTuple):
    """Bound symbols by number, those of DT_REL and DT_RELA first, then those of DT_JMPREL."""

    table: dict[int, Symbol]
    bound: list[int]
    bound_calls: list[int]


class Versions(NamedTuple):
    defined: list[tuple[str, int, bool]]
    needed: list[tuple[str, list[tuple[str, int, bool]]]]


def ours(read: dict[str, Any]) -> Symbols:
    defined = {index: name for name, index, is_base in read["versions_defined"] if not is_base}
    needed = {index & ~HIDDEN: name for _, versions in read["versions_needed"] for name, index, _ in versions}
    table = {}
    for number, (name, version, binding, kind, visibility, is_undefined, is_absolute, _) in enumerate(read["symbols"]):
        index = version & ~HIDDEN
        text = defined.get(index) or needed.get(index, "")
        if text == name:  # readelf shows no version of the symbol that has a version's name
            text = ""
        if text:
            text = ("@@" if index in defined and not version & HIDDEN else "@") + text
        place = "UND" if is_undefined else "ABS" if is_absolute else ""
        table[number] = Symbol(name, text, BINDINGS[binding], TYPES[kind], VISIBILITIES[visibility], place)
    return Symbols(table, read["bound"], read["bound_calls"])


def our_versions(read: dict[str, Any]) -> Versions:
    needed = [(file, [tuple(version) for version in versions]) for file, versions in read["versions_needed"]]
    return Versions([tuple(version) for version in read["versions_defined"]], needed)


def once(numbers: Iterable[int]) -> list[int]:
    return [number for number in dict.fromkeys(numbers) if number]


def binds(type_name: str) -> bool:
    return not type_name.endswith(("_RELATIVE", "_RELATIVE64", "_NONE"))


def readelf(*words: str | Path) -> str:
    return subprocess.run(
        ["readelf", "-W", *words], check=True, capture_output=True, text=True, errors="replace", env={"LC_ALL": "C"}
    ).stdout


def read_by_readelf(file: Path) -> Symbols:
    line = re.compile(
        r"^ *(\d+): [0-9a-f]+ +\S+ (\S+) +(\S+) +(\S+)(?: +\[.*?\])? +(\S+)(?: ([^@\n]*)(@[^ \n]*)?.*)?$", re.MULTILINE
    )
    table = {}
    for number, kind, binding, visibility, place, name, version in line.findall(readelf("--dyn-syms", file)):
        where = place if place in ("UND", "ABS") else ""
        name = "" if kind == "SECTION" else name  # it shows the section's, because such a symbol has none
        table[int(number)] = Symbol(name, version, binding, kind, visibility, where)
    bound: dict[str, list[int]] = {"REL": [], "RELA": [], "RELR": [], "PLT": []}
    shift = 32 if "ELF64" in readelf("-h", file) else 8
    for text in re.split(r"^'(?=\w+' relocation section)", readelf("--use-dynamic", "-r", file), flags=re.MULTILINE)[1:]:
        relocations = re.findall(r"^[0-9a-f]{8,} +([0-9a-f]{8,}) (R_\S+)", text, re.MULTILINE)
        bound[text.partition("'")[0]] += [int(info, 16) >> shift for info, kind in relocations if binds(kind)]
    return Symbols(table, once(bound["REL"] + bound["RELA"]), once(bound["PLT"]))


def sections(file: ELFFile, kind: type) -> Iterator[Any]:
    return (section for section in file.iter_sections() if isinstance(section, kind) and section.name != ".symtab")


def versions_by_pyelftools(stream: Any) -> Versions:
    file = ELFFile(stream)
    defined = [
        (next(names).name, version["vd_ndx"], bool(version["vd_flags"] & 1))
        for section in sections(file, GNUVerDefSection)
        for version, names in section.iter_versions()
    ]
    needed = [
        (need.name, [(entry.name, entry["vna_other"], bool(entry["vna_flags"] & 2)) for entry in entries])
        for section in sections(file, GNUVerNeedSection)
        for need, entries in section.iter_versions()
    ]
    return Versions(defined, needed)


def read_by_pyelftools(stream: Any) -> tuple[list[tuple[str, int]], list[int], list[int]]:
    """Names and versions' indices of all symbols, and what is bound."""
    file = ELFFile(stream)
    (table,) = sections(file, SymbolTableSection)
    names = [symbol.name for symbol in table.iter_symbols()]
    indices = [0] * len(names)
    for section in sections(file, GNUVerSymSection):
        indices = [as_number(section.get_symbol(number)["ndx"]) for number in range(section.num_symbols())]
    (dynamic,) = [segment for segment in file.iter_segments() if isinstance(segment, DynamicSegment)]
    bound: dict[str, list[int]] = {"REL": [], "RELA": [], "RELR": [], "JMPREL": []}
    none = {"EM_AARCH64": 1027, "EM_X86_64": 8, "EM_386": 8, "EM_ARM": 23, "EM_PPC64": 22, "EM_S390": 12}
    relative = none[file["e_machine"]]
    for kind, relocations in dynamic.get_relocation_tables().items():
        if kind != "RELR":
            bound[kind] += [
                relocation["r_info_sym"]
                for relocation in relocations.iter_relocations()
                if relocation["r_info_type"] not in (0, relative)
            ]
    return list(zip(names, indices)), once(bound["REL"] + bound["RELA"]), once(bound["JMPREL"])


def as_number(index: int | str) -> int:
    return {"VER_NDX_LOCAL": 0, "VER_NDX_GLOBAL": 1}.get(index, index)  # type: ignore[call-overload, return-value]


def check(read: dict[str, Any], path: Path) -> int:
    """Our reading against both. Returns how many symbols are bound."""
    mine, theirs = ours(read), read_by_readelf(path)
    assert mine.bound == theirs.bound and mine.bound_calls == theirs.bound_calls
    kept = len(mine.table)
    assert mine.table == {number: symbol for number, symbol in theirs.table.items() if number < kept}
    named = {*theirs.bound, *theirs.bound_calls}
    left_out = [symbol for number, symbol in theirs.table.items() if number >= kept]
    assert all(symbol.place == "UND" for symbol in left_out) and named <= {*mine.table}
    with path.open("rb") as stream:
        assert our_versions(read) == versions_by_pyelftools(stream)
        symbols, bound, calls = read_by_pyelftools(stream)
    assert (mine.bound, mine.bound_calls) == (bound, calls)
    assert [(row[0], row[1]) for row in read["symbols"]] == symbols[:kept]
    return len(named)
