"""Real wheels, from PyPI."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Download = Callable[[str], Path]


@pytest.fixture(scope="session")
def published(build_dir: Path) -> Download:
    """Maps a wheel's file name to its path below the build folder, where it stays for the next run."""

    def find(file_name: str) -> Path:
        path = build_dir / "wheels" / file_name
        if not path.exists():
            download(file_name, path.parent)
        return path

    return find


def download(file_name: str, folder: Path) -> None:
    """Has pip fetch just that wheel, by its name, version and tags."""
    name, version, *_, platform = file_name.removesuffix(".whl").split("-")
    choice = ["--implementation", "cp", "--python-version", "3.11"]
    choice += [word for tag in platform.split(".") for word in ("--platform", tag)]
    options = [
        "--quiet",
        "--disable-pip-version-check",
        "--no-cache-dir",
        "--no-deps",
        "--only-binary=:all:",
        "--dest",
        folder,
    ]
    command = [sys.executable, "-m", "pip", "download", *options, *choice, f"{name}=={version}"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, f"pip can't download {file_name}:\n{result.stderr}"
    assert (folder / file_name).exists(), f"pip downloaded another file than {file_name}:\n{result.stdout}"
