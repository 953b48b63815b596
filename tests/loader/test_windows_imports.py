"""What Windows says of DLLs whose imports aren't exported. tests/real/wine_imports.py has Wine load TREES and random ones: it
reports the same imports, and by RtlNtStatusToDosError the errors 127 for a name and 182 for an ordinal. The words are those of
Microsoft's "System Error Codes"."""

from __future__ import annotations

from pathlib import Path

import pytest
from foreign_images import build_dll
from simulation import Simulation
from windows_trees import NO_PROCEDURE, OTHERS, TREES


def write(tree: dict[str, str], folder: Path) -> dict[str, str]:
    for name, text in tree.items():
        (folder / f"{name}.dll").write_bytes(build_dll(f"machine amd64\n{text}\n"))
    return {f"/w/{name}.dll": str(folder / f"{name}.dll") for name in tree}


@pytest.mark.parametrize("tree, expected", [*TREES.values(), *OTHERS.values()], ids=[*TREES, *OTHERS])
def test_the_first_import_that_is_not_exported_is_named(
    tree: dict[str, str], expected: str, simulation: Simulation, tmp_path: Path
) -> None:
    dlls = write(tree, tmp_path)
    (said,) = simulation(dlls=dlls, processes=[[f"/w/{next(iter(tree))}.dll"]])["said"]
    assert [text.replace("/w/", "") for text in said] == [expected]


def test_what_failed_is_unloaded_with_what_was_forwarded_to(simulation: Simulation, tmp_path: Path) -> None:
    dlls = write(
        {
            "a": "needed b.dll:one,absent",
            "b": "exports one=c.two",
            "c": "exports two",
            "d": "needed b.dll:one c.dll:two",
            "e": "needed b.dll:one d.dll:none",
        },
        tmp_path,
    )
    loads = ["/w/b.dll", "/w/a.dll", "/w/e.dll", "/w/d.dll", "/w/a.dll"]
    (said,) = simulation(dlls=dlls, processes=[loads])["said"]
    absent = f"/w/a.dll: {NO_PROCEDURE} absent in /w/b.dll"
    assert said == ["", absent, f"/w/e.dll: {NO_PROCEDURE} none in /w/d.dll", "", absent]
