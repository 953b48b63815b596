"""The walk of apps/wheelfix-index/README.md from a requirement to an install works as it is written, with a small torch
for the real one."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from clients import Client, installed
from wheels import build_wheel

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "patches/torch-2.1.0"


@pytest.fixture
def stand_in(wheelfix_index, tmp_path: Path) -> str:
    """The URL of what stands in for PyPI."""
    folder = tmp_path / "published"
    (patch,) = RECIPE.glob("*.patch")
    files = {"torch/__init__.py": text_before(patch.read_text())}
    build_wheel(folder, "torch", "2.1.0", files, requires=["filelock"], tag="cp311-cp311-manylinux1_x86_64")
    build_wheel(folder, "filelock", "3.0", {"filelock.py": ""})
    wheelfix_index.done(folder)
    return (folder / "simple").as_uri()


@pytest.fixture
def environment(
    stand_in: str, wheelfix, wheelfix_index, client_of: Callable[[str], Client], tmp_path: Path
) -> dict[str, str]:
    """With wheelfix, wheelfix-index, uv and a pip in PATH. Pip and uv install each in a place of its own."""
    for name in ["of-pip", "of-uv"]:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / name], check=True)
    pip = [*client_of("pip-newest").command, "--python", tmp_path / "of-pip/bin/python"]
    programs = {
        "wheelfix": [wheelfix.program],
        "wheelfix-index": [wheelfix_index.program],
        "pip": pip,
        "uv": client_of("uv").command[:1],
    }
    (tmp_path / "bin").mkdir()
    for name, words in programs.items():
        script = tmp_path / "bin" / name
        script.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, words))} "$@"\n')
        script.chmod(0o755)
    return {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": stand_in,
        "UV_NO_CONFIG": "1",
        "VIRTUAL_ENV": str(tmp_path / "of-uv"),
    }


def test_the_walk_through_an_index(environment: dict[str, str], tmp_path: Path) -> None:
    work = tmp_path / "work"
    (work / "patches").mkdir(parents=True)
    (work / RECIPE.relative_to(ROOT)).symlink_to(RECIPE)
    for command in commands():
        result = subprocess.run(["bash", "-c", command], cwd=work, env=environment, capture_output=True, text=True)
        assert result.returncode == 0, f"$ {command}\n{result.stdout}{result.stderr}"
    for name in ["of-pip", "of-uv"]:
        (site,) = (tmp_path / name).glob("lib/python*/site-packages")
        assert installed(site) == {"torch-2.1.0+stripe.5", "filelock-3.0"}
        assert "'nvjitlink': " in (site / "torch/__init__.py").read_text()


def commands() -> list[str]:
    """Those of the first block."""
    section = (ROOT / "apps/wheelfix-index/README.md").read_text()
    found = re.findall(r"^\$ (.+)$", section.split("```console\n")[1].split("```")[0], re.MULTILINE)
    assert [command.split()[0] for command in found] == ["wheelfix-index", "wheelfix", "wheelfix-index", "pip", "uv"]
    return found


def text_before(patch: str) -> str:
    """A file that a patch of one file fits: what its hunks want, at their lines, and empty lines else."""
    lines: list[str] = []
    for begin, hunk in re.findall(r"^@@ -(\d+).*\n((?:[ +-].*\n?)+)", patch, re.MULTILINE):
        lines += [""] * (int(begin) - 1 - len(lines))
        lines += [line[1:] for line in hunk.splitlines() if line[0] in " -"]
    return "".join(f"{line}\n" for line in lines)
