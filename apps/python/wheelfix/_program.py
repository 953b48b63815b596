"""Where the programs of this package are installed."""

from __future__ import annotations

import os
import shutil
import sysconfig
import threading
from collections.abc import Iterator
from pathlib import Path

# Until sysconfig has been asked once, it fails in a second thread that asks it meanwhile.
_sysconfig_lock = threading.Lock()


def _folders() -> Iterator[Path]:
    """Where an installer may have put the scripts of this package: those of this Python's own folders, of `--user`, of `--target` and `--prefix`."""
    yield Path(sysconfig.get_path("scripts"))
    yield Path(sysconfig.get_path("scripts", scheme="posix_user"))
    site = Path(__file__).resolve().parents[1]
    yield site / "bin"
    if len(site.parents) > 2:
        yield site.parents[2] / "bin"


def find_program(name: str = "wheelfix") -> Path:
    """The path of `wheelfix` or `wheelfix-index` as it is installed with this package, or else of that on PATH.

    Raises FileNotFoundError, with the places that were looked at, if it isn't there.
    """
    tried: list[str] = []
    with _sysconfig_lock:
        folders = list(_folders())
    for folder in folders:
        program = folder / name
        if program.is_file() and os.access(program, os.X_OK):
            return program
        tried.append(str(program))
    on_path = shutil.which(name)
    if on_path is not None:
        return Path(on_path)
    raise FileNotFoundError(
        f"{name} is not installed at {', '.join(tried)}, nor on PATH: reinstall wheelfix with `pip install --force-reinstall wheelfix`"
    )
