"""What other readers make of a stub: eu-elflint, readelf, pyelftools and LIEF."""

from __future__ import annotations

import subprocess
from pathlib import Path

import building
import lief
import pytest
from elftools.elf.elffile import ELFFile

NEEDED = ["libfirst.so.1", "libsecond.so.2"]
RPATH = ["$ORIGIN", "$ORIGIN/../x"]
MACHINES = {"x86_64": ("EM_X86_64", 4096), "aarch64": ("EM_AARCH64", 65536)}


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=["rpath", "runpath"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def stub(machine: str, kind: str, tmp_path: Path) -> Path:
    return building.make_stub(
        tmp_path / "libstub.so",
        f"soname = 'libstub.so'\nmachine = '{machine}'\nneeded = {NEEDED}\nrpath = {RPATH}\nrpath-kind = '{kind}'\n",
    )


@pytest.mark.parametrize("options", [[], ["--gnu-ld"], ["--strict"]], ids=" ".join)
def test_eu_elflint_finds_no_fault(options: list[str], stub: Path, kind: str) -> None:
    result = subprocess.run(["eu-elflint", *options, stub], capture_output=True, text=True, check=False)
    # Strictly, DT_RPATH itself is one.
    is_faulted = options == ["--strict"] and kind == "rpath"
    expected = "section [ 4] '.dynamic': entry 3: level 2 tag RPATH used" if is_faulted else "No errors"
    assert (result.stdout + result.stderr).strip() == expected


def test_readelf_warns_of_nothing(stub: Path, kind: str) -> None:
    result = subprocess.run(["readelf", "--all", "--wide", stub], capture_output=True, text=True, check=True)
    assert result.stderr == ""
    assert "Warning" not in result.stdout
    assert f"Library {kind}: [{':'.join(RPATH)}]" in result.stdout
    for name in NEEDED:
        assert f"(NEEDED)             Shared library: [{name}]" in result.stdout


def test_readelf_finds_the_strings_by_the_segments_alone(stub: Path) -> None:
    """As a loader does: the section table is not looked at."""
    result = subprocess.run(["readelf", "--use-dynamic", "-d", stub], capture_output=True, text=True, check=True)
    assert result.stderr == ""
    assert "[libstub.so]" in result.stdout


def test_pyelftools_reads_what_was_asked_for(stub: Path, machine: str, kind: str) -> None:
    with stub.open("rb") as file:
        elf = ELFFile(file)
        assert (elf["e_type"], elf["e_machine"]) == ("ET_DYN", MACHINES[machine][0])
        tags = list(elf.get_section_by_name(".dynamic").iter_tags())
        assert [tag.needed for tag in tags if tag.entry.d_tag == "DT_NEEDED"] == NEEDED
        assert [tag.soname for tag in tags if tag.entry.d_tag == "DT_SONAME"] == ["libstub.so"]
        paths = {tag.entry.d_tag: getattr(tag, kind) for tag in tags if tag.entry.d_tag in ("DT_RPATH", "DT_RUNPATH")}
        assert paths == {f"DT_{kind.upper()}": ":".join(RPATH)}
        assert elf.get_section_by_name(".dynsym").num_symbols() == 1


def test_segments_keep_to_their_pages(stub: Path, machine: str) -> None:
    page = MACHINES[machine][1]
    with stub.open("rb") as file:
        segments = list(ELFFile(file).iter_segments())
    loads = [segment.header for segment in segments if segment.header.p_type == "PT_LOAD"]
    for load in loads:
        assert load.p_align == page
        assert load.p_offset % page == load.p_vaddr % page
    first, second = loads
    assert (first.p_flags, second.p_flags) == (4, 6), "readable, then readable and writable; nothing is executable"
    assert (first.p_vaddr + first.p_memsz - 1) // page < second.p_vaddr // page
    dynamic = next(segment.header for segment in segments if segment.header.p_type == "PT_DYNAMIC")
    assert (dynamic.p_vaddr, dynamic.p_memsz) == (second.p_vaddr, second.p_memsz)
    stack = next(segment.header for segment in segments if segment.header.p_type == "PT_GNU_STACK")
    assert stack.p_flags == 6


def test_lief_reads_what_was_asked_for(stub: Path, kind: str) -> None:
    library = lief.ELF.parse(str(stub))
    assert library.libraries == NEEDED
    tags = {entry.tag.name: entry for entry in library.dynamic_entries}
    assert tags["SONAME"].name == "libstub.so"
    assert getattr(tags[kind.upper()], kind) == ":".join(RPATH)
    assert not [name for name in ("RPATH", "RUNPATH") if name in tags and name != kind.upper()]


def test_lief_can_rewrite_it(stub: Path, tmp_path: Path) -> None:
    library = lief.ELF.parse(str(stub))
    library.add_library("libthird.so.3")
    library.write(str(tmp_path / "rewritten.so"))
    assert sorted(lief.ELF.parse(str(tmp_path / "rewritten.so")).libraries) == sorted([*NEEDED, "libthird.so.3"])


def test_the_file_is_small(stub: Path) -> None:
    assert stub.stat().st_size < 2048
