"""pip and uv, run apart from this machine's settings and caches."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Client:
    """An installer. What it keeps between runs is in `home`."""

    command: tuple[str | Path, ...]
    options: tuple[str | Path, ...]  # of each of its subcommands
    home: Path

    def __call__(self, subcommand: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        environment = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "UV_NO_CONFIG": "1",
            "UV_PYTHON_DOWNLOADS": "never",
        }
        self.home.mkdir(exist_ok=True)
        command = [*self.command, subcommand, *self.options, *words]
        return subprocess.run(command, cwd=self.home, env=environment, capture_output=True, text=True, timeout=120)

    def done(self, subcommand: str, *words: str | Path) -> str:
        """All that a run that must succeed says."""
        result = self(subcommand, *words)
        assert result.returncode == 0, f"{result.args} failed:\n{result.stdout}{result.stderr}"
        return result.stdout + result.stderr

    def install(self, target: Path, *words: str | Path) -> set[str]:
        """Installs into a folder of its own, and returns what is there then: names and versions."""
        self.done("install", "--target", target, *words)
        return installed(target)


def pip(python: Path, home: Path) -> Client:
    return Client((python, "-m", "pip"), (), home)


def uv(home: Path) -> Client:
    return Client((Path(sys.executable).with_name("uv"), "pip"), ("--python", sys.executable), home)


def installed(target: Path) -> set[str]:
    return {path.name.removesuffix(".dist-info") for path in target.glob("*.dist-info")}
