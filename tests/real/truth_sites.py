"""Installs wheels in the layouts of imports_truth.py, and finds the modules that they have."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

SITE = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
MODULE = re.compile(r"((?:[A-Za-z_]\w*/)*)([A-Za-z_]\w*)(\.cpython-\d+-x86_64-linux-gnu|\.abi3)?\.so")
CODE = re.compile(r"((?:[A-Za-z_]\w*/)*)([A-Za-z_]\w*)\.py")
LOADS = re.compile(rb"\b(CDLL|PyDLL|cdll|dlopen|LoadLibrary|load_library)\b")
NOT_IMPORTED = re.compile(r"(^|[._])(tests?|testing|conftest|__main__|setup|examples?|_?pyinstaller)([._]|$)")


def project_of(wheel: Path) -> str:
    return re.sub(r"[-_.]+", "_", wheel.name.partition("-")[0]).lower()


def place_of(entry: str) -> str | None:
    """Below the prefix; nothing for what isn't installed as it is."""
    data = re.match(r"[^/]+\.data/(\w+)/(.+)", entry)
    if data is None:
        return f"{SITE}/{entry}"
    folder = {"purelib": SITE + "/", "platlib": SITE + "/", "data": "", "scripts": "bin/"}.get(data[1])
    return None if folder is None else folder + data[2]


def unpack(wheel: Path, prefix: Path) -> list[str]:
    """Returns where its files are, below the prefix."""
    places = []
    with zipfile.ZipFile(wheel) as archive:
        for item in archive.infolist():
            place = place_of(item.filename)
            if place is None or item.is_dir():
                continue
            (prefix / place).parent.mkdir(parents=True, exist_ok=True)
            (prefix / place).write_bytes(archive.read(item))
            (prefix / place).chmod(0o755)
            places.append(place)
    return places


def make_venv(folder: Path) -> Path:
    subprocess.run(["/usr/bin/python3", "-m", "venv", "--without-pip", folder], check=True)
    return folder


def install_venv(folder: Path, wheels: list[Path]) -> None:
    """By uv."""
    make_venv(folder)
    options = ["-q", "--offline", "--no-deps", "--no-config", "--cache-dir", folder.parent / "cache"]
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "pip", "install", *options, "--python", folder / "bin/python3", *wheels], check=True)


def unpack_all(folder: Path, wheels: list[Path]) -> dict[Path, list[str]]:
    """Each in a folder of its own below this one; returns where their files are."""
    return {folder / project_of(wheel): unpack(wheel, folder / project_of(wheel)) for wheel in wheels}


def install_split(folder: Path, unpacked: dict[Path, list[str]]) -> list[Path]:
    """Returns the folders: each has what of its wheel belongs on sys.path."""
    for own in unpacked:
        folder.mkdir(exist_ok=True)
        subprocess.run(["cp", "-al", own / SITE, folder / own.name], check=True)
    return [folder / own.name for own in unpacked]


def install_symlinks(folder: Path, unpacked: dict[Path, list[str]]) -> None:
    """A venv whose files are links to those of a folder for each wheel."""
    make_venv(folder)
    for own, places in unpacked.items():
        for place in places:
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            if not (folder / place).exists():
                (folder / place).symlink_to(own / place)


def name_of(pattern: re.Pattern[str], path: str) -> str | None:
    """The name by which Python imports a file at a path below a folder of sys.path, if the pattern matches that."""
    found = pattern.fullmatch(re.sub(r"^[^/]+\.data/(purelib|platlib)/", "", path))
    return None if found is None else (found[1].replace("/", ".") + found[2]).removesuffix(".__init__")


def module_of(path: str) -> str | None:
    return name_of(MODULE, path)


def modules_of(wheel: Path) -> tuple[set[str], set[str]]:
    """Its extension modules, and the Python modules that are outermost or have code that loads libraries."""
    extensions, codes = set(), set()
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.namelist():
            if (name := module_of(entry)) is not None:
                exported = f"PyInit_{name.rpartition('.')[2]}".encode()
                if exported in archive.read(entry):
                    extensions.add(name)
            elif (name := name_of(CODE, entry)) is not None and not NOT_IMPORTED.search(name):
                if "." not in name or LOADS.search(archive.read(entry)):
                    codes.add(name)
    return extensions, codes
