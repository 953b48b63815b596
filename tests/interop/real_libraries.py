"""Real wheels with libraries for many machines, and what pyelftools reads of these."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile

WHEELS = [
    "cffi-1.17.1-cp311-cp311-manylinux_2_12_i686.manylinux2010_i686.manylinux_2_17_i686.manylinux2014_i686.whl",
    "cffi-1.17.1-cp311-cp311-manylinux_2_17_ppc64le.manylinux2014_ppc64le.whl",
    "cffi-1.17.1-cp311-cp311-manylinux_2_17_s390x.manylinux2014_s390x.whl",
    "cryptography-45.0.5-cp311-abi3-manylinux_2_28_x86_64.whl",
    "cryptography-45.0.5-cp311-abi3-musllinux_1_2_aarch64.whl",
    "h5py-3.14.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "lxml-6.0.0-cp311-cp311-musllinux_1_2_aarch64.whl",
    "lxml-6.0.0-cp311-cp311-musllinux_1_2_armv7l.whl",
    "numpy-2.2.6-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "pillow-11.3.0-cp311-cp311-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl",
    "pillow-11.3.0-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
    "pillow-11.3.0-cp311-cp311-musllinux_1_2_x86_64.whl",
    "psycopg2_binary-2.9.10-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl",
    "psycopg2_binary-2.9.10-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "pyzmq-27.0.0-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
    "shapely-2.1.1-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl",
    "triton-2.1.0-0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
]


class Library(NamedTuple):
    """What the loader gets; search paths as their entries, absent if they have no text."""

    machine: str
    soname: str | None
    needed: list[str]
    rpath: list[str]
    runpath: list[str]


def entries(path: str | None) -> list[str]:
    return path.split(":") if path else []


def read_by_pyelftools(content: bytes, machine: str) -> Library:
    file = ELFFile(io.BytesIO(content))
    found: dict[str, list[str]] = {"DT_SONAME": [], "DT_NEEDED": [], "DT_RPATH": [], "DT_RUNPATH": []}
    for segment in file.iter_segments():
        if isinstance(segment, DynamicSegment):
            for tag in segment.iter_tags():
                if tag.entry.d_tag in found:
                    found[tag.entry.d_tag].append(getattr(tag, tag.entry.d_tag.removeprefix("DT_").lower()))
    last = {name: values[-1] if values else None for name, values in found.items()}
    rpath, runpath = entries(last["DT_RPATH"]), entries(last["DT_RUNPATH"])
    return Library(machine, last["DT_SONAME"], found["DT_NEEDED"], rpath, runpath)


def elf_files(wheel: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if content.startswith(b"\x7fELF"):
                yield name, content


def machine_of(file_name: str) -> str:
    """The machine that a wheel is for, as its platform tags end."""
    tags = file_name.removesuffix(".whl").split("-")[-1].split(".")
    (machine,) = {re.sub(r"^(many|musl)linux(_\d+_\d+|\d+)_", "", tag) for tag in tags}
    return machine
