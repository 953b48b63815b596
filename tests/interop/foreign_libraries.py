"""Real wheels for Windows and macOS, and what pefile, macholib and the newest LIEF read of the libraries in them."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import lief
import pefile
from macholib.MachO import MachO
from macholib.MachO import MachOHeader as MachHeader

WHEELS = [
    "cffi-1.17.1-cp311-cp311-macosx_10_9_x86_64.whl",
    "cffi-1.17.1-cp311-cp311-macosx_11_0_arm64.whl",
    "cffi-1.17.1-cp311-cp311-win32.whl",
    "cffi-1.17.1-cp311-cp311-win_amd64.whl",
    "debugpy-1.8.14-cp311-cp311-macosx_14_0_universal2.whl",
    "h5py-3.14.0-cp311-cp311-win_amd64.whl",
    "MarkupSafe-3.0.2-cp311-cp311-macosx_10_9_universal2.whl",
    "pillow-11.3.0-cp311-cp311-macosx_10_10_x86_64.whl",
    "pillow-11.3.0-cp311-cp311-win_arm64.whl",
    "psycopg2_binary-2.9.10-cp311-cp311-macosx_14_0_arm64.whl",
    "psycopg2_binary-2.9.10-cp311-cp311-win_amd64.whl",
    "pywin32-310-cp311-cp311-win_amd64.whl",  # has delay imports
    "pyzmq-27.0.0-cp311-cp311-macosx_10_15_universal2.whl",
    "pyzmq-27.0.0-cp311-cp311-win_arm64.whl",
    "shapely-2.1.1-cp311-cp311-macosx_11_0_arm64.whl",
    "shapely-2.1.1-cp311-cp311-win_amd64.whl",
]

PE_MACHINES = {0x14C: "x86", 0x8664: "amd64", 0xAA64: "arm64"}
CPU_TYPES = {7: "i386", 0x01000007: "x86_64", 0x0100000C: "arm64"}
PLATFORMS = {1: "macos"}
IMPORTS, CERTIFICATES, DELAY_IMPORTS = 1, 4, 13  # places in PE's directory of tables

# Load commands, by <mach-o/loader.h>.
KINDS = {0xC: "load", 0x80000018: "weak", 0x8000001F: "reexport", 0x20: "lazy", 0x80000023: "upward"}
LC_ID_DYLIB, LC_RPATH, LC_CODE_SIGNATURE, LC_VERSION_MIN_MACOSX, LC_BUILD_VERSION = 0xD, 0x8000001C, 0x1D, 0x24, 0x32


pefile.MAX_IMPORT_SYMBOLS = 1 << 20  # torch_python.dll takes more than 8192 from one DLL


class Library(NamedTuple):
    """A library or a slice of one; the fields are named as in wheelfix's JSON."""

    machine: str
    bits: int
    soname: str | None = None
    needed: list[str] = []
    needed_kinds: list[str] = []
    delay_needed: list[str] = []
    rpath: list[str] = []
    minimum_os: list[dict[str, str]] = []
    has_signature: bool = False


def read_by_pefile(content: bytes) -> list[Library]:
    file = pefile.PE(data=content, fast_load=True)
    file.parse_data_directories(directories=[IMPORTS, DELAY_IMPORTS])
    imports, delayed = (
        [entry.dll.decode() for entry in getattr(file, name, [])]
        for name in ("DIRECTORY_ENTRY_IMPORT", "DIRECTORY_ENTRY_DELAY_IMPORT")
    )
    bits = 64 if file.OPTIONAL_HEADER.Magic == pefile.OPTIONAL_HEADER_MAGIC_PE_PLUS else 32
    signed = file.OPTIONAL_HEADER.DATA_DIRECTORY[CERTIFICATES].Size > 0
    machine = PE_MACHINES[file.FILE_HEADER.Machine]
    return [Library(machine, bits, needed=imports, delay_needed=delayed, has_signature=signed)]


