"""Edits of the libraries in published wheels for macOS: macholib reads what was asked for, and code signatures are
sound."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest
from macholib.MachO import MachO

sys.path.insert(0, str(Path(__file__).parents[1] / "real"))

import code_signature
import other_systems
from other_systems import WheelSet

SMALL = [one for one in other_systems.read_sets() if one.is_small and one.platform.startswith("macos")]
LC_RPATH = 0x8000001C
PATH = "@loader_path/x"


def rpaths_of(path: Path) -> list[list[str]]:
    """Of each slice."""
    return [
        [text.rstrip(b"\0").decode() for command, _, text in header.commands if command.cmd == LC_RPATH]
        for header in MachO(str(path)).headers
    ]


def libraries_of(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith((".so", ".dylib"))]
        return [name for name in names if archive.read(name)[:4] in (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")]


@pytest.mark.parametrize("wheels", SMALL, ids=WheelSet.name)
def test_an_added_rpath_is_there_and_signed(wheels: WheelSet, wheelfix, build_dir: Path, tmp_path: Path) -> None:
    files = other_systems.download(wheels, build_dir / "wheels/other-systems" / wheels.folder())
    for wheel in files:
        names = libraries_of(wheel)
        if not names:
            continue
        wheelfix.done("patch", "--suffix", "x.1", "-d", tmp_path, "--add-rpath", f"*={PATH}", wheel)
        (patched,) = tmp_path.glob("*.whl")
        with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(patched) as new:
            for name in names:
                before, after = old.extract(name, tmp_path / "old"), new.extract(name, tmp_path / "new")
                assert rpaths_of(Path(after)) == [[*paths, PATH] for paths in rpaths_of(Path(before))]
                code_signature.require_sound(Path(after).read_bytes())
        patched.unlink()


def test_the_signatures_that_are_tested_are_many(build_dir: Path) -> None:
    """Of libraries without one nothing would be tested."""
    signed = 0
    for wheels in SMALL:
        for wheel in other_systems.download(wheels, build_dir / "wheels/other-systems" / wheels.folder()):
            with zipfile.ZipFile(wheel) as archive:
                signed += sum(code_signature.require_sound(archive.read(name)) for name in libraries_of(wheel))
    assert signed > 20
