"""The programs are linked such that a mistake with memory is hard to use, by what pyelftools reads of them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from elftools.elf.constants import P_FLAGS
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile

PROGRAMS = ["wheelfix/wheelfix", "wheelfix-index/wheelfix-index", "wheelfix-lief/wheelfix-lief"]
NOW, NOW_1, PIE_1 = 0x8, 0x1, 0x08000000


@pytest.fixture(params=PROGRAMS, ids=lambda path: Path(path).name)
def program(build_dir: Path, request: pytest.FixtureRequest) -> Iterator[ELFFile]:
    with (build_dir / "apps" / request.param).open("rb") as file:
        yield ELFFile(file)


def tags(program: ELFFile) -> dict[str, int]:
    dynamic = program.get_section_by_name(".dynamic")
    assert isinstance(dynamic, DynamicSection)
    return {tag.entry.d_tag: tag.entry.d_val for tag in dynamic.iter_tags()}


def test_it_lies_anywhere_in_memory(program: ELFFile) -> None:
    assert program.header.e_type == "ET_DYN"
    assert tags(program)["DT_FLAGS_1"] & PIE_1


def test_its_tables_are_filled_and_locked_before_it_runs(program: ELFFile) -> None:
    assert "PT_GNU_RELRO" in {segment.header.p_type for segment in program.iter_segments()}
    assert tags(program)["DT_FLAGS"] & NOW
    assert tags(program)["DT_FLAGS_1"] & NOW_1


def test_overwritten_stacks_buffers_and_containers_end_it(program: ELFFile) -> None:
    imported = {symbol.name for symbol in program.get_section_by_name(".dynsym").iter_symbols()}
    assert "__stack_chk_fail" in imported
    assert {name for name in imported if name.endswith("_chk")} != set()
    assert "_ZSt21__glibcxx_assert_failPKciS0_S0_" in imported


def test_no_memory_is_writable_and_executable(program: ELFFile) -> None:
    (stack,) = [segment for segment in program.iter_segments() if segment.header.p_type == "PT_GNU_STACK"]
    assert not stack.header.p_flags & P_FLAGS.PF_X
    both = P_FLAGS.PF_W | P_FLAGS.PF_X
    assert [segment for segment in program.iter_segments() if segment.header.p_flags & both == both] == []


def test_it_looks_for_libraries_where_the_system_has_them(program: ELFFile) -> None:
    assert {"DT_RPATH", "DT_RUNPATH"} & tags(program).keys() == set()


def test_code_is_entered_at_marked_places_alone(build_dir: Path) -> None:
    """By what readelf reads of each object of the library. A program is marked only if the system's startup code is too, and Debian's isn't."""
    library = build_dir / "lib/libwheelfix.a"
    if ELFFile((build_dir / "apps" / PROGRAMS[0]).open("rb")).get_machine_arch() != "x64":
        pytest.skip("CET is of x86-64")
    listed = subprocess.run(["readelf", "--notes", library], capture_output=True, text=True, check=True).stdout
    members = listed.split("\nFile: ")[1:]
    assert len(members) > 100
    assert [member.split("\n")[0] for member in members if "IBT, SHSTK" not in member] == []
