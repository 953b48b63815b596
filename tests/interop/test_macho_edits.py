"""Edits of the libraries in published wheels for macOS: macholib reads what was asked for, and code signatures are
sound."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "real"))

import other_systems
from macho_wheels import ADDED, libraries_of, require_added

SMALL = [one for one in other_systems.read_sets() if one.is_small and one.platform.startswith("macos")]


def test_an_added_rpath_is_there_and_signed(wheelfix, build_dir: Path, tmp_path: Path) -> None:
    signed = 0
    for wheels in SMALL:
        for wheel in other_systems.download(wheels, build_dir / "wheels/other-systems" / wheels.folder()):
            if not libraries_of(wheel):
                continue
            wheelfix.done("patch", "--suffix", "x.1", "-d", tmp_path, "--add-rpath", f"*={ADDED}", wheel)
            (patched,) = tmp_path.glob("*.whl")
            signed += require_added(wheel, patched, tmp_path)
            patched.unlink()
    assert signed > 20, "of libraries without a signature nothing would be tested"
