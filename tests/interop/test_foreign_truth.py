"""What `wheelfix inspect` says of libraries for Windows and macOS is what pefile, macholib and the newest LIEF read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pe_symbols_truth
import pytest
from foreign_libraries import (
    WHEELS,
    Library,
    is_pe,
    libraries_of,
    read_by_macholib,
    read_by_pefile,
    read_macho_by_lief,
    read_pe_by_lief,
)


def as_libraries(described: dict[str, Any]) -> list[Library]:
    """The library's slices, or itself if it has none."""
    return [Library(*(part[name] for name in Library._fields)) for part in described["slices"] or [described]]


@pytest.mark.parametrize("file_name", WHEELS)
def test_inspect_reads_what_others_read(file_name: str, published, wheelfix) -> None:
    path = published(file_name)
    (wheel,) = json.loads(wheelfix.done("inspect", "--json", "--cross-check", path))["wheels"]
    ours = {library["path"]: as_libraries(library) for library in wheel["libraries"]}
    content = libraries_of(path)
    assert content, "a wheel without libraries shows nothing"
    by_one = {name: (read_by_pefile if is_pe(file) else read_by_macholib)(file) for name, file in content.items()}
    by_lief = {name: (read_pe_by_lief if is_pe(file) else read_macho_by_lief)(file) for name, file in content.items()}
    assert ours == by_one
    assert ours == by_lief
    formats = {name: "pe" if is_pe(file) else "macho" for name, file in content.items()}
    assert {library["path"]: library["format"] for library in wheel["libraries"]} == formats
    agrees = {"outcome": "agrees", "text": None}
    assert {library["path"]: library["cross_check"] for library in wheel["libraries"]} == dict.fromkeys(ours, agrees)


def test_the_wheels_show_all_there_is_to_read(published, wheelfix) -> None:
    """Else agreement on it says nothing."""
    seen: set[str] = set()
    for file_name in WHEELS:
        (wheel,) = json.loads(wheelfix.done("inspect", "--json", published(file_name)))["wheels"]
        for library in wheel["libraries"]:
            seen |= {library["machine"]} | {name for name, value in library.items() if value}
            seen |= set(library["needed_kinds"])
    wanted = {"x86", "amd64", "arm64", "x86_64", "universal2"}
    wanted |= {"needed", "delay_needed", "soname", "rpath", "minimum_os", "has_signature", "slices", "load"}
    assert wanted - seen == set()


@pytest.mark.parametrize("file_name", [name for name in WHEELS if "-win" in name])
def test_symbols_of_dlls_are_what_others_read(file_name: str, published, build_dir: Path, tmp_path: Path) -> None:
    tool, taken = build_dir / "tests/binary/elf_tool", 0
    for name, content in libraries_of(published(file_name)).items():
        (tmp_path / "x.dll").write_bytes(content)
        (ours,) = pe_symbols_truth.read_ours(tool, [tmp_path / "x.dll"])
        assert ours == pe_symbols_truth.read_by_pefile(content), name
        assert ours == pe_symbols_truth.read_by_lief(content), name
        taken += sum(len(functions) for _, functions in ours.imports)
    assert taken > 0
