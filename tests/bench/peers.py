"""The programs of others that wheelfix is compared with, from PyPI, each set in an environment of its own below the build folder."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def installed(build: Path, requirements: str) -> Path:
    """The bin folder of BUILD/bench-NAME, which has what NAME_requirements.txt of this folder pins."""
    source = Path(__file__).with_name(f"{requirements}_requirements.txt")
    venv = build.resolve() / f"bench-{requirements}"
    made_from = venv / "requirements.txt"
    if not made_from.exists() or made_from.read_bytes() != source.read_bytes():
        subprocess.run(["/usr/bin/python3", "-m", "venv", "--clear", venv], check=True)
        pip = [venv / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", source], check=True)
        shutil.copy(source, made_from)
    return venv / "bin"
