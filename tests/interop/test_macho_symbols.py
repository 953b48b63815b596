"""What we read of the symbols of Mach-O files in real wheels, bound and exported, is what LIEF reads."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import lief
import pytest
from foreign_libraries import WHEELS, is_pe, libraries_of

LARGER = ["numpy-2.2.6-cp311-cp311-macosx_11_0_arm64.whl", "psutil-7.0.0-cp36-abi3-macosx_10_9_x86_64.whl"]
MACOS = [name for name in WHEELS + LARGER if "macosx" in name]


def is_weak_opcode(binding: lief.MachO.BindingInfo) -> bool:
    is_opcode = isinstance(binding, lief.MachO.DyldBindingInfo)
    return is_opcode and binding.binding_class == lief.MachO.DyldBindingInfo.CLASS.WEAK


def bound(slice_: lief.MachO.Binary) -> set[tuple[str, int, bool]]:
    """Opcodes of weak definitions aside, which bind nothing that must be there."""
    return {
        (binding.symbol.name, binding.library_ordinal, binding.weak_import)
        for binding in slice_.bindings
        if not is_weak_opcode(binding)
    }


def exported(slice_: lief.MachO.Binary) -> set[str]:
    info = slice_.dyld_exports_trie or slice_.dyld_info
    return {export.symbol.name for export in info.exports if export.has_symbol}


@pytest.mark.parametrize("file_name", MACOS)
def test_symbols_are_what_lief_reads(file_name: str, published, build_dir: Path, tmp_path: Path) -> None:
    lief.logging.disable()
    requests: list[dict[str, Any]] = []
    files = []  # a slice doesn't keep its file alive
    for number, content in enumerate(libraries_of(published(file_name)).values()):
        assert not is_pe(content)
        file = tmp_path / f"{number}.dylib"
        file.write_bytes(content)
        files.append(lief.MachO.parse(str(file)))
        names = {symbol.name for slice_ in files[-1] for symbol in slice_.symbols}
        asked = sorted(names | {name + "x" for name in names} | {name[:-1] for name in names if name})
        requests.append({"macho_symbols": str(file), "names": asked})
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    tool = build_dir / "tests/binary/elf_tool"
    done = subprocess.run([tool], input=lines, capture_output=True, text=True, check=True)
    for request, theirs, answer in zip(requests, files, done.stdout.splitlines(), strict=True):
        ours = json.loads(answer)
        assert len(ours) == len(theirs)
        for read, slice_ in zip(ours, theirs, strict=True):
            assert {tuple(symbol) for symbol in read["bound"]} == bound(slice_)
            assert set(read["exported"]) == exported(slice_) & set(request["names"])
            assert exported(slice_) <= set(request["names"])
