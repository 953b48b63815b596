"""What `wheelfix inspect` says of the libraries in real wheels is what pyelftools and the newest LIEF read."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
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


def test_a_program_is_what_dlopen_refuses(wheelfix, tmp_path: Path) -> None:
    """Whether a file names an interpreter says nothing of it."""
    interpreter = 'const char interp[] __attribute__((section(".interp"))) = "/lib64/ld-linux-x86-64.so.2";\n'
    code = tmp_path / "code.c"
    code.write_text("int main(void) { return 0; }\n")
    started_too = tmp_path / "started_too.c"
    started_too.write_text(interpreter + code.read_text())
    kinds = {
        "library": ["-shared", code],
        "library with an interpreter": ["-shared", started_too],
        "position-independent program": ["-pie", code],
        "program": ["-no-pie", code],
        "static position-independent program": ["-static-pie", code],
    }
    for name, words in kinds.items():
        output = tmp_path / f"{name}.so"
        subprocess.run(["gcc", "-fPIC", *words, "-o", output], check=True)
        load = [sys.executable, "-c", "import ctypes, sys; ctypes.CDLL(sys.argv[1])", output]
        said = subprocess.run(load, capture_output=True, text=True).stderr
        is_refused = "cannot dynamically load" in said
        assert is_refused == name.endswith("program"), said
        assert ("a program" in wheelfix.done("inspect", output)) == is_refused
