"""What small DLLs take from others and give them: what we read of them is what pefile and LIEF do, and tables that lie are
refused in bounded memory."""

from __future__ import annotations

import json
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest
from foreign_images import SECTION_ADDRESS, SECTION_OFFSET, build_dll
from pe_symbols_truth import ours, read_by_lief, read_by_pefile

ALL = """\
needed KERNEL32.dll:Sleep liba.dll:one,#2,_Z3onev,?one@@YAHXZ
delayed ole32.dll:CoInitialize,#9
exports one three@7 two=OTHER.two four=other.#3 @9
"""
DLLS = {
    "amd64": "machine amd64\n" + ALL,
    "x86": "machine x86\n" + ALL,
    "nothing": "machine amd64\n",
    "imports alone": "machine arm64\nneeded a.dll:one b.dll:#1\n",
    "exports alone": "machine amd64\nexports one\n",
    "without names": "machine amd64\nexports @5 @7\n",
    "a high ordinal": "machine amd64\nexports one@65535\nneeded a.dll:#65535\n",
    "many": f"machine amd64\nneeded a.dll:{','.join(f'f{i}' for i in range(300))}\n"
    f"exports {' '.join(f'g{i}' for i in range(300))}\n",
}


@pytest.fixture(scope="module")
def tool(build_dir: Path) -> Path:
    return build_dir / "tests/binary/elf_tool"


def read(tool: Path, content: bytes, folder: Path) -> Any:
    file = folder / "x.dll"
    file.write_bytes(content)
    done = subprocess.run(
        [tool], input=json.dumps({"pe_symbols": str(file)}) + "\n", capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("text", DLLS.values(), ids=DLLS)
def test_symbols_are_what_others_read(text: str, tool: Path, tmp_path: Path) -> None:
    content = build_dll(text)
    mine = ours(read(tool, content, tmp_path))
    assert mine == read_by_pefile(content)
    assert mine == read_by_lief(content)


class Dll:
    """A DLL to damage, whose tables begin with that of its exports."""

    def __init__(self, text: str) -> None:
        self.content = bytearray(build_dll(text))
        directories = 64 + 4 + 20 + (112 if "amd64" in text else 96)
        self.exports, self.imports = (self.u32(directories + 8 * i) for i in range(2))

    def u32(self, at: int) -> int:
        return struct.unpack_from("<I", self.content, at)[0]

    def field(self, address: int) -> int:
        return self.u32(address - SECTION_ADDRESS + SECTION_OFFSET)

    def poke(self, address: int, value: int) -> bytes:
        struct.pack_into("<I", self.content, address - SECTION_ADDRESS + SECTION_OFFSET, value)
        return bytes(self.content)


def refusal(tool: Path, content: bytes, folder: Path) -> str:
    answer = read(tool, content, folder)
    assert answer["hint"].startswith("the library is damaged: ")
    return answer["error"].partition("x.dll: ")[2]


def test_counts_that_no_library_has_are_refused(tool: Path, tmp_path: Path) -> None:
    for place in (20, 24):  # of functions, of names
        dll = Dll("machine amd64\nexports one two\n")
        said = refusal(tool, dll.poke(dll.exports + place, 0xFFFFFFFF), tmp_path)
        assert said == "the export table has 4294967295 entries, more than any real library has"
        dll = Dll("machine amd64\nexports one two\n")
        assert "has 60000 entries" in refusal(tool, dll.poke(dll.exports + place, 60000), tmp_path)  # in 1 kB


def test_tables_and_names_that_are_nowhere_are_refused(tool: Path, tmp_path: Path) -> None:
    tables = {28: "export address table", 32: "export name pointer table", 36: "export ordinal table"}
    for place, name in tables.items():
        dll = Dll("machine amd64\nexports one two\n")
        said = refusal(tool, dll.poke(dll.exports + place, 0x500000), tmp_path)
        assert said == f"the {name} is at address 0x500000, which no section maps"
    dll = Dll("machine amd64\nexports one two\n")
    said = refusal(tool, dll.poke(dll.field(dll.exports + 32), 0x500000), tmp_path)
    assert said == "the name of an export is at address 0x500000, which no section maps"
    dll = Dll("machine amd64\nneeded a.dll:one\n")
    said = refusal(tool, dll.poke(dll.field(dll.imports), 0x500000), tmp_path)
    assert said == "the name of an import is at address 0x500000, which no section maps"
    dll = Dll("machine amd64\nneeded a.dll:one\n")
    said = refusal(tool, dll.poke(dll.imports, 0x500000), tmp_path)
    assert said == "a list of imports is at address 0x500000, which no section maps"


def test_sections_that_overlap_are_refused(tool: Path, tmp_path: Path) -> None:
    dll = Dll("machine amd64\nexports one two\n")
    struct.pack_into("<I", dll.content, 64 + 4 + 20 + 60, SECTION_ADDRESS + 1)  # the size of the headers
    said = refusal(tool, bytes(dll.content), tmp_path)
    assert said == "its section at address 0x1000 overlaps what is before it"


def test_an_ordinal_beyond_the_functions_leads_nowhere(tool: Path, tmp_path: Path) -> None:
    dll = Dll("machine amd64\nexports one two\n")
    answer = read(tool, dll.poke(dll.field(dll.exports + 36), 0xFFFFFFFF), tmp_path)
    assert answer["names"] == [["one", 0xFFFF], ["two", 0xFFFF]]
    assert len(answer["exports"]) == 2


def test_lists_that_overlap_take_no_more_than_the_file(tool: Path, tmp_path: Path) -> None:
    functions = ",".join(f"f{i}" for i in range(1000))
    dll = Dll(f"machine amd64\nneeded a.dll:{functions} {' '.join(f'd{i}.dll:f' for i in range(99))}\n")
    for i in range(1, 100):
        dll.poke(dll.imports + 20 * i, dll.field(dll.imports))
    said = refusal(tool, bytes(dll.content), tmp_path)
    assert said == f"it has more than {len(dll.content) // 8} imports, more than any real library of its size has"


def test_names_that_overlap_take_no_more_than_the_file(tool: Path, tmp_path: Path) -> None:
    long = "f" * 60000
    dll = Dll(f"machine x86\nneeded a.dll:{long},{','.join(f'f{i}' for i in range(100))}\n")
    entries = dll.field(dll.imports)
    for i in range(1, 101):
        dll.poke(entries + 4 * i, dll.field(entries) + i)
    said = refusal(tool, bytes(dll.content), tmp_path)
    assert said == "the names of its symbols have more bytes than the file"


def test_a_name_of_megabytes_is_refused(tool: Path, tmp_path: Path) -> None:
    said = refusal(tool, build_dll(f"machine amd64\nneeded a.dll:{'f' * (2 << 20)}\n"), tmp_path)
    assert said.startswith("the name of an import, at address 0x")
    assert said.endswith(", has no end within 65536 bytes")


def test_a_dll_cut_short_anywhere_is_refused_or_says_the_same(tool: Path, tmp_path: Path) -> None:
    content = build_dll(DLLS["amd64"])
    whole = read(tool, content, tmp_path)
    files = [tmp_path / f"{size}.dll" for size in range(SECTION_OFFSET, len(content))]
    for size, file in enumerate(files, SECTION_OFFSET):
        file.write_bytes(content[:size])
    requests = "".join(json.dumps({"pe_symbols": str(file)}) + "\n" for file in files)
    done = subprocess.run([tool], input=requests, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(files)
    assert all(answer == whole or "cut short" in answer["error"] for answer in answers)
