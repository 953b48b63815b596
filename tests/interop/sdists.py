"""Source distributions that build without anything from elsewhere: the wheel that they become is in them."""

from __future__ import annotations

import io
import tarfile
import tempfile
import zipfile
from pathlib import Path

from wheels import EPOCH, build_wheel, metadata_text

PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
BACKEND = """\
import glob, shutil

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    (wheel,) = glob.glob("*.whl")
    shutil.copy(wheel, wheel_directory)
    return wheel
"""


def build_sdist(folder: Path, name: str, version: str, files: dict[str, str], *, ending: str = ".tar.gz") -> Path:
    """Write NAME-VERSION.tar.gz or .zip, with a PKG-INFO, into `folder`, which is there, and return its path."""
    stem = f"{name}-{version}"
    with tempfile.TemporaryDirectory() as scratch:
        wheel = build_wheel(scratch, name, version, files)
        content = {
            "PKG-INFO": metadata_text(name, version).encode(),
            "pyproject.toml": PYPROJECT.encode(),
            "backend.py": BACKEND.encode(),
            wheel.name: wheel.read_bytes(),
        }
    write = {".tar.gz": write_tar, ".zip": write_zip}[ending]
    path = folder / f"{stem}{ending}"
    write(path, {f"{stem}/{name}": data for name, data in content.items()})
    return path


def write_tar(path: Path, content: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def write_zip(path: Path, content: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data)
