"""The symbols, versions and bindings that we read of the libraries in real wheels are those of readelf and
pyelftools."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from real_libraries import WHEELS, elf_files
from symbols_truth import check


@pytest.mark.parametrize("file_name", WHEELS)
def test_symbols_are_what_others_read(file_name: str, published, build_dir: Path, tmp_path: Path) -> None:
    files = []
    for number, (_, content) in enumerate(elf_files(published(file_name))):
        files.append(tmp_path / f"{number}.so")
        files[-1].write_bytes(content)
    requests = "".join(json.dumps({"symbols": str(file)}) + "\n" for file in files)
    tool = build_dir / "tests/binary/elf_tool"
    answers = subprocess.run([tool], input=requests, capture_output=True, text=True, check=True).stdout.splitlines()
    bound = 0
    for file, answer in zip(files, answers, strict=True):
        read = json.loads(answer)
        if read is not None:
            bound += check(read, file)
        file.unlink()
    assert bound > 0
