"""Where wheels are installed, held against ld.so: small wheels are installed by pip, or as links to a folder for each
wheel, and what a fresh Python can open of them, with the loader's words, is what is foretold from the wheels alone."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from simulation import Simulation

TAG = "py3-none-manylinux_2_17_x86_64"
OPEN = """
import ctypes, sys
try:
    ctypes.CDLL(sys.argv[1])
    print()
except OSError as error:
    print(error)
"""
# Path of the entry: what it needs, and where it looks.
WHEELS = {
    "aa": {
        "aa/_own.so": (["liba.so.1"], ["$ORIGIN"]),
        "aa/liba.so.1": ([], []),
        "aa/_beside.so": (["libb.so.1"], ["$ORIGIN/../bb"]),
        "aa/_through.so": (["libc.so.1"], ["$ORIGIN"]),
        "aa/libc.so.1": (["libb.so.1"], ["$ORIGIN/../bb"]),
        "aa/_data.so": (["libd.so.1"], ["$ORIGIN/../../.."]),
        "aa/_data_inside.so": (["libd.so.1"], ["$ORIGIN/../aa-1.0.data/data/lib", "$ORIGIN/../lib"]),
        "aa-1.0.data/platlib/aa.libs/_moved.so": (["liba.so.1"], ["$ORIGIN/../aa"]),
        "aa-1.0.data/scripts/libs.so": (["libd.so.1"], ["$ORIGIN/../lib"]),
        "aa-1.0.data/data/share/aa/plugin.so": (["libb.so.1"], ["$ORIGIN/../../lib/python3/site-packages/bb"]),
    },
    "bb": {
        "bb/libb.so.1": ([], []),
        "bb-1.0.data/data/lib/libd.so.1": (["libb.so.1"], ["$ORIGIN/python3/site-packages/bb"]),
    },
}


def compile_library(folder: Path, path: str, needed: list[str], runpath: list[str]) -> bytes:
    result = folder / path.replace("/", "+")
    name = Path(path).name
    stubs = [folder / "stubs" / name for name in needed]
    for stub in stubs:
        if not stub.exists():
            stub.parent.mkdir(exist_ok=True)
            gcc(stub, f"-Wl,-soname,{stub.name}")
    search = [f"-Wl,--enable-new-dtags,-rpath,{':'.join(runpath)}"] if runpath else []
    gcc(result, f"-Wl,-soname,{name}", "-Wl,--no-as-needed", *map(str, stubs), *search)
    return result.read_bytes()


def gcc(result: Path, *options: str) -> None:
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-o", result, "-x", "c", "/dev/null", "-x", "none", *options], check=True
    )


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("wheels")
    made = []
    for name, libraries in WHEELS.items():
        made.append(folder / f"{name}-1.0-{TAG}.whl")
        info = f"{name}-1.0.dist-info"
        with zipfile.ZipFile(made[-1], "w") as archive:
            for path, (needed, runpath) in libraries.items():
                archive.writestr(path, compile_library(folder, path, needed, runpath))
            archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {TAG}\n")
            archive.writestr(f"{info}/RECORD", "".join(f"{path},,\n" for path in archive.namelist()))
    return made


def install(wheel: Path, prefix: Path) -> None:
    """As pip does in a venv, whose folder for the Python's version has a name of its own here."""
    made = prefix.parent / "made"
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--prefix", made, wheel], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for file in sorted(path for path in made.rglob("*") if path.is_file()):
        target = prefix / str(file.relative_to(made)).replace(f"lib/{version}/", "lib/python3/", 1)
        target.parent.mkdir(parents=True, exist_ok=True)
        file.rename(target)


def install_as_links(wheel: Path, root: Path) -> None:
    own = root / "wheels" / wheel.name.partition("-")[0]
    install(wheel, own)
    for file in [path for path in own.rglob("*") if path.is_file()]:
        link = root / "venv" / file.relative_to(own)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file)


@pytest.mark.parametrize("layout", ["shared", "symlinks"])
def test_what_opens_is_foretold(layout: str, wheels: list[Path], simulation: Simulation, tmp_path: Path) -> None:
    root = tmp_path / "layout"
    for wheel in wheels:
        (install if layout == "shared" else install_as_links)(wheel, root)
    foretold = simulation(wheels=[str(wheel) for wheel in wheels], layout=layout)["roots"]
    assert len(foretold) == sum(map(len, WHEELS.values()))
    seen = {}
    for path, step in foretold.items():
        words = step["failures"][0]["message"] if step["failures"] else ""
        file = root / path.removeprefix("/layout/")
        opened = subprocess.run([sys.executable, "-c", OPEN, file], check=True, capture_output=True, text=True)
        assert words.replace("/layout", str(root)) == opened.stdout.removesuffix("\n"), path
        seen[file.name] = not words
    assert [name for name, works in seen.items() if not works] == ["_data_inside.so"]
