"""Every library of real wheels gets a longer search path: other readers see it, ld.so searches it, and finds what it found
before."""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from real_libraries import WHEELS, Library, elf_files, machine_of, read_by_pyelftools

FOLDER = "a_folder_that_is_not_there_and_has_a_name_that_is_longer_than_any_string_that_could_be_replaced"
LOADER = "/lib64/ld-linux-x86-64.so.2"


def with_longer_path(before: Library, after: Library) -> Library:
    """An entry after those that are there, under the tag that is there. A first one is under any, by what the library
    inherits."""
    added = f"$ORIGIN/{FOLDER}"
    if before.runpath == before.rpath == []:
        return before._replace(rpath=[added]) if after.rpath else before._replace(runpath=[added])
    if before.rpath and not before.runpath:
        return before._replace(rpath=[*before.rpath, added])
    return before._replace(runpath=[*before.runpath, added])


def searched(library: Path) -> str:
    """What ld.so says of its search for what the library needs."""
    environment = {**os.environ, "LD_DEBUG": "libs"}
    return subprocess.run([LOADER, "--list", library], env=environment, capture_output=True, text=True).stderr


def lacking(wheel: Path, folder: Path, names: list[str]) -> dict[str, set[str]]:
    """What ld.so doesn't find, by library of the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    listed = {name: subprocess.run([LOADER, "--list", folder / name], capture_output=True, text=True) for name in names}
    return {name: set(re.findall(r"(\S+) => not found", result.stdout)) for name, result in listed.items()}


@pytest.mark.parametrize("file_name", WHEELS)
def test_every_library_gets_a_longer_search_path(file_name: str, published, wheelfix, tmp_path: Path) -> None:
    path, machine = published(file_name), machine_of(file_name)
    before = dict(elf_files(path))
    edited = wheelfix.done("patch", "-s", "x.1", "--add-rpath", f"*=$ORIGIN/{FOLDER}", "-d", tmp_path, path).strip()
    after = dict(elf_files(Path(edited)))
    assert before.keys() == after.keys()
    wheelfix.done("verify", edited)
    for name, content in after.items():
        read_after = read_by_pyelftools(content, machine)
        wanted = with_longer_path(read_by_pyelftools(before[name], machine), read_after)
        assert read_after == wanted, name
        library = tmp_path / Path(name).name
        library.write_bytes(content)
        read = subprocess.run(["readelf", "--dynamic", "--segments", "--wide", library], capture_output=True, text=True)
        assert (read.returncode, read.stderr) == (0, ""), name
        if machine == "x86_64" and "manylinux" in file_name and wanted.needed:
            assert f"/{FOLDER}" in searched(library), name
    if machine == "x86_64" and "manylinux" in file_name:
        modules = [name for name in before if ".cpython-" in name or ".abi3." in name]
        found = lacking(path, tmp_path / "before", modules)
        assert found == lacking(Path(edited), tmp_path / "after", modules)