def read_pe_by_lief(content: bytes) -> list[Library]:
    file = lief.PE.parse(content)
    return [
        Library(
            PE_MACHINES[file.header.machine.value],
            64 if file.optional_header.magic == lief.PE.PE_TYPE.PE32_PLUS else 32,
            needed=[str(entry.name) for entry in file.imports],
            delay_needed=[str(entry.name) for entry in file.delay_imports],
            has_signature=file.data_directories[CERTIFICATES].size > 0,
        )
    ]


def read_by_macholib(content: bytes) -> list[Library]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return [macholib_slice(header) for header in MachO(file.name).headers]


def macholib_slice(header: MachHeader) -> Library:
    names: dict[int, list[str]] = {}
    needed: list[tuple[str, str]] = []
    systems: list[dict[str, str]] = []
    for load, command, data in header.commands:
        kind = load.cmd & 0xFFFFFFFF
        if kind in KINDS or kind in (LC_ID_DYLIB, LC_RPATH):
            name = data.split(b"\0", 1)[0].decode()  # after the command's numbers
            names.setdefault(kind, []).append(name)
            if kind in KINDS:
                needed.append((name, KINDS[kind]))
        elif kind == LC_BUILD_VERSION:
            systems.append({"platform": PLATFORMS[command.platform], "version": version_text(command.minos)})
        elif kind == LC_VERSION_MIN_MACOSX:
            systems.append({"platform": "macos", "version": version_text(command.version)})
        else:
            names.setdefault(kind, []).append("")
    cpu_type = header.header.cputype & 0xFFFFFFFF
    return Library(
        CPU_TYPES[cpu_type],
        64 if cpu_type & 0x01000000 else 32,
        soname=names.get(LC_ID_DYLIB, [None])[0],
        needed=[name for name, _ in needed],
        needed_kinds=[kind for _, kind in needed],
        rpath=names.get(LC_RPATH, []),
        minimum_os=systems,
        has_signature=LC_CODE_SIGNATURE in names,
    )


def version_text(version: int) -> str:
    parts = [version >> 16, version >> 8 & 0xFF, version & 0xFF]
    return ".".join(str(part) for part in (parts if parts[2] else parts[:2]))


def read_macho_by_lief(content: bytes) -> list[Library]:
    fat = lief.MachO.parse(content)  # which owns the slices
    return [lief_slice(file) for file in fat]


def lief_slice(file: lief.MachO.Binary) -> Library:
    own = [command for command in file.commands if command.command == lief.MachO.LoadCommand.TYPE.ID_DYLIB]
    needed = [command for command in file.libraries if command.command != lief.MachO.LoadCommand.TYPE.ID_DYLIB]
    kinds = {"LOAD_DYLIB": "load", "LOAD_WEAK_DYLIB": "weak", "REEXPORT_DYLIB": "reexport"}
    kinds |= {"LAZY_LOAD_DYLIB": "lazy", "LOAD_UPWARD_DYLIB": "upward"}
    versions = [file.build_version.minos] if file.has_build_version else []
    versions += [file.version_min.version] if file.has_version_min else []
    return Library(
        CPU_TYPES[file.header.cpu_type.value & 0xFFFFFFFF],
        64 if file.header.is_64bit else 32,
        soname=own[0].name if own else None,
        needed=[command.name for command in needed],
        needed_kinds=[kinds[command.command.name] for command in needed],
        rpath=[command.path for command in file.rpaths],
        minimum_os=[
            {"platform": "macos", "version": ".".join(str(part) for part in (parts if parts[2] else parts[:2]))}
            for parts in versions
        ],
        has_signature=file.has_code_signature,
    )


def is_pe(content: bytes) -> bool:
    return content.startswith(b"MZ")


def is_macho(content: bytes) -> bool:
    return content[:4] in (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe")


def libraries_of(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    return {name: content for name, content in contents.items() if is_pe(content) or is_macho(content)}
