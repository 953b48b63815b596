"""What `wheelfix inspect` says of the libraries in real wheels is what pyelftools and the newest LIEF read."""

from __future__ import annotations

import io
import json
from typing import Any

import lief
import pytest
from real_libraries import WHEELS, Library, elf_files, entries, machine_of, read_by_pyelftools


def read_by_lief(content: bytes, machine: str) -> Library:
    binary = lief.ELF.parse(io.BytesIO(content))
    tags = lief.ELF.DynamicEntry.TAG
    soname, rpath, runpath = (binary.get(tag) for tag in (tags.SONAME, tags.RPATH, tags.RUNPATH))
    return Library(
        machine,
        soname.name if soname else None,
        list(binary.libraries),
        entries(rpath.rpath if rpath else None),
        entries(runpath.runpath if runpath else None),
    )


def as_library(described: dict[str, Any]) -> Library:
    return Library(*(described[name] for name in Library._fields))


@pytest.mark.parametrize("file_name", WHEELS)
def test_inspect_reads_what_others_read(file_name: str, published, wheelfix) -> None:
    path = published(file_name)
    (wheel,) = json.loads(wheelfix.done("inspect", "--json", "--cross-check", path))["wheels"]
    ours = {library["path"]: as_library(library) for library in wheel["libraries"]}
    content = dict(elf_files(path))
    machine = machine_of(file_name)
    assert content, "a wheel without libraries shows nothing"
    assert ours == {name: read_by_pyelftools(library, machine) for name, library in content.items()}
    assert ours == {name: read_by_lief(library, machine) for name, library in content.items()}
    assert [library["path"] for library in wheel["libraries"] if library["format"] != "elf"] == []
    agrees = {"outcome": "agrees", "text": None}
    assert {library["path"]: library["cross_check"] for library in wheel["libraries"]} == dict.fromkeys(ours, agrees)
