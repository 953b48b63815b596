"""What cmake/release.sh left in dist/."""

from __future__ import annotations

import tarfile
from pathlib import Path

DIST = Path(__file__).resolve().parents[2] / "dist"


def released(pattern: str) -> Path:
    """The one file of that name there."""
    (file,) = DIST.glob(pattern)
    return file


def unpacked_release(machine: str, folder: Path) -> Path:
    """The top folder of the archive of the programs, unpacked to `folder`."""
    with tarfile.open(released(f"wheelfix-*-linux-{machine}.tar.gz")) as file:
        file.extractall(folder)
    (top,) = folder.iterdir()
    return top
