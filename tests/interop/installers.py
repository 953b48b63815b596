"""The commands by which pip, uv and installer install a wheel alone into a prefix."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

Installer = Callable[[Path, Path], list[str | Path]]  # of a wheel and a prefix


def pip(wheel: Path, prefix: Path) -> list[str | Path]:
    options = ["--quiet", "--no-index", "--no-deps", "--no-compile", "--ignore-installed", "--disable-pip-version-check"]
    return [sys.executable, "-m", "pip", "install", *options, "--prefix", prefix, wheel]


def uv(wheel: Path, prefix: Path) -> list[str | Path]:
    options = ["--quiet", "--no-index", "--no-deps", "--no-cache", "--python", sys.executable, "--prefix", prefix]
    return [Path(sys.executable).parent / "uv", "pip", "install", *options, wheel]


def installer(wheel: Path, prefix: Path) -> list[str | Path]:
    options = ["--validate-record", "all", "--no-compile-bytecode", "--prefix", prefix]
    return [sys.executable, "-m", "installer", *options, wheel]


INSTALLERS: list[Installer] = [pip, uv, installer]
